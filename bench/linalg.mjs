/**
 * Linear algebra against NumPy and SciPy (`peers/linalg.py`), with the same LAPACK through koffi and with the
 * portable kernels: one process of each side, in turn, two threads each; both warmed up before.
 * Usage: node bench/linalg.mjs [SIZES] [ROUNDS]
 *
 * A time is that of the call a user makes, copies and checks of the input included, on an (n, n) matrix; QR and
 * least squares (with four right-hand sides) on (2n, n). A ratio is the median over rounds of ours by theirs.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as linalg from '../dist/linalg/index.node.js';
import { median, python, record } from './harness.mjs';

const sizes = (process.argv[2] ?? '50,100,200,500').split(',').map(Number);
const rounds = Number(process.argv[3] ?? 5);
const THREADS = 2;
/** Seconds of calls in a row, in each round, of each side. */
const TURN = 0.03;
/** Threads of OpenBLAS wait actively before they sleep: they must not do so in the turn of the other side. */
const PAUSE_MS = 40;

const operations = {
  product: ({ n, a, b }) => linalg.gemm({ m: n, n, k: n, a, b }),
  gram: ({ n, a }) => linalg.gram(a, n, n),
  cholesky: ({ n, definite }) => linalg.cholesky(definite.slice(), n),
  'triangular solve': ({ n, lower, b }) => linalg.solveTriangular(lower, n, b.slice(), n),
  qr: ({ n, tall }) => linalg.qr(tall, 2 * n, n),
  'pivoted qr': ({ n, tall }) => linalg.qr(tall, 2 * n, n, { pivot: true }),
  svd: ({ n, a }) => linalg.svd(a, n, n),
  'singular values': ({ n, a }) => linalg.singularValues(a, n, n),
  'symmetric eigen': ({ n, symmetric }) => linalg.symmetricEigen(symmetric, n),
  eigenvalues: ({ n, symmetric }) => linalg.symmetricEigen(symmetric, n, { vectors: false }),
  'least squares': ({ n, tall, rhs }) => linalg.leastSquares(tall, 2 * n, n, rhs, 4),
  pseudoinverse: ({ n, a }) => linalg.pseudoinverse(a, n, n),
};

function inputs(n) {
  const random = (length) => Float64Array.from({ length }, () => Math.sqrt(12) * (Math.random() - 0.5));
  const a = random(n * n);
  const across = linalg.transpose(a, n, n);
  const definite = linalg.gram(a, n, n);
  for (let i = 0; i < n; i++) definite[i * n + i] += n;
  const lower = definite.map((value, at) => (at % n > Math.floor(at / n) ? 0 : value));
  const symmetric = a.map((value, at) => (value + across[at]) / 2);
  return { n, a, b: random(n * n), tall: random(2 * n * n), rhs: random(8 * n), symmetric, definite, lower };
}

const peer = spawn(python, ['bench/peers/linalg.py'], {
  env: { ...process.env, OPENBLAS_NUM_THREADS: String(THREADS), OMP_NUM_THREADS: String(THREADS) },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();

async function ask(request) {
  peer.stdin.write(`${JSON.stringify(request)}\n`);
  return JSON.parse((await answers.next()).value);
}

function time(run, repeats) {
  const seconds = [];
  for (let i = 0; i < repeats; i++) {
    const begin = performance.now();
    run();
    seconds.push((performance.now() - begin) / 1000);
  }
  return median(seconds);
}

const pause = () => new Promise((done) => setTimeout(done, PAUSE_MS));
const timesOf = (seconds) => Math.max(2, Math.min(1000, Math.ceil(TURN / seconds)));

const { versions, library } = await ask({ op: 'about' });
const native = () => linalg.useLapack({ path: library ?? 'auto', threads: THREADS });
const hasNative = await native();
const { library: path, configuration } = linalg.linalgBackend();
const sides = {
  ...(hasNative && { lapack: native }),
  portable: async () => linalg.usePortable(),
};

const rows = {};
const all = { lapack: [], portable: [] };
for (const n of sizes) {
  const input = inputs(n);
  for (const [op, call] of Object.entries(operations)) {
    const run = () => call(input);
    const counts = {};
    for (const [side, use] of Object.entries(sides)) {
      await use();
      run();
      const once = time(run, 2);
      counts[side] = timesOf(once);
      time(run, counts[side]);
    }
    await ask({ op, n, repeats: 2 });
    const repeats = timesOf(median(await ask({ op, n, repeats: 2 })));
    const ratios = { lapack: [], portable: [] };
    const theirs = [];
    for (let round = 0; round < rounds; round++) {
      await pause();
      const seconds = median(await ask({ op, n, repeats }));
      theirs.push(seconds);
      for (const [side, use] of Object.entries(sides)) {
        await pause();
        await use();
        time(run, 1);
        ratios[side].push(time(run, counts[side]) / seconds);
      }
    }
    const shown = Object.keys(sides).map((side) => {
      const ratio = median(ratios[side]);
      all[side].push({ ratio, what: `${op}, n = ${n}` });
      return ratio.toFixed(2);
    });
    rows[`${op}, n = ${n}`] = [`${Number((1000 * median(theirs)).toPrecision(3))} ms`, ...shown].join(' · ');
  }
}
peer.stdin.end();

const worst = (side) => {
  const { ratio, what } = all[side].reduce((most, next) => (next.ratio > most.ratio ? next : most));
  return `${ratio.toFixed(2)} (${what})`;
};
record('linalg', {
  peer: versions,
  LAPACK: hasNative ? `${path.replace(/.*\//, '')}: ${configuration ?? ''}` : 'none found',
  threads: THREADS,
  ...(hasNative && {
    'ratio with LAPACK, median': median(all.lapack.map(({ ratio }) => ratio)),
    'ratio with LAPACK, worst': worst('lapack'),
  }),
  'ratio of the portable kernels, median': median(all.portable.map(({ ratio }) => ratio)),
  'ratio of the portable kernels, worst': worst('portable'),
  'NumPy or SciPy, and then': hasNative
    ? 'ratio with LAPACK · ratio of the portable kernels'
    : 'portable ratio',
  ...rows,
});
