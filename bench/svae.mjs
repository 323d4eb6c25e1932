/**
 * The paper's training of sVAE+ (Lopez et al. 2023) on cells of its simulator, 100 perturbations of 250 cells with 100
 * genes, 15 latents: ours, validation and all, on one thread, which is our default at this size, against PyTorch eager
 * on one and on two, epochs in turn; the ratio is to the faster of both. Then ours of svae-bayes, its whole default training, against svae+ as its Table 1 was made: 80 perturbations of 500 cells, 500 epochs,
 * whose time follows from that of a few. Usage: node bench/svae.mjs [ROUNDS] [EPOCHS]
 */
import * as c from '../dist/compute/index.node.js';
import { columnStrings, toDense } from '../dist/data/index.js';
import { Random } from '../dist/random/index.js';
import { mechanismSettings, mechanismTrainer } from '../dist/represent/index.js';
import { simulateCells } from '../dist/simulate/index.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 7);
const epochs = Number(process.argv[3] ?? 5);
/** Epochs not counted: sessions are made, memory is got. */
const FIRST = 1;

const small = simulatedCells({ cellsPerPerturbation: 250 });
const runtime = await c.nodeRuntime({ threads: 1 });

/** A trainer of a model as it is by default, but for what is changed. */
const trainerOf = (cells, model, changed = {}) =>
  mechanismTrainer(runtime, {
    model,
    settings: mechanismSettings(model, cells.X.nRows, changed),
    cells,
    random: Random.fromSeed(1),
  });

const peer = startPeer('bench/peers/torch_svae.py');
const { trainCells } = await peer.ask({
  counts: Array.from(toDense(small.X).values),
  labels: Array.from(small.labels),
  perturbations: small.perturbations.length,
});
await peer.ask({ epochs: FIRST, threads: 2 });

const ours = [];
const torch = { 1: [], 2: [] };
const plus = await trainerOf(small, 'svae+', { epochs: FIRST + rounds * epochs, patience: null });
let begin = 0;
await plus.fit({
  async onEpoch({ epoch }) {
    if (epoch > FIRST && (epoch - FIRST) % epochs === 0) {
      ours.push((performance.now() - begin) / 1000 / epochs);
      for (const threads of [1, 2])
        torch[threads].push((await peer.ask({ epochs, threads })).seconds / epochs);
    }
    if ((epoch - FIRST) % epochs === 0) begin = performance.now();
  },
});
if (plus.setting.trainRows !== trainCells) throw new Error('the two sides train on other numbers of cells');
await plus.dispose();
peer.stop();

const large = simulatedCells({ perturbations: 80 });
const few = await trainerOf(large, 'svae+', { epochs: FIRST + epochs, patience: null });
await few.fit({
  onEpoch({ epoch }) {
    if (epoch === FIRST) begin = performance.now();
  },
});
const largeEpochSeconds = (performance.now() - begin) / 1000 / epochs;
await few.dispose();
const bayes = await trainerOf(large, 'svae-bayes');
begin = performance.now();
const { epoch: bayesEpochs } = await bayes.fit();
const bayesSeconds = (performance.now() - begin) / 1000;
const epochSeconds = median(ours);
const faster = median(torch[1]) < median(torch[2]) ? torch[1] : torch[2];

record('svae', {
  'cells that train': trainCells,
  'an epoch of sVAE+: PyTorch, one thread, s': median(torch[1]),
  'an epoch of sVAE+: PyTorch, two threads, s': median(torch[2]),
  'an epoch of sVAE+: ours, s': epochSeconds,
  'ours / PyTorch': median(ours.map((seconds, i) => seconds / faster[i])),
  '300 epochs of sVAE+ (from the time of one): ours, s': 300 * epochSeconds,
  '40,000 cells, 500 epochs of sVAE+ (from the time of one): ours, s': 500 * largeEpochSeconds,
  [`40,000 cells, svae-bayes, all its ${bayesEpochs} epochs: ours, s`]: bayesSeconds,
  '40,000 cells, svae-bayes / 500 epochs of sVAE+': bayesSeconds / (500 * largeEpochSeconds),
});

/** Cells of the paper's simulator, none held out. */
function simulatedCells(options) {
  const simulated = simulateCells({ ...options, heldOut: 0 });
  const names = columnStrings(simulated.obs.column('perturbation'));
  const perturbations = [...new Set(names)].sort();
  const place = new Map(perturbations.map((name, i) => [name, i]));
  return { X: simulated.X, labels: Int32Array.from(names, (name) => place.get(name)), perturbations };
}
