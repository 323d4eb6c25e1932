/**
 * Training the over-parameterised autoencoder of a screen, 326 profiles of 978 genes, width 1024: ours, graphs and all,
 * against PyTorch eager, in turn, two threads each.
 * Usage: node bench/autoencoder.mjs [ROUNDS]
 */
import { nodeRuntime } from '../dist/compute/index.node.js';
import { Random } from '../dist/random/index.js';
import { autoencoderSpace } from '../dist/represent/index.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 5);
const [ROWS, GENES, WIDTH, EPOCHS] = [326, 978, 1024, 20];
const random = Random.fromSeed(0);
const rows = random.fillNormal(new Float64Array(ROWS * GENES));
const runtime = await nodeRuntime({ threads: 2 });
const peer = startPeer('bench/peers/torch_autoencoder.py');
const [ours, torch] = [[], []];
for (let round = -1; round < rounds; round++) {
  const theirs = await peer.ask({ epochs: EPOCHS, rows: ROWS, genes: GENES, width: WIDTH });
  const start = performance.now();
  await autoencoderSpace(runtime, rows, ROWS, GENES, {
    width: WIDTH,
    epochs: EPOCHS,
    learningRate: 1e-3,
    random,
  });
  const own = (performance.now() - start) / 1000;
  // the first round warms both up
  if (round < 0) continue;
  ours.push(own);
  torch.push(theirs);
}
peer.stop();
record('autoencoder', {
  rounds,
  epochs: EPOCHS,
  'ours, seconds': median(ours),
  'PyTorch eager, seconds': median(torch),
  'ratio, ours / PyTorch': median(ours.map((own, i) => own / torch[i])),
});
