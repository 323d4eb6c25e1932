/**
 * Leave-one-out of SI-A: ours against the same computation written well in NumPy (`peers/si_numpy.py`), single
 * threaded, in turn, each in a fresh process; then the whole command. Usage: node bench/si.mjs [FILE] [ROUNDS]
 *
 * "compute" is fitting and predicting all held-out pairs, reading and scoring left out on both sides; ours is
 * cold: it includes compiling JavaScript to machine code and the shared inner products.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, python, record, root, shared } from './harness.mjs';

const file = process.argv[2] ?? shared('data/l1000/cmap_24cells_20compounds.tsv');
const rounds = Number(process.argv[3] ?? 5);
const one = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
const json = (program, args) => {
  const { stdout, stderr, status } = spawnSync(program, args, { env: one, encoding: 'utf8', cwd: root });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

const ours = [];
const peers = [];
const commands = [];
const all = [];
for (let round = 0; round < rounds; round++) {
  peers.push(json(python, ['bench/peers/si_numpy.py', file]));
  ours.push(json(process.execPath, ['bench/si-compute.mjs', file]));
  commands.push(command('--methods', 'si-a'));
  all.push(command());
}

function command(...more) {
  const out = mkdtempSync(join(tmpdir(), 'bench-si-'));
  const begin = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['bin/mechanist.js', 'evaluate', file, '--out', out, '--quiet', ...more],
    { cwd: root, encoding: 'utf8' },
  );
  const seconds = (performance.now() - begin) / 1000;
  rmSync(out, { recursive: true });
  if (status !== 0) throw new Error(stderr);
  return seconds;
}

const numpySeconds = median(peers.map((run) => run.seconds));
const ourSeconds = median(ours.map((run) => run.coldSeconds));
record('si', {
  pairs: peers[0].pairs,
  'NumPy lstsq a pair, s': numpySeconds,
  'mechanist cold, s': ourSeconds,
  'mechanist warm, s': median(ours.map((run) => run.warmSeconds)),
  'times faster, cold': median(peers.map((run, i) => run.seconds / ours[i].coldSeconds)),
  'times faster, warm': median(peers.map((run, i) => run.seconds / ours[i].warmSeconds)),
  'evaluate --methods si-a, whole command, s': median(commands),
  'evaluate, all methods, whole command, s': median(all),
  'median NRMSE (NumPy)': peers[0].medians.nrmse,
  'median NRMSE (ours)': ours[0].medianNrmse,
});
