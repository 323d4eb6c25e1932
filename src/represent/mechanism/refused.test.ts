import { describe, expect, it } from 'vitest';
import { dense, toDense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { fitted, knownCells, matrixOf, smallSettings, someCells } from './mechanism.fixture.node.js';
import { mechanismModel, mechanismModels } from './models.js';
import { checkSettings, type MechanismSettings } from './settings.js';

const cells = knownCells({ cellsPerPerturbation: 20 });
const names = mechanismModels.map(({ name }) => name);

describe('is refused', () => {
  const withValue = (value: number) => {
    const values = Float64Array.from(toDense(cells.X).values);
    values[3 * 30 + 4] = value;
    return { ...cells, X: dense(cells.X.nRows, 30, values) };
  };

  it.each([
    ['a fraction', withValue(1.5), /cell 3, gene 4 holds 1.5, which is no count.*--likelihood gaussian/],
    ['a negative count', withValue(-1), /cell 3, gene 4 holds -1/],
    ['NaN', withValue(Number.NaN), /cell 3, gene 4 holds NaN/],
    ['infinity', withValue(Number.POSITIVE_INFINITY), /cell 3, gene 4 holds Infinity/],
  ])('%s among counts', async (_, data, message) => {
    await expect(fitted('vae', { cells: data })).rejects.toThrow(message);
    await expect(fitted('vae', { cells: data })).rejects.toMatchObject({ tag: 'DataError' });
  });

  it('a cell without counts, labels of another number', async () => {
    const empty = matrixOf([
      [1, 2],
      [0, 0],
      [3, 4],
    ]);
    const data = { X: empty, labels: Int32Array.of(0, 0, 0), perturbations: ['a'] };
    await expect(fitted('vae', { cells: data })).rejects.toThrow(/cell 1 has no counts.*min-counts/);
    await expect(fitted('vae', { cells: { ...data, labels: Int32Array.of(0, 0) } })).rejects.toMatchObject({
      tag: 'ShapeError',
    });
    const gaussian = await fitted('vae', { cells: data, changed: { likelihood: 'gaussian' } });
    expect((await gaussian.model.encode(empty)).mean).toHaveLength(15);
  });

  it('fewer than two cells to train on', async () => {
    for (const n of [1, 2]) {
      const few = someCells(cells, Array(n).fill(0));
      await expect(fitted('vae', { cells: few })).rejects.toThrow(/of which 1 trains; batch norm needs two/);
    }
  });

  it('a perturbation that there is not', async () => {
    const wrong = { ...cells, labels: cells.labels.map((label, cell) => (cell === 7 ? 20 : label)) };
    const message = /cell 7 has the perturbation 20; there are 20, counted from 0/;
    await expect(fitted('vae', { cells: wrong })).rejects.toThrow(message);
    const { model } = await fitted('svae+', { cells, changed: { epochs: 0 } });
    await expect(model.transfer(wrong)).rejects.toThrow(message);
    await expect(model.counterfactual(cells, wrong.labels)).rejects.toThrow(message);
    await expect(model.bound(wrong, { random: Random.fromSeed(0) })).rejects.toThrow(message);
    await expect(model.counterfactual(cells, Int32Array.of(1, 2))).rejects.toMatchObject({
      tag: 'ShapeError',
    });
  });

  it('a sparsity for which there is no Beta prior, or no bound', async () => {
    const refused = (changed: Partial<MechanismSettings>) =>
      expect(fitted('svae+', { cells, changed })).rejects.toMatchObject({
        tag: 'OptionError',
        option: 'sparsity',
      });
    await refused({ sparsity: 0 });
    await refused({ sparsity: 0.5, edgePrior: 'bound' });
    const { trained } = await fitted('svae+', { cells, changed: { sparsity: 0.5 } });
    expect(trained.epoch).toBe(3);
  });

  it('a learning rate at which numbers explode, as a NumericalError', async () => {
    for (const name of ['svae+', 'svae-bayes']) {
      await expect(
        fitted(name, { cells, changed: { learningRate: 900, adamEpsilon: 1e-8 } }),
      ).rejects.toMatchObject({
        tag: 'NumericalError',
      });
    }
  });

  it.each<[Partial<Record<keyof MechanismSettings, unknown>>]>([
    [{ latent: 0 }],
    [{ latent: 2.5 }],
    [{ hidden: Number.NaN }],
    [{ layers: 0 }],
    [{ dropout: 1 }],
    [{ beta: -1 }],
    [{ sparsity: -1 }],
    [{ pseudoCells: 0 }],
    [{ epochs: -1 }],
    [{ batchSize: 1 }],
    [{ learningRate: Number.POSITIVE_INFINITY }],
    [{ validation: 1 }],
    [{ patience: 0 }],
    [{ klWarmUp: 0.5 }],
    [{ likelihood: 'normal' }],
    [{ covariance: 'none' }],
    [{ edgePrior: 'beta' }],
    [{ schedule: 'linear' }],
  ])('%j', (changed) => {
    const settings = { ...smallSettings('svae+'), ...changed } as MechanismSettings;
    expect(() => checkSettings(settings)).toThrow(
      expect.objectContaining({ tag: 'OptionError', option: Object.keys(changed)[0] }),
    );
  });

  it('a model that is none, naming those there are', () => {
    expect(() => mechanismModel('svae++')).toThrow(/svae\+/);
    for (const name of names) expect(() => checkSettings(smallSettings(name))).not.toThrow();
  });
});
