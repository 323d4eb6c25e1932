/**
 * Reading and writing a sparse h5ad against Debian's anndata, in turn, each in a fresh process.
 * Usage: node bench/h5ad.mjs [ROUNDS]. The file is 100,000 × 2,000 with 5 % stored, float32, written by anndata.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, python, record, root } from './harness.mjs';

const rounds = Number(process.argv[2] ?? 5);
const folder = mkdtempSync(join(tmpdir(), 'bench-h5ad-'));
const json = (program, args) => {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

try {
  const file = join(folder, 'sparse.h5ad');
  json(python, ['bench/peers/h5ad_anndata.py', 'make', file]);
  const ours = [];
  const peers = [];
  for (let round = 0; round < rounds; round++) {
    peers.push(json(python, ['bench/peers/h5ad_anndata.py', 'time', file, join(folder, 'peer.h5ad')]));
    ours.push(json(process.execPath, ['bench/h5ad-ours.mjs', file, join(folder, `ours-${round}.h5ad`)]));
    rmSync(join(folder, `ours-${round}.h5ad`));
  }
  const of = (runs, key) => median(runs.map((run) => run[key]));
  record('h5ad', {
    'file, MB': statSync(file).size / 1e6,
    'anndata read, first, s': of(peers, 'readFirst'),
    'mechanist read, first, s': of(ours, 'readFirst'),
    'anndata read, again, s': of(peers, 'readAgain'),
    'mechanist read, again, s': of(ours, 'readAgain'),
    'anndata write, s': of(peers, 'write'),
    'mechanist write, s': of(ours, 'write'),
    'mechanist 1,000 rows of it, s': of(ours, 'slice'),
    'read ratio (anndata / ours), again': median(peers.map((run, i) => run.readAgain / ours[i].readAgain)),
    'write ratio (anndata / ours)': median(peers.map((run, i) => run.write / ours[i].write)),
  });
} finally {
  rmSync(folder, { recursive: true });
}
