import { describe, expect, it } from 'vitest';
import { testRuntime } from '../check.fixture.node.js';
import * as g from '../graph/index.js';
import { sgd } from '../optim/index.js';
import { Trainer, train } from './trainer.js';
import { bits, fitted, plane, random, regression, variational, zero } from './training.fixture.node.js';
import type { Training } from './training.js';

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
      'a value beyond float32',
      { data: { x: { values: Float64Array.of(1, 2, 1e300, 3), shape: [2, 2] } } },
      /field 'x': row 1 holds 1e\+300, which is beyond float32/,
    ],
    [
      'an entry beyond float32',
      {
        data: {
          x: { data: Float64Array.of(-3.5e38), indices: Int32Array.of(1), indptr: [0, 0, 1], shape: [2, 6] },
        },
      },
      /field 'x': row 1 holds -3.5e\+38, which is beyond float32/,
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

  it('has no best where the first epoch failed', async () => {
    const trainer = await Trainer.create(await testRuntime(), {
      data: plane(40),
      build: (scope, batch) => ({ loss: g.div(regression(scope, batch).loss, batch.divisor) }),
      optimiser: sgd({ learningRate: 0.1 }),
      epochs: 5,
      random,
      batchSize: 10,
      validation: 0.25,
      scalars: { divisor: ({ step }) => (step === 1 ? 0 : 1) },
    });
    const failure = { tag: 'NumericalError', message: expect.stringMatching(/epoch 1, batch 2 of 3/) };
    await expect(trainer.fit()).rejects.toMatchObject(failure);
    await expect(trainer.best()).rejects.toMatchObject(failure);
    await expect(trainer.fit()).rejects.toMatchObject(failure);
    await trainer.dispose();
  });

  it('refuses to fit twice at once, and goes on unharmed', async () => {
    const alone = await fitted(variational());
    const trainer = await Trainer.create(await testRuntime(), variational());
    const first = trainer.fit();
    await expect(trainer.fit()).rejects.toMatchObject({
      tag: 'GraphError',
      message: expect.stringMatching(/being fitted already/),
    });
    await first;
    expect(bits(await trainer.checkpoint())).toEqual(bits(alone.checkpoint));
    expect((await trainer.fit()).epoch).toBe(alone.trained.epoch);
    await trainer.dispose();
  });

  it('trains in float64 on what float32 does not hold', async () => {
    const { history } = await train(await testRuntime(), {
      data: { x: { values: Float64Array.of(1e300, 3e300), shape: [2] } },
      build: (scope, { x }) => ({ loss: g.mean(g.add(x, scope.parameter('p', [], zero))) }),
      optimiser: sgd({ learningRate: 0 }),
      epochs: 1,
      random,
      dtype: 'float64',
    });
    expect(history[0]['train.loss']).toBe(2e300);
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
