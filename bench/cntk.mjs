/**
 * The convolutional NTK and the regression with it against NumPy and SciPy (`peers/cntk.py`): the same network, the
 * same pixels, in turn; medians of paired ratios.
 * Usage: node bench/cntk.mjs [ROUNDS]
 */
import { cntk, hourglass, regress } from '../dist/inpaint/index.js';
import { useLapack, usePortable } from '../dist/linalg/index.node.js';
import { Random } from '../dist/random/index.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 5);
const peer = startPeer('bench/peers/cntk.py');

const pixelsOf = (size) => {
  const all = Int32Array.from({ length: size * size }, (_, i) => i);
  const isKnown = (i) => Number((BigInt(i) * 2654435761n) % 2n ** 32n) < 2 ** 31;
  return { known: all.filter(isKnown), missing: all.filter((i) => !isKnown(i)) };
};

function solve(size, kernel) {
  const { known, missing } = pixelsOf(size);
  const targets = new Float64Array(3 * known.length);
  known.forEach((pixel, i) => targets.fill(Math.sin(pixel), 3 * i, 3 * i + 3));
  return regress(kernel, known, missing, targets, 3, { random: Random.fromSeed(0) }).predicted;
}

async function compare(op, size, ours, title = op) {
  const ratios = [];
  const times = { ours: [], numpy: [] };
  ours();
  for (let round = 0; round < rounds; round++) {
    const { seconds, sum } = await peer.ask({ op, size, repeats: 1 });
    const begin = performance.now();
    const result = ours();
    const own = (performance.now() - begin) / 1000;
    if (op === 'solve') {
      const total = result.reduce((a, b) => a + b, 0);
      if (Math.abs(total - sum) > 1e-6 * Math.max(1, Math.abs(sum)))
        throw new Error(`${total} is not ${sum}`);
    }
    times.ours.push(own);
    times.numpy.push(seconds[0]);
    ratios.push(seconds[0] / own);
  }
  return {
    [`${title} ${size} × ${size}, NumPy, ms`]: 1000 * median(times.numpy),
    [`${title} ${size} × ${size}, ours, ms`]: 1000 * median(times.ours),
    [`${title} ${size} × ${size}, times faster`]: median(ratios),
  };
}

const network = hourglass(3);
const results = {};
for (const size of [16, 32, 64])
  Object.assign(results, await compare('kernel', size, () => cntk(network, 'none', size, size)));
const kernel = cntk(network, 'none', 64, 64);
Object.assign(results, await compare('solve', 64, () => solve(64, kernel), 'solve, portable,'));
if (await useLapack({ threads: 2 })) {
  Object.assign(results, await compare('solve', 64, () => solve(64, kernel), 'solve, LAPACK as the verb,'));
  usePortable();
}
peer.stop();
record('cntk', results);
