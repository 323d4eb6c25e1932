import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { testRuntime } from '../check.fixture.node.js';
import * as g from '../graph/index.js';
import { Scope } from '../nn/index.js';
import { adam, sgd } from '../optim/index.js';
import { Program } from '../run/index.js';
import type { Batch, Built } from './batch-program.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { exportOnnx } from './export.js';
import { rampOverEpochs, rampOverSteps } from './scalars.js';
import { Trainer, train } from './trainer.js';
import type { FitOptions, Training } from './training.js';
import type { Weights } from './weights.js';

const random = Random.fromSeed(7);
const slope = [1.5, -2, 0.5];

/** y = x · slope + 0.25 without noise; x (rows, 3), y (rows). */
function plane(rows: number) {
  const stream = random.split('plane');
  const x = stream.fillNormal(new Float32Array(rows * 3));
  const y = Float32Array.from({ length: rows }, (_, i) =>
    slope.reduce((total, s, j) => total + s * x[i * 3 + j], 0.25),
  );
  return { x: { values: x, shape: [rows, 3] }, y: { values: y, shape: [rows] } };
}

const zero = () => undefined;

function regression(scope: Scope, { x, y }: Batch): Built {
  const weight = scope.parameter('weight', [1, 3], zero);
  const bias = scope.parameter('bias', [1], zero);
  const error = g.sub(g.reshape(g.affine(x, weight, bias), y.shape), y);
  return { loss: g.mean(g.square(error)), metrics: { absolute: g.mean(g.abs(error)) } };
}

