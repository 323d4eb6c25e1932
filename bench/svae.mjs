/**
 * The paper's training of sVAE+ (Lopez et al. 2023) on cells of its simulator, 100 perturbations of 250 cells with 100
 * genes, 15 latents: ours, validation and all, against PyTorch eager, epochs in turn, two threads each; and ours of
 * svae-bayes, its whole default training. Usage: node bench/svae.mjs [ROUNDS] [EPOCHS]
 *
 * Rounds have so many epochs of each side. What 300 and 500 epochs take follows from the time of one.
 */
import * as c from '../dist/compute/index.node.js';
import { columnStrings, toDense } from '../dist/data/index.js';
import { Random } from '../dist/random/index.js';
import { mechanismModel, mechanismTrainer, PAPER_SETTINGS } from '../dist/represent/index.js';
import { simulateCells } from '../dist/simulate/index.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 7);
const epochs = Number(process.argv[3] ?? 5);
/** Epochs not counted: sessions are made, memory is got. */
const FIRST = 1;

const simulated = simulateCells({ cellsPerPerturbation: 250, heldOut: 0 });
const names = columnStrings(simulated.obs.column('perturbation'));
const perturbations = [...new Set(names)].sort();
const place = new Map(perturbations.map((name, i) => [name, i]));
const cells = {
  X: simulated.X,
  labels: Int32Array.from(names, (name) => place.get(name)),
  perturbations,
};
const runtime = await c.nodeRuntime({ threads: 2 });

/** A trainer of a model as it is by default, but for what is changed. */
const trainerOf = (model, changed = {}) =>
  mechanismTrainer(runtime, {
    model,
    settings: { ...PAPER_SETTINGS, ...mechanismModel(model).defaults, ...changed },
    cells,
    random: Random.fromSeed(1),
  });

const peer = startPeer('bench/peers/torch_svae.py');
const { trainCells } = await peer.ask({
  counts: Array.from(toDense(cells.X).values),
  labels: Array.from(cells.labels),
  perturbations: perturbations.length,
});
await peer.ask({ epochs: FIRST });

const ours = [];
const torch = [];
const plus = await trainerOf('svae+', { epochs: FIRST + rounds * epochs, patience: null });
let begin = 0;
await plus.fit({
  async onEpoch({ epoch }) {
    if (epoch > FIRST && (epoch - FIRST) % epochs === 0) {
      ours.push((performance.now() - begin) / 1000 / epochs);
      torch.push((await peer.ask({ epochs })).seconds / epochs);
    }
    if ((epoch - FIRST) % epochs === 0) begin = performance.now();
  },
});
if (plus.setting.trainRows !== trainCells) throw new Error('the two sides train on other numbers of cells');
await plus.dispose();
peer.stop();

const bayes = await trainerOf('svae-bayes');
begin = performance.now();
const { epoch: bayesEpochs } = await bayes.fit();
const bayesSeconds = (performance.now() - begin) / 1000;
const epochSeconds = median(ours);

record('svae', {
  'cells that train': trainCells,
  'an epoch of sVAE+: PyTorch, s': median(torch),
  'an epoch of sVAE+: ours, s': epochSeconds,
  'ours / PyTorch': median(ours.map((seconds, i) => seconds / torch[i])),
  '300 epochs of sVAE+ (from the time of one): ours, s': 300 * epochSeconds,
  '500 epochs of sVAE+ (from the time of one): ours, s': 500 * epochSeconds,
  [`svae-bayes, all its ${bayesEpochs} epochs: ours, s`]: bayesSeconds,
  'svae-bayes / 300 epochs of sVAE+': bayesSeconds / (300 * epochSeconds),
});
