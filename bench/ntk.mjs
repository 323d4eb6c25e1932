/**
 * `ntk` against the authors' formula in NumPy (`peers/ntk.py`), in turn, one thread each: leave-one-out of the whole
 * screen, where NumPy refits for every pair as its users do and ours shares what the folds have in common, and single
 * fits with a tenth held out, where nothing is shared. The answers are compared. Usage: node bench/ntk.mjs [FILE] [ROUNDS]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imputerNamed, methodSpec, Training } from '../dist/impute/index.js';
import { loadScreen } from '../dist/jobs/index.node.js';
import { useLapack, usePortable } from '../dist/linalg/index.node.js';
import { median, record, shared } from './harness.mjs';
import { startPeer } from './peer.mjs';

const path = process.argv[2] ?? shared('data/l1000/cmap_24cells_20compounds.tsv');
const rounds = Number(process.argv[3] ?? 5);
const REFERENCE = 'MCF7';
const { tensor } = await loadScreen({ path });
const p = tensor.nGenes;
const pairs = [...tensor.treatedPairs()];
const folder = mkdtempSync(join(tmpdir(), 'bench-ntk-'));
const [input, out] = [join(folder, 'effects'), join(folder, 'predicted')];

const effects = new Float64Array(pairs.length * p);
pairs.forEach((pair, i) => effects.set(effectOf(pair, tensor.profile(pair)), i * p));
writeFileSync(input, new Uint8Array(effects.buffer));

function effectOf(pair, profile) {
  const control = tensor.profile(tensor.pair(tensor.pairContext[pair], tensor.control));
  return profile.map((x, g) => x - control[g]);
}

const peer = startPeer('bench/peers/ntk.py', 1);
const { numpy } = await peer.ask({
  op: 'load',
  profiles: input,
  n: pairs.length,
  genes: p,
  contexts: pairs.map((pair) => tensor.contexts[tensor.pairContext[pair]]),
  actions: pairs.map((pair) => tensor.actions[tensor.pairAction[pair]]),
  reference: REFERENCE,
});

const single = pairs.map((_, i) => [i]);
/** Ten times a tenth, none of the reference: each fit by itself. */
const tenths = Array.from({ length: 10 }, (_, k) =>
  pairs.flatMap((pair, i) =>
    i % 10 === k && tensor.contexts[tensor.pairContext[pair]] !== REFERENCE ? [i] : [],
  ),
);

/** Fits anew, fold after fold: seconds and predicted effects. */
function ours(folds) {
  const { name, options } = methodSpec(`ntk+reference=${REFERENCE}`, {});
  const predicted = [];
  const begin = performance.now();
  const imputer = imputerNamed(name).create(tensor, options);
  for (const fold of folds) {
    const fitted = imputer.fit(
      new Training(
        tensor,
        fold.map((i) => pairs[i]),
      ),
    );
    const targets = fold.map((i) => ({
      context: tensor.pairContext[pairs[i]],
      action: tensor.pairAction[pairs[i]],
    }));
    fitted.predictMany(targets, (at, { profile }) => predicted.push([pairs[fold[at]], profile.slice()]));
  }
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, predicted: predicted.map(([pair, profile]) => effectOf(pair, profile)) };
}

async function compare(folds) {
  const times = { portable: [], lapack: [], numpy: [] };
  const ratios = { portable: [], lapack: [] };
  let difference = 0;
  let first;
  for (let round = 0; round < rounds; round++) {
    const { seconds } = await peer.ask({ op: 'folds', folds, out });
    times.numpy.push(seconds);
    const bytes = readFileSync(out);
    const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    for (const side of ['portable', 'lapack']) {
      if (side === 'portable') usePortable();
      else if (!(await useLapack({ threads: 1 }))) continue;
      const made = ours(folds);
      first ??= made.seconds;
      times[side].push(made.seconds);
      ratios[side].push(seconds / made.seconds);
      made.predicted.forEach((effect, row) => {
        let size = 0;
        for (const x of effect) size = Math.max(size, Math.abs(x));
        effect.forEach((x, g) => {
          difference = Math.max(difference, Math.abs(x - theirs[row * p + g]) / size);
        });
      });
    }
  }
  return { times, ratios, difference, first };
}

const loo = await compare(single);
const fits = await compare(tenths);
peer.stop();
rmSync(folder, { recursive: true });
const hasLapack = loo.times.lapack.length > 0;

record('ntk', {
  peer: `NumPy ${numpy}, one thread`,
  pairs: pairs.length,
  'leave-one-out: NumPy, s': median(loo.times.numpy),
  'leave-one-out: ours, s': median(loo.times.portable),
  'leave-one-out: ours in a cold process, s': loo.first,
  'leave-one-out: times faster': median(loo.ratios.portable),
  ...(hasLapack && { 'leave-one-out: times faster, with LAPACK': median(loo.ratios.lapack) }),
  'ten single fits: NumPy, s': median(fits.times.numpy),
  'ten single fits: ours, s': median(fits.times.portable),
  'ten single fits: times faster': median(fits.ratios.portable),
  ...(hasLapack && { 'ten single fits: times faster, with LAPACK': median(fits.ratios.lapack) }),
  'largest difference, relative to the largest effect': Math.max(loo.difference, fits.difference),
});
