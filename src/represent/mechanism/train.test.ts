import { describe, expect, it } from 'vitest';
import { bits } from '../../compute/train/training.fixture.node.js';
import { fitted, knownCells } from './mechanism.fixture.node.js';
import { mechanismModels } from './models.js';

const names = mechanismModels.map(({ name }) => name);
const cells = knownCells({ cellsPerPerturbation: 20 });

describe('every model', () => {
  it.each(names)(
    '%s: trains to a better bound, loads, and gives the same bits for the same seed',
    async (name) => {
      const { trained, model, checkpoint } = await fitted(name, { cells, changed: { epochs: 6 } });
      const elbos = trained.history.map((row) => row['train.elbo']);
      expect(elbos.every(Number.isFinite)).toBe(true);
      expect(elbos[5]).toBeGreaterThan(elbos[0]);
      const { mean, variance } = await model.encode(cells.X);
      expect([mean.length, variance.length]).toEqual([2000, 2000]);
      expect(mean.every(Number.isFinite) && variance.every((v) => v > 0)).toBe(true);
      const graph = model.graph();
      if (graph) {
        expect([graph.probability.length, graph.shift.length]).toEqual([100, 100]);
        expect(graph.probability.every((p) => p >= 0 && p <= 1)).toBe(true);
      } else expect(['vae', 'beta-vae']).toContain(name);
      const again = await fitted(name, { cells, changed: { epochs: 6 } });
      expect(bits(again.checkpoint)).toEqual(bits(checkpoint));
      const other = await fitted(name, { cells, changed: { epochs: 1 }, seed: 1 });
      expect((await other.model.encode(cells.X)).mean).not.toEqual(mean);
    },
  );

  it.each(names)('%s: takes cells with two perturbations each, and controls', async (name) => {
    const labels = Int32Array.from({ length: cells.X.nRows * 2 }, (_, k) => (k % 7 === 0 ? -1 : k % 20));
    const { model } = await fitted(name, { cells: { ...cells, labels }, changed: { epochs: 2 } });
    expect((await model.encode(cells.X)).mean.every(Number.isFinite)).toBe(true);
  });

  it.each(['negative-binomial', 'poisson', 'gaussian'] as const)(
    '%s likelihood, both covariances',
    async (likelihood) => {
      for (const covariance of ['diagonal', 'full'] as const) {
        const { trained } = await fitted('svae+', {
          cells,
          changed: { likelihood, covariance, epochs: 5, edgePrior: 'bound' },
        });
        const elbos = trained.history.map((row) => row['train.elbo']);
        expect(elbos[4]).toBeGreaterThan(elbos[0]);
      }
    },
  );
});
