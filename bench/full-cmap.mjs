/**
 * Every missing pair of a screen of CMAP's size by SI-A with a donor cap, streamed to disk: time and memory of
 * the whole command; and what the same would take pair by pair in Python, measured on a sample of pairs.
 *
 * Usage: node bench/full-cmap.mjs [--contexts 71 --actions 20369 --pairs 120000 --donors 20 --sample 40]
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { categorical, dense, PerturbationData, Table } from '../dist/data/index.js';
import { writeData } from '../dist/formats/index.node.js';
import { simulateLargeScreen } from '../dist/simulate/index.js';
import { python, record, root } from './harness.mjs';

const { values: options } = parseArgs({
  options: {
    contexts: { type: 'string' },
    actions: { type: 'string' },
    pairs: { type: 'string' },
    donors: { type: 'string', default: '20' },
    sample: { type: 'string', default: '40' },
  },
});
const size = Object.fromEntries(
  ['contexts', 'actions', 'pairs']
    .filter((name) => options[name])
    .map((name) => [name, Number(options[name])]),
);

const folder = mkdtempSync(join(tmpdir(), 'bench-cmap-'));
try {
  const input = join(folder, 'screen.h5ad');
  await simulate(input);
  const out = join(folder, 'imputed.h5ad');
  const { seconds, gigabytes, result } = await measured(
    'impute',
    input,
    '--out',
    out,
    '--donors',
    `max=${options.donors}`,
    '--dtype',
    'float32',
    '--json',
  );
  const peer = sample(input, result.nRows);
  const name = Object.keys(size).length > 0 ? 'full-cmap-small' : 'full-cmap';
  record(name, {
    'pairs imputed': result.nRows,
    'donor cap': Number(options.donors),
    'whole command, s': seconds,
    'peak memory, GB': gigabytes,
    'output, GB': statSync(out).size / 1e9,
    ...peer,
  });
} finally {
  rmSync(folder, { recursive: true });
}

async function simulate(path) {
  const screen = simulateLargeScreen(size);
  const nPairs = screen.pairContext.length;
  const obs = new Table(
    Array.from({ length: nPairs }, (_, pair) => String(pair)),
    [
      ['cell_iname', categorical(Array.from(screen.pairContext, (c) => screen.contexts[c]))],
      ['pert_iname', categorical(Array.from(screen.pairAction, (a) => screen.actions[a]))],
    ],
  );
  const X = dense(nPairs, screen.genes.length, screen.profiles);
  await writeData(path, new PerturbationData({ X, obs, var: new Table(screen.genes) }));
  console.log(`simulated ${nPairs} profiles of ${screen.contexts.length} × ${screen.actions.length} pairs`);
}

/** Runs a verb and watches the largest resident set of its process. */
async function measured(...args) {
  const begin = performance.now();
  const child = spawn(process.execPath, ['bin/mechanist.js', ...args], { cwd: root });
  let gigabytes = 0;
  const watch = setInterval(() => {
    const status = `/proc/${child.pid}/status`;
    const peak = existsSync(status) && /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'));
    if (peak) gigabytes = Math.max(gigabytes, Number(peak[1]) / 1e6);
  }, 200);
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => process.stderr.write(chunk));
  const code = await new Promise((done) => child.on('close', done));
  clearInterval(watch);
  if (code !== 0) throw new Error(`mechanist left with ${code}`);
  return { seconds: (performance.now() - begin) / 1000, gigabytes, result: JSON.parse(text) };
}

/** Seconds a pair in Python, with the cap and with the authors' unlimited donors; days for all pairs. */
function sample(input, nRows) {
  const { status, stdout, stderr } = spawnSync(
    python,
    ['bench/peers/si_sample.py', input, options.sample, options.donors],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) return { 'Python sample': `not run: ${stderr.trim().split('\n').at(-1)}` };
  const { capped, unlimited } = JSON.parse(stdout);
  return {
    'Python, capped, s a pair': capped,
    'Python, capped, all pairs, hours': (capped * nRows) / 3600,
    'Python, unlimited donors as published, s a pair': unlimited,
    'Python, unlimited donors, all pairs, hours': (unlimited * nRows) / 3600,
  };
}
