/**
 * One training step, forward, backward and Adam: ours against PyTorch eager, in turn, two threads each.
 * Usage: node bench/train-step.mjs [ROUNDS]. Noise is drawn inside the step on both sides.
 */
import * as c from '../dist/compute/index.node.js';
import { Random } from '../dist/random/index.js';
import { median, record } from './harness.mjs';
import { GENES, PERTURBATIONS, sparseVae } from './models/sparse-vae.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 9);
const STEPS = 40;
const random = Random.fromSeed(0);
const runtime = await c.nodeRuntime({ threads: 2 });

const BATCH = 128;
const svae = await stepper(
  { epsilon: 0.01, weightDecay: 1e-6, learningRate: 1e-3 },
  (scope) =>
    sparseVae(scope, {
      counts: c.input('counts', [BATCH, GENES]),
      labels: c.input('labels', [BATCH], 'int64'),
    }),
  {
    counts: random.fill(new Float32Array(BATCH * GENES), () => random.poisson(3 * random.uniform())),
    labels: BigInt64Array.from({ length: BATCH }, () => BigInt(random.integer(PERTURBATIONS))),
  },
);
const mlp = await stepper(
  { learningRate: 1e-4 },
  (scope) => {
    const x = c.input('x', [32, 978]);
    let hidden = x;
    [500, 300, 500, 978].forEach((width, i) => {
      hidden = c.linear(scope.at(i), i > 0 ? c.relu(hidden) : hidden, width);
    });
    return c.sum(c.square(c.sub(hidden, x)));
  },
  { x: random.fillNormal(new Float32Array(32 * 978)) },
);

const peer = startPeer('bench/peers/torch_steps.py');
const [version] = await peer.ask({ version: true });
const models = { svae, mlp };
const ours = { svae: [], mlp: [] };
const torch = { svae: [], mlp: [] };
for (let round = -1; round < rounds; round++) {
  for (const model of Object.keys(models)) {
    const theirs = median(await peer.ask({ model, steps: STEPS }));
    const own = median(await models[model](STEPS));
    // the first round warms both up
    if (round < 0) continue;
    torch[model].push(theirs);
    ours[model].push(own);
  }
}
peer.stop();

const ratio = (model) => median(ours[model].map((own, i) => own / torch[model][i]));
record('train-step', {
  'PyTorch, eager, 2 threads': version,
  'sVAE+ step, PyTorch, ms': median(torch.svae),
  'sVAE+ step, ours, ms': median(ours.svae),
  'sVAE+ step, ours / PyTorch': ratio('svae'),
  'MLP 978-500-300-500-978 step, PyTorch, ms': median(torch.mlp),
  'MLP 978-500-300-500-978 step, ours, ms': median(ours.mlp),
  'MLP 978-500-300-500-978 step, ours / PyTorch': ratio('mlp'),
});

/** A function that does some steps and gives the milliseconds of each, noise included. */
async function stepper(options, build, feeds) {
  const scope = new c.Scope({ training: true });
  const loss = build(scope);
  c.minimise(loss, scope, c.adam(options));
  const store = new c.Store(runtime);
  scope.initialise(store, Random.fromSeed(1));
  const program = await c.Program.compile(store, { outputs: { loss }, updates: scope.updates });
  for (const { tensor } of scope.noises) feeds[tensor.name] = new Float32Array(tensor.size);
  return async (count) => {
    const times = [];
    for (let i = 0; i < count; i++) {
      const begin = performance.now();
      for (const { tensor, noise } of scope.noises) c.drawNoise(noise, feeds[tensor.name], random);
      const { loss } = await program.run(feeds);
      times.push(performance.now() - begin);
      if (!Number.isFinite(loss[0])) throw new Error('the loss is not finite');
    }
    return times;
  };
}
