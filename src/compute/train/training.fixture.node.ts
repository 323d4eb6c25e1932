/** For the tests of training: a regression and a small variational autoencoder, with data of known truth. */
import { Random } from '../../random/index.js';
import { testRuntime } from '../check.fixture.node.js';
import * as g from '../graph/index.js';
import type { Scope } from '../nn/index.js';
import { adam } from '../optim/index.js';
import type { Batch, Built } from './batch-program.js';
import type { Checkpoint } from './checkpoint.js';
import { rampOverEpochs } from './scalars.js';
import { Trainer } from './trainer.js';
import type { FitOptions, Training } from './training.js';
import type { Weights } from './weights.js';

export const random = Random.fromSeed(7);
export const slope = [1.5, -2, 0.5];

/** y = x · slope + 0.25 without noise; x (rows, 3), y (rows). */
export function plane(rows: number) {
  const stream = random.split('plane');
  const x = stream.fillNormal(new Float32Array(rows * 3));
  const y = Float32Array.from({ length: rows }, (_, i) =>
    slope.reduce((total, s, j) => total + s * x[i * 3 + j], 0.25),
  );
  return { x: { values: x, shape: [rows, 3] }, y: { values: y, shape: [rows] } };
}

export const zero = () => undefined;

export function regression(scope: Scope, { x, y }: Batch): Built {
  const weight = scope.parameter('weight', [1, 3], zero);
  const bias = scope.parameter('bias', [1], zero);
  const error = g.sub(g.reshape(g.affine(x, weight, bias), y.shape), y);
  return { loss: g.mean(g.square(error)), metrics: { absolute: g.mean(g.abs(error)) } };
}

/** A small variational autoencoder with dropout noise, a running mean and a weighted KL term. */
export function autoencoder(scope: Scope, { x, kl }: Batch): Built {
  const [rows, n] = x.shape;
  const draw = (values: Float32Array | Float64Array, _shape: g.Shape, r: Random) => {
    r.fill(values, () => 0.3 * r.normal());
  };
  const layer = (name: string, input: g.Tensor, out: number) =>
    g.affine(
      input,
      scope.parameter(`${name}.weight`, [out, input.shape[1]], draw),
      scope.parameter(`${name}.bias`, [out], zero),
    );
  const average = scope.state('average', [n], zero);
  if (scope.training) scope.update(average, g.add(g.mul(average, 0.9), g.mul(g.mean(x, 0), 0.1)));
  const kept = scope.training
    ? g.mul(x, g.mul(scope.noise({ kind: 'bernoulli', p: 0.8 }, x.shape), 1.25))
    : x;
  const hidden = g.tanh(layer('encoder', g.sub(kept, average), 8));
  const [mean, logVariance] = [layer('mean', hidden, 2), layer('variance', hidden, 2)];
  const noise = scope.noise({ kind: 'normal' }, [rows, 2]);
  const z = g.add(mean, g.mul(noise, g.exp(g.mul(logVariance, 0.5))));
  const error = g.mean(g.sum(g.square(g.sub(layer('decoder', z, n), x)), 1));
  const parts = g.sub(g.add(g.exp(logVariance), g.square(mean)), g.add(logVariance, 1));
  const divergence = g.mul(g.mean(g.sum(parts, 1)), 0.5);
  return { loss: g.add(error, g.mul(divergence, kl)), metrics: { error, divergence } };
}

/** Two factors behind six columns. */
export function factors(rows: number): Float32Array {
  const stream = random.split('factors');
  const x = new Float32Array(rows * 6);
  for (let i = 0; i < rows; i++) {
    const [a, b] = [stream.normal(), stream.normal()];
    x.set([a, -a, b, b, a + b, a - b], 6 * i);
  }
  return x;
}

export const variational = (options: Partial<Training> = {}): Training => ({
  data: { x: { values: factors(90), shape: [90, 6] } },
  build: autoencoder,
  optimiser: adam({ learningRate: 0.01, clipNorm: 5 }),
  epochs: 4,
  random: Random.fromSeed(3),
  batchSize: 16,
  validation: 0.2,
  scalars: { kl: rampOverEpochs(3, 0, 0.1) },
  ...options,
});

export async function fitted(training: Training, options?: FitOptions, from?: Checkpoint) {
  const trainer = await Trainer.create(await testRuntime(), training, from);
  const trained = await trainer.fit(options);
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  return { trained, checkpoint };
}

/** All that must be equal bit by bit: everything but the time. */
export function bits({ current, best, history, position, monitor }: Checkpoint) {
  const timeless = history.map(({ seconds: _, ...row }) => row);
  const { seconds: _, ...place } = position;
  const sorted = (weights: Weights) => [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  return { current: sorted(current), best: best && sorted(best), timeless, place, monitor };
}
