/**
 * Training env-vae with the networks of the authors' program on L1000 (Bertin 2020: 978-500-300-500-978, a descriptor of
 * 1180 columns through 500 units to the shift of 300 latents, batches of 32, Adam), 6400 profiles of 100 environments,
 * and 1600 of 25 others that validate after every epoch: ours and PyTorch eager, each on one and on two threads, epochs
 * in turn. The ratio is that of the faster of ours to the faster of theirs. Usage: node bench/environments.mjs [ROUNDS] [EPOCHS]
 */
import * as c from '../dist/compute/index.node.js';
import { dense } from '../dist/data/index.js';
import { Random } from '../dist/random/index.js';
import { environmentSettings, environmentTrainer, PUBLISHED } from '../dist/represent/index.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 5);
const epochs = Number(process.argv[3] ?? 2);
/** Epochs not counted: sessions are made, memory is got. */
const FIRST = 1;
const [GENES, COLUMNS, TRAINED, VALIDATED, EACH] = [978, 1180, 100, 25, 64];

const random = Random.fromSeed(1);
const environments = TRAINED + VALIDATED;
const labels = Int32Array.from({ length: environments * EACH }, (_, i) => Math.floor(i / EACH));
const profiles = {
  X: dense(
    labels.length,
    GENES,
    random.split('profiles').fillNormal(new Float32Array(labels.length * GENES)),
  ),
  labels,
  descriptors: random.split('descriptors').fillNormal(new Float64Array(environments * COLUMNS)),
  columns: Array.from({ length: COLUMNS }, (_, i) => `d${i}`),
};
const validation = Array.from({ length: VALIDATED }, (_, i) => TRAINED + i);
const settings = environmentSettings('env-vae', {
  ...PUBLISHED,
  latent: 300,
  patience: null,
  epochs: FIRST + rounds * epochs + 1,
});

const peer = startPeer('bench/peers/torch_environments.py');
const numbers = (values) => Array.from(values, (value) => Number(value.toFixed(4)));
await peer.ask({
  profiles: numbers(profiles.X.values),
  labels: Array.from(labels),
  descriptors: numbers(profiles.descriptors),
  trained: TRAINED,
});
const ours = { 1: await trainerOn(1), 2: await trainerOn(2) };
const seconds = { ours: { 1: [], 2: [] }, torch: { 1: [], 2: [] } };
for (const threads of [1, 2]) {
  await ours[threads](FIRST);
  await peer.ask({ epochs: FIRST, threads });
}
for (let round = 0; round < rounds; round++)
  for (const threads of [1, 2]) {
    seconds.ours[threads].push((await ours[threads](epochs)) / epochs);
    seconds.torch[threads].push((await peer.ask({ epochs, threads })).seconds / epochs);
  }
peer.stop();
const faster = (of) => (median(of[1]) < median(of[2]) ? of[1] : of[2]);
const [mine, theirs] = [faster(seconds.ours), faster(seconds.torch)];
record('environments', {
  'an epoch: ours, one thread, s': median(seconds.ours[1]),
  'an epoch: ours, two threads, s': median(seconds.ours[2]),
  'an epoch: PyTorch, one thread, s': median(seconds.torch[1]),
  'an epoch: PyTorch, two threads, s': median(seconds.torch[2]),
  'ours / PyTorch': median(mine.map((time, i) => time / theirs[i])),
});
process.exit(0);

/** A function that trains so many epochs more and gives the seconds. */
async function trainerOn(threads) {
  const runtime = await c.nodeRuntime({ threads });
  const { trainer } = await environmentTrainer(runtime, {
    model: 'env-vae',
    settings,
    profiles,
    validation,
    random: Random.fromSeed(2),
  });
  let turn = () => undefined;
  let ended = () => undefined;
  let left = 0;
  const start = () =>
    trainer.fit({
      async onEpoch() {
        left--;
        if (left > 0) return;
        await new Promise((resume) => {
          turn = resume;
          ended();
        });
      },
    });
  let begun = false;
  return (count) =>
    new Promise((resolve) => {
      left = count;
      const begin = performance.now();
      ended = () => resolve((performance.now() - begin) / 1000);
      if (begun) turn();
      else start();
      begun = true;
    });
}
