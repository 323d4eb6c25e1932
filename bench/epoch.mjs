/**
 * A whole epoch of sVAE+ on 100,000 × 1,187 sparse counts, batches made from CSR: ours against a PyTorch DataLoader
 * loop, in turn, two threads each. Usage: node bench/epoch.mjs [ROUNDS] [CELLS]
 *
 * "Outside the runtime" is all that ONNX Runtime does not do: batches, noise, the trainer.
 */
import * as c from '../dist/compute/index.node.js';
import { Random } from '../dist/random/index.js';
import { median, record } from './harness.mjs';
import { GENES, PERTURBATIONS, sparseVae } from './models/sparse-vae.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 3);
const cells = Number(process.argv[3] ?? 100_000);
const DENSITY = 0.1;

const random = Random.fromSeed(0);
const data = { counts: sparseCounts(), labels: { values: labels(), shape: [cells], classes: PERTURBATIONS } };

/** Counts the time inside sessions. */
class TimedRuntime extends c.Runtime {
  insideMs = 0;
  async session(...parts) {
    const session = await super.session(...parts);
    const run = session.run.bind(session);
    session.run = async (...feeds) => {
      const begin = performance.now();
      const result = await run(...feeds);
      this.insideMs += performance.now() - begin;
      return result;
    };
    return session;
  }
}
const { ort } = await c.nodeRuntime({ threads: 2 });
const runtime = new TimedRuntime(ort, 'cpu', 2);
const trainer = await c.Trainer.create(runtime, {
  data,
  build: sparseVaeOf,
  optimiser: c.adam({ epsilon: 0.01, weightDecay: 1e-6 }),
  epochs: rounds,
  batchSize: 128,
  random: Random.fromSeed(1),
});

const peer = startPeer('bench/peers/torch_steps.py');
const ours = [];
const torch = [];
let begin = performance.now();
await trainer.fit({
  async onEpoch() {
    ours.push({ seconds: (performance.now() - begin) / 1000, insideSeconds: runtime.insideMs / 1000 });
    torch.push(await peer.ask({ epoch: cells, density: DENSITY }));
    runtime.insideMs = 0;
    begin = performance.now();
  },
});
peer.stop();

record('epoch', {
  cells,
  'share of counts that are not 0': DENSITY,
  'PyTorch DataLoader loop, s': median(torch.map((run) => run.seconds)),
  'PyTorch, making batches, s': median(torch.map((run) => run.assemblySeconds)),
  'PyTorch, peak memory, GiB': Math.max(...torch.map((run) => run.peakGiB)),
  'ours, s': median(ours.map((run) => run.seconds)),
  'ours / PyTorch': median(ours.map((run, i) => run.seconds / torch[i].seconds)),
  'ours, share of time outside the runtime': median(ours.map((run) => 1 - run.insideSeconds / run.seconds)),
  'ours, peak memory, GiB': process.resourceUsage().maxRSS / 2 ** 20,
});

function sparseVaeOf(scope, batch) {
  return { loss: sparseVae(scope, batch) };
}

function sparseCounts() {
  const perRow = Math.round(GENES * DENSITY);
  const indices = new Int32Array(cells * perRow);
  const values = random.fill(new Float32Array(cells * perRow), () => Math.ceil(5 * random.uniform()));
  for (let row = 0; row < cells; row++) {
    const genes = random.sample(GENES, perRow).sort();
    indices.set(genes, row * perRow);
  }
  const indptr = Float64Array.from({ length: cells + 1 }, (_, i) => i * perRow);
  return { data: values, indices, indptr, shape: [cells, GENES] };
}

function labels() {
  return BigInt64Array.from({ length: cells }, () => BigInt(random.integer(PERTURBATIONS)));
}
