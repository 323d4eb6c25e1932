/**
 * A training step of DCDI with unknown targets: 10 genes, 30 regimes, 64 cells, networks of 2 × 16 units, float64, Gaussian
 * and flow; against the same step in PyTorch eager, in turn, one thread each. Usage: node bench/dcdi.mjs [ROUNDS]
 */
import * as c from '../dist/compute/index.node.js';
import { Random } from '../dist/random/index.js';
import { gaussian, sigmoidalFlow } from '../dist/target/dcdi/densities.js';
import { dcdiLoss } from '../dist/target/dcdi/model.js';
import { median, record } from './harness.mjs';
import { startPeer } from './peer.mjs';

const rounds = Number(process.argv[2] ?? 9);
const STEPS = 200;
const [GENES, REGIMES, CELLS] = [10, 30, 64];

async function training(density) {
  const scope = new c.Scope({ training: true, dtype: 'float64' });
  const shape = {
    nGenes: GENES,
    nRegimes: REGIMES,
    density,
    hidden: [16, 16],
    means: new Float64Array(REGIMES * GENES),
    deviations: new Float64Array(REGIMES * GENES).fill(1),
  };
  const penalties = { edges: 0.1, targets: new Float64Array(REGIMES).fill(1e-4) };
  const { lagrangian, h } = dcdiLoss(scope, CELLS, shape, penalties);
  c.minimise(lagrangian, scope, c.rmsprop({ learningRate: 1e-3 }));
  const store = new c.Store(await c.nodeRuntime({ threads: 1 }));
  scope.initialise(store, Random.fromSeed(0));
  const program = await c.Program.compile(store, { outputs: { lagrangian, h }, updates: scope.updates });
  const random = Random.fromSeed(1);
  const feed = {
    x: random.fillNormal(new Float64Array(CELLS * GENES)),
    regime: Int32Array.from({ length: CELLS }, () => random.integer(REGIMES)),
    perturbed: random.fillBernoulli(new Float64Array(CELLS), 0.7),
    gamma: Float64Array.of(0.1),
    mu: Float64Array.of(1),
  };
  const noise = scope.noises.map(({ tensor, noise: kind }) => [
    kind,
    new Float64Array(tensor.size),
    tensor.name,
  ]);
  for (const [, values, name] of noise) feed[name] = values;
  return async () => {
    const begin = performance.now();
    for (let i = 0; i < STEPS; i++) {
      for (const [kind, values] of noise) c.drawNoise(kind, values, random);
      await program.run(feed);
    }
    return (performance.now() - begin) / STEPS;
  };
}

const models = { g: gaussian, dsf: sigmoidalFlow(2, 16) };
const peer = startPeer('bench/peers/dcdi.py', 1);
const [version] = await peer.ask({ version: true });
const numbers = { 'PyTorch, eager, 1 thread': version };
for (const [model, density] of Object.entries(models)) {
  const step = await training(density);
  const [ours, torch] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const theirs = await peer.ask({ model, steps: STEPS });
    const own = await step();
    // the first round warms both up
    if (round < 0) continue;
    torch.push(theirs);
    ours.push(own);
  }
  const name = `DCDI-${model.toUpperCase()} step (10 genes, 30 regimes, 64 cells)`;
  numbers[`${name}, PyTorch, ms`] = median(torch);
  numbers[`${name}, ours, ms`] = median(ours);
  numbers[`${name}, ours / PyTorch`] = median(ours.map((own, i) => own / torch[i]));
}
peer.stop();
record('dcdi', numbers);