/** A small variational autoencoder with dropout noise, a running mean and a weighted KL term. */
function autoencoder(scope: Scope, { x, kl }: Batch): Built {
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
function factors(rows: number): Float32Array {
  const stream = random.split('factors');
  const x = new Float32Array(rows * 6);
  for (let i = 0; i < rows; i++) {
    const [a, b] = [stream.normal(), stream.normal()];
    x.set([a, -a, b, b, a + b, a - b], 6 * i);
  }
  return x;
}

const variational = (options: Partial<Training> = {}): Training => ({
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

async function fitted(training: Training, options?: FitOptions, from?: Checkpoint) {
  const trainer = await Trainer.create(await testRuntime(), training, from);
  const trained = await trainer.fit(options);
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  return { trained, checkpoint };
}

/** All that must be equal bit by bit: everything but the time. */
function bits({ current, best, history, position, monitor }: Checkpoint) {
  const timeless = history.map(({ seconds: _, ...row }) => row);
  const { seconds: _, ...place } = position;
  const sorted = (weights: Weights) => [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  return { current: sorted(current), best: best && sorted(best), timeless, place, monitor };
}

describe('training', () => {
  it('recovers the slopes and the offset of a plane', async () => {
    const { store, history } = await train(await testRuntime(), {
      data: plane(200),
      build: regression,
      optimiser: sgd({ learningRate: 0.1, momentum: 0.5 }),
      epochs: 12,
      random,
      batchSize: 20,
      validation: 0.1,
    });
    const found = [...(await store.get('weight')), ...(await store.get('bias'))].map(Number);
    [...slope, 0.25].forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 4);
    });
    expect(history).toHaveLength(12);
    expect(history[11]['train.loss']).toBeLessThan(1e-6 * history[0]['train.loss']);
    expect(history[11]['valid.absolute']).toBeLessThan(1e-4);
    expect(Object.keys(history[0])).toEqual([
      'epoch',
      'train.loss',
      'train.absolute',
      'valid.loss',
      'valid.absolute',
      'learning_rate',
      'seconds',
    ]);
  });

  it('finds the two factors behind six columns', async () => {
    const { trained } = await fitted(variational({ epochs: 60, optimiser: adam({ learningRate: 0.02 }) }));
    const { history } = trained;
    expect(history[59]['valid.error']).toBeLessThan(0.25 * history[0]['valid.error']);
    expect(history.map((row) => row['scalar.kl']).slice(0, 5)).toEqual([0, 0.1 / 3, 0.2 / 3, 0.1, 0.1]);
    expect(trained.store.names).toContain('average');
    expect(trained.store.names.some((name) => name.startsWith('optimiser.'))).toBe(false);
  });

  it('gives the same bits for the same seed, others for another', async () => {
    const first = bits((await fitted(variational())).checkpoint);
    expect(bits((await fitted(variational())).checkpoint)).toEqual(first);
    const other = bits((await fitted(variational({ random: Random.fromSeed(4) }))).checkpoint);
    expect(other.current).not.toEqual(first.current);
  });

  it('gives the same bits from dense and from sparse rows', async () => {
    const values = factors(90).map((value, i) => (i % 3 ? 0 : value));
    const dense = { values, shape: [90, 6] };
    const kept = Array.from(values.keys()).filter((i) => values[i] !== 0);
    const sparse = {
      data: Float32Array.from(kept, (i) => values[i]),
      indices: Int32Array.from(kept, (i) => i % 6),
      indptr: Array.from({ length: 91 }, (_, row) => kept.filter((i) => i < 6 * row).length),
      shape: [90, 6] as const,
    };
    const [a, b] = [dense, sparse].map((x) => fitted(variational({ data: { x } })));
    expect(bits((await b).checkpoint)).toEqual(bits((await a).checkpoint));
  });

  it('hands labels on in their own type', async () => {
    const labels = BigInt64Array.from({ length: 12 }, (_, i) => BigInt(i % 3));
    const { store } = await train(await testRuntime(), {
      data: {
        label: { values: labels, shape: [12], classes: 3 },
        y: { values: Float32Array.from(labels, (label) => Number(label) ** 2), shape: [12] },
      },
      build: (scope, { label, y }) => {
        const table = scope.parameter('table', [3], zero);
        return { loss: g.mean(g.square(g.sub(g.gather(table, label), y))) };
      },
      optimiser: sgd({ learningRate: 1 }),
      epochs: 60,
      random,
      batchSize: 12,
    });
    const found = Array.from(await store.get('table'), Number);
    [0, 1, 4].forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
  });
});

describe('an epoch', () => {
  /** The rows of each batch, as the weights of the loss show them. */
  async function seen(rows: number, options: Partial<Training>) {
    const sizes: number[] = [];
    const values = Float32Array.from({ length: rows }, (_, i) => i);
    const trainer = await Trainer.create(await testRuntime(), {
      data: { x: { values, shape: [rows] } },
      build: (scope, { x }) => {
        const p = scope.parameter('p', [], zero);
        return {
          loss: g.mean(g.square(g.sub(p, x))),
          metrics: { mean: g.mean(x), size: g.mean(g.ones(x.shape)) },
        };
      },
      optimiser: sgd({ learningRate: 0 }),
      epochs: 1,
      random,
      ...options,
    });
    const { history } = await trainer.fit({ onProgress: ({ batch }) => sizes.push(batch) });
    await trainer.dispose();
    return { batches: sizes.length, mean: history[0]['train.mean'], valid: history[0]['valid.mean'] };
  }

  it('sees every row once, the last ones in a smaller batch', async () => {
    expect(await seen(10, { batchSize: 4 })).toMatchObject({ batches: 3, mean: 4.5 });
  });
  it('leaves out the last ones on request', async () => {
    expect(await seen(10, { batchSize: 4, dropLast: true, shuffle: false })).toMatchObject({
      batches: 2,
      mean: 3.5,
    });
  });
  it('is one batch where there are fewer rows than asked for', async () => {
    expect(await seen(3, { batchSize: 128 })).toMatchObject({ batches: 1, mean: 1 });
    expect(await seen(3, { batchSize: 128, dropLast: true })).toMatchObject({ batches: 1, mean: 1 });
  });
  it('may have one row', async () => {
    expect(await seen(1, {})).toMatchObject({ batches: 1, mean: 0 });
  });
  it('validates the rows given and trains on the others', async () => {
    expect(await seen(6, { validation: [1, 5, 3], batchSize: 2 })).toMatchObject({ mean: 2, valid: 3 });
  });
  it('orders its rows anew', async () => {
    const losses = async (epochs: number) => {
      const all: number[] = [];
      await train(
        await testRuntime(),
        {
          data: { x: { values: Float32Array.from({ length: 8 }, (_, i) => i), shape: [8] } },
          build: (scope, { x }) => ({ loss: g.mean(g.add(x, scope.parameter('p', [], zero))) }),
          optimiser: sgd({ learningRate: 0 }),
          epochs,
          random,
          batchSize: 1,
        },
        { onProgress: ({ loss }) => all.push(loss) },
      );
      return all;
    };
    const all = await losses(2);
    const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
    expect(sorted(all.slice(0, 8))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(sorted(all.slice(8))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(all.slice(0, 8)).not.toEqual(all.slice(8));
  });
});

describe('resuming gives the bits of a run that was not interrupted', () => {
  it('after every epoch, through the bytes of a file', async () => {
    const whole = bits((await fitted(variational())).checkpoint);
    let from: Checkpoint | undefined;
    for (let epochs = 1; epochs <= 4; epochs++) {
      const { checkpoint } = await fitted(variational({ epochs }), {}, from);
      from = readCheckpoint(writeCheckpoint(checkpoint));
    }
    expect(bits(from!)).toEqual(whole);
  });

  it.each([1, 4, 5, 8])('after step %d, in the middle of an epoch', async (steps) => {
    const whole = bits((await fitted(variational())).checkpoint);
    const stop = new AbortController();
    let done = 0;
    const onProgress = () => {
      if (++done === steps) stop.abort();
    };
    const { trained, checkpoint } = await fitted(variational(), { signal: stop.signal, onProgress });
    expect(trained).toMatchObject({ interrupted: true, ended: 'interrupted' });
    expect(checkpoint.position.step).toBe(steps);
    const { checkpoint: end } = await fitted(variational(), {}, readCheckpoint(writeCheckpoint(checkpoint)));
    expect(bits(end)).toEqual(whole);
  });

  it('keeps early stopping and the best weights', async () => {
    const training = variational({
      epochs: 30,
      optimiser: adam({ learningRate: 0.3 }),
      monitor: { metric: 'valid.error', patience: 3, cumulative: true },
    });
    const { trained, checkpoint: whole } = await fitted(training);
    expect(trained.ended).toBe('patience');
    const { checkpoint } = await fitted({ ...training, epochs: 2 });
    const end = await fitted(training, {}, readCheckpoint(writeCheckpoint(checkpoint)));
    expect(bits(end.checkpoint)).toEqual(bits(whole));
    expect(end.trained.epoch).toBe(trained.epoch);
  });

  it('refuses a checkpoint of another training', async () => {
    const { checkpoint } = await fitted(variational({ epochs: 1 }));
    const resumed = (options: Partial<Training>) => fitted(variational(options), {}, checkpoint);
    await expect(resumed({ batchSize: 8 })).rejects.toThrow(/batchSize: '8' is not 16, with which/);
    const rows = Array.from({ length: 18 }, (_, i) => i);
    await expect(resumed({ validation: rows })).rejects.toMatchObject({ option: 'trainFingerprint' });
    await expect(resumed({ random })).rejects.toMatchObject({ tag: 'OptionError', option: 'random' });
    const other = { build: regression, data: plane(90), scalars: {} };
    await expect(resumed(other)).rejects.toMatchObject({ tag: 'OptionError', option: 'weights' });
  });
});

describe('a trained network', () => {
  it('is used through its store, and exported as ONNX', async () => {
    const { trained } = await fitted(variational({ epochs: 1 }));
    const scope = new Scope();
    const x = g.input('batch.x', [5, 6]);
    const { metrics } = autoencoder(scope, { x, kl: g.scalar(1) });
    const program = await Program.compile(trained.store, { outputs: { divergence: metrics!.divergence } });
    expect(program.inputs.map(({ name }) => name)).toEqual(['batch.x']);
    const values = factors(5);
    const { divergence } = await program.run({ 'batch.x': values });
    const { bytes } = await exportOnnx({ divergence: metrics!.divergence }, { x }, trained.store);
    const session = await ort.InferenceSession.create(bytes);
    const plain = await session.run({ x: new ort.Tensor('float32', values, [5, 6]) });
    expect(plain.divergence.data[0]).toBeCloseTo(divergence[0] as number, 5);
  });
});

describe('what goes wrong', () => {
  const refused = async (options: Partial<Training>) =>
    Trainer.create(await testRuntime(), variational(options));
  it.each<[string, Partial<Training>, RegExp]>([
    ['no rows', { data: { x: { values: new Float32Array(), shape: [0, 6] } } }, /no rows/],
    ['no fields', { data: {} }, /no fields/],
    [
      'sizes',
      { data: { x: { values: new Float32Array(5), shape: [2, 3] } } },
      /field 'x'.*\(2,3\).*5 values/,
    ],
    [
      'rows that differ',
      { data: { ...plane(4), y: { values: new Float32Array(3), shape: [3] } } },
      /field 'y'.*4 rows as 'x'.*3/,
    ],
    [
      'not a number',
      { data: { x: { values: Float32Array.of(1, 2, 3, Number.NaN), shape: [2, 2] } } },
      /field 'x': row 1 holds NaN/,
    ],
    [
      'a label out of range',
      { data: { x: { values: Int32Array.of(0, 2, 3), shape: [3], classes: 3 } } },
      /row 2 has the label 3; labels are 0 to 2/,
    ],
    [
      'a column out of range',
      {
        data: {
          x: { data: Float32Array.of(1), indices: Int32Array.of(6), indptr: [0, 0, 1], shape: [2, 6] },
        },
      },
      /row 1 has column 6; there are 6/,
    ],
    [
      'row pointers that go back',
      {
        data: {
          x: { data: Float32Array.of(1), indices: Int32Array.of(0), indptr: [0, 2, 1], shape: [2, 6] },
        },
      },
      /field 'x'/,
    ],
    ['all rows validate', { validation: Array.from({ length: 90 }, (_, i) => i) }, /none is left/],
    ['a validation row that is none', { validation: [90] }, /a row from 0 to 89/],
    ['a validation row twice', { validation: [1, 1] }, /a row given once/],
    ['a share of all', { validation: 1 }, /validation: '1'/],
    ['epochs', { epochs: -1 }, /epochs/],
    ['batch size', { batchSize: 0 }, /batchSize/],
    ['a scalar named as a field', { scalars: { x: 1 } }, /a name that no field has/],
    [
      'a loss of many numbers',
      { build: (_, { x }) => ({ loss: x }) },
      /'loss' is float32 \(16, 6\); one number/,
    ],
    ['patience', { monitor: { metric: 'valid.loss', patience: 0 } }, /patience/],
  ])('is refused: %s', async (_name, options, message) => {
    await expect(refused(options)).rejects.toThrow(message);
  });

  it('names the columns where the one to monitor is none', async () => {
    const training = variational({ monitor: { metric: 'valid.los' } });
    await expect(refused(training)).rejects.toThrow(/did you mean 'valid.loss'/);
  });

  it('says where the loss broke, and keeps the best before', async () => {
    const trainer = await Trainer.create(await testRuntime(), {
      data: plane(40),
      build: (scope, batch) => {
        const { loss } = regression(scope, batch);
        return { loss: g.div(loss, batch.divisor) };
      },
      optimiser: sgd({ learningRate: 0.1 }),
      epochs: 5,
      random,
      batchSize: 10,
      validation: 0.25,
      scalars: { divisor: ({ epoch, step }) => (epoch === 2 && step === 7 ? 0 : 1) },
    });
    const failed = trainer.fit();
    await expect(failed).rejects.toThrow(
      /the loss is (Infinity|NaN) at epoch 3, batch 2 of 3 \(step 8\); the best so far, of epoch 2, is kept/,
    );
    await expect(failed).rejects.toMatchObject({ tag: 'NumericalError' });
    await expect(trainer.checkpoint()).rejects.toMatchObject({ tag: 'NumericalError' });
    const { store, epoch } = await trainer.best();
    expect(epoch).toBe(2);
    expect(Number.isFinite(Number((await store.get('bias'))[0]))).toBe(true);
    await trainer.dispose();
  });
});

describe('a last step that breaks the weights', () => {
  const training: Training = {
    data: { x: { values: Float32Array.of(1), shape: [1] } },
    // the loss is 2 at first; its derivative is not finite
    build: (scope, { x }) => {
      const p = scope.parameter('p', [1], zero);
      return { loss: g.sum(g.add(g.mul(g.sqrt(p), x), 2)) };
    },
    optimiser: sgd({ learningRate: 1 }),
    epochs: 1,
    random,
  };
  it.each([undefined, { metric: 'train.loss' }])('is no silent result, watching %o', async (monitor) => {
    const trained = train(await testRuntime(), { ...training, monitor });
    await expect(trained).rejects.toThrow(/'p' is not finite after step 1/);
  });
});

describe('while it runs', () => {
  it('tells how far it is, and the time left', async () => {
    const told: [number, number, number, number][] = [];
    const left: number[] = [];
    await train(await testRuntime(), variational({ epochs: 2, batchSize: 30 }), {
      onProgress: ({ epoch, epochs, batch, batches, secondsLeft }) => {
        told.push([epoch, epochs, batch, batches]);
        left.push(secondsLeft);
      },
    });
    expect(told).toEqual([
      [1, 2, 1, 3],
      [1, 2, 2, 3],
      [1, 2, 3, 3],
      [2, 2, 1, 3],
      [2, 2, 2, 3],
      [2, 2, 3, 3],
    ]);
    expect(left.every((seconds) => seconds >= 0)).toBe(true);
    expect(left[5]).toBe(0);
  });

  it('lets timers of the program happen, so that a signal can arrive', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const trained = await train(await testRuntime(), variational({ epochs: 1e6 }), { signal: stop.signal });
    expect(trained.interrupted).toBe(true);
  });

  it('gives the best of the epochs before an interruption', async () => {
    const stop = new AbortController();
    const onEpoch = ({ epoch }: { epoch?: number }) => {
      if (epoch === 3) stop.abort();
    };
    const { trained, checkpoint } = await fitted(variational(), { signal: stop.signal, onEpoch });
    const losses = trained.history.map((row) => row['valid.loss']);
    expect(losses).toHaveLength(3);
    expect(trained.epoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(checkpoint.position).toMatchObject({ epoch: 3, batch: 0 });
  });

  it('raises scalars by step too', async () => {
    const { trained } = await fitted(variational({ epochs: 3, scalars: { kl: rampOverSteps(10) } }));
    // five batches an epoch: the row tells the scalar at its end
    expect(trained.history.map((row) => row['scalar.kl'])).toEqual([0.5, 1, 1]);
  });
});
