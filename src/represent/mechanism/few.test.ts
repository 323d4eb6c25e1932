import { describe, expect, it } from 'vitest';
import { gemm, identity } from '../../linalg/index.js';
import type { PerturbedCells } from './cells.js';
import { expectClose, fitted, knownCells, matrixOf, someCells } from './mechanism.fixture.node.js';
import type { MechanismSettings } from './settings.js';

const cells = knownCells({ cellsPerPerturbation: 12 });

describe('odd lengths of the warm-up', () => {
  it.each<[string, Partial<MechanismSettings>]>([
    ['ends before it is over', { epochs: 2, klWarmUp: 5 }],
    ['has none', { epochs: 3, klWarmUp: 0 }],
    ['has one epoch', { epochs: 1, klWarmUp: 1 }],
    ['is as long as the training', { epochs: 3, klWarmUp: 3 }],
    ['without epochs', { epochs: 0, klWarmUp: 3 }],
    ['with patience, ends before it is over', { epochs: 2, klWarmUp: 5, patience: 1 }],
  ])('training %s', async (_, changed) => {
    for (const name of ['svae-bayes', 'svae+']) {
      const { trained, model } = await fitted(name, { cells, changed });
      expect(trained.epoch).toBe(changed.epochs);
      const { mean, variance } = await model.encode(cells.X);
      expect(mean.every(Number.isFinite) && variance.every((v) => v > 0)).toBe(true);
      const { rotation } = Object.fromEntries(model.weights);
      if (!rotation) continue;
      const a = Float64Array.from(rotation.values as Float32Array);
      expectClose(gemm({ m: 5, n: 5, k: 5, a, transposeA: true, b: a }), identity(5), 1e-5);
    }
  });

  it('svae-bayes: the graph is that of the last epoch, whatever the number of epochs', async () => {
    for (const epochs of [3, 4]) {
      const { model } = await fitted('svae-bayes', {
        cells,
        changed: { epochs, klWarmUp: 2, validation: 0 },
      });
      const { seen, shift } = await model.transfer(cells);
      expect(seen).toHaveLength(20);
      const along = model.inBasis(shift);
      const { probability, shift: found } = model.graph()!;
      // edges are told of what the cells say now: surely there, and of their size
      found.forEach((value, at) => {
        if (probability[at] > 0.99)
          expect(Math.abs(value - along[at])).toBeLessThan(0.3 * Math.abs(value) + 0.1);
      });
    }
  });
});

describe('few of everything', () => {
  const counts = (rows: number, genes: number) =>
    matrixOf(
      Array.from({ length: rows }, (_, i) =>
        Array.from({ length: genes }, (_, g) => 1 + ((i * 7 + g * 3) % 5)),
      ),
    );
  const given = (rows: number, labels: number[], perturbations: string[], genes = 6): PerturbedCells => ({
    X: counts(rows, genes),
    labels: Int32Array.from(labels),
    perturbations,
  });

  it.each<[string, PerturbedCells, Partial<MechanismSettings>]>([
    ['one latent', cells, { latent: 1 }],
    ['one gene', given(20, Array(20).fill(0), ['a'], 1), {}],
    ['one hidden unit and layer', cells, { hidden: 1, layers: 1 }],
    ['no validation', cells, { validation: 0 }],
    [
      'a perturbation with one cell',
      someCells(
        cells,
        [...cells.labels.keys()].filter((i) => cells.labels[i] > 0 || i === cells.labels.indexOf(0)),
      ),
      {},
    ],
    ['names without cells', { ...cells, perturbations: [...cells.perturbations, 'held-1', 'held-2'] }, {}],
    ['controls only', given(20, Array(20).fill(-1), ['a', 'b']), {}],
    ['batches that leave one cell', given(65, Array(65).fill(0), ['a']), { validation: 0 }],
    ['three cells', given(3, [0, 1, -1], ['a', 'b']), {}],
  ])('%s', async (_, data, changed) => {
    for (const name of ['svae+', 'svae-bayes']) {
      const { model, trained } = await fitted(name, { cells: data, changed: { epochs: 4, ...changed } });
      expect(trained.epoch).toBeGreaterThan(0);
      const { mean, variance } = await model.encode(data.X);
      expect(mean.every(Number.isFinite) && variance.every((v) => v > 0)).toBe(true);
      const graph = model.graph();
      if (graph) expect([...graph.probability, ...graph.shift].every(Number.isFinite)).toBe(true);
    }
  });
});
