import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { testRuntime } from '../check.fixture.node.js';
import * as g from '../graph/index.js';
import { Scope } from '../nn/index.js';
import { adam, sgd } from '../optim/index.js';
import { Program } from '../run/index.js';
import { exportOnnx } from './export.js';
import { rampOverSteps } from './scalars.js';
import { Trainer, train } from './trainer.js';
import {
  autoencoder,
  bits,
  factors,
  fitted,
  plane,
  random,
  regression,
  slope,
  variational,
  zero,
} from './training.fixture.node.js';
import type { Training } from './training.js';

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

describe('the noise of a training', () => {
  /** Means of two noises, of every step and, by validation, of every epoch; nothing is learned. */
  async function noises() {
    const losses: number[] = [];
    const { history } = await train(
      await testRuntime(),
      {
        data: { x: { values: new Float32Array(10), shape: [10] } },
        build: (scope, { x }) => {
          const [a, b] = [0, 1].map(() => g.mean(scope.noise({ kind: 'normal' }, x.shape)));
          const p = scope.parameter('p', [], zero);
          return { loss: g.add(a, g.mul(p, 0)), metrics: { a, b } };
        },
        optimiser: sgd({ learningRate: 0 }),
        epochs: 3,
        random,
        batchSize: 2,
        validation: [0, 1, 2, 3],
      },
      { onProgress: ({ loss }) => losses.push(loss) },
    );
    return { losses, history };
  }

  it('differs from step to step', async () => {
    const { losses } = await noises();
    expect(losses).toHaveLength(9);
    expect(new Set(losses).size).toBe(9);
  });

  it('differs between two of one graph', async () => {
    const { history } = await noises();
    for (const row of history) {
      expect(row['train.a']).not.toBe(row['train.b']);
      expect(row['valid.a']).not.toBe(row['valid.b']);
    }
  });

  it('is the same in the validation of every epoch, another in training', async () => {
    const { history } = await noises();
    expect(new Set(history.map((row) => row['valid.a'])).size).toBe(1);
    expect(history[0]['valid.a']).not.toBe(0);
    expect(new Set(history.map((row) => row['train.a'])).size).toBe(3);
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
