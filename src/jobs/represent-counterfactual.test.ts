import { describe, expect, it } from 'vitest';
import { Random } from '../random/index.js';
import { counterfactualCells, startingCells } from '../represent/index.js';
import { fitted, knownCells } from '../represent/mechanism/mechanism.fixture.node.js';
import { counterfactuals, perturbationsNamed } from './represent-counterfactual.js';

/** Cells of 8 perturbations that shift 1 of 3 latents each, and as many untreated; 'paper': totals tell nothing. */
const cells = knownCells({
  definition: 'paper',
  perturbations: 8,
  cellsPerPerturbation: 100,
  controlCells: 300,
  latents: 3,
  targets: [1, 1],
  library: 2000,
});
const names = Array.from({ length: cells.X.nRows }, (_, i) => `cell-${i}`);
const trained = fitted('svae-bayes', {
  cells,
  changed: { latent: 3, hidden: 32, epochs: 40, klWarmUp: 12, learningRate: 5e-3 },
});

describe('cells under another perturbation', () => {
  it('are nearer to the measured ones than untreated cells are', async () => {
    const { model } = await trained;
    const { rows, data } = await counterfactuals(
      model,
      cells,
      names,
      cells.perturbations,
      Random.fromSeed(0),
    );
    expect(rows.map(({ perturbation }) => perturbation)).toEqual(cells.perturbations);
    expect(data.nObs).toBe(8 * 300);
    for (const row of rows) {
      expect(row.cells_measured).toBe(100);
      expect(row.energy_distance).toBeLessThan(0.5 * row.energy_distance_untreated);
      expect(row.mmd).toBeLessThan(0.5 * row.mmd_untreated);
    }
  });

  it('begin at untreated cells, and scatter around what is expected', async () => {
    const { model } = await trained;
    const from = startingCells(cells);
    expect(from.length).toBe(300);
    expect(Array.from(from, (row) => cells.labels[row]).every((label) => label === -1)).toBe(true);
    const one = Int32Array.from({ length: 2000 }, () => from[0]);
    const made = await counterfactualCells(model, cells, one, cells.perturbations[0], Random.fromSeed(1));
    const { nCols, values } = made.sampled;
    for (let gene = 0; gene < nCols; gene++) {
      const counts = Array.from(one, (_, i) => values[i * nCols + gene]);
      const mean = made.expected.values[gene];
      const spread = Math.sqrt(counts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / counts.length);
      const average = counts.reduce((sum, x) => sum + x, 0) / counts.length;
      // five standard errors
      expect(Math.abs(average - mean)).toBeLessThan((5 * Math.max(spread, 0.1)) / Math.sqrt(counts.length));
      expect(counts.every((x) => Number.isInteger(x) && x >= 0)).toBe(true);
    }
  });

  it('are the same for the same seed, and refused for a name that was not trained on', async () => {
    const { model } = await trained;
    const of = async (seed: number) => {
      const made = await counterfactuals(
        model,
        cells,
        names,
        [cells.perturbations[1]],
        Random.fromSeed(seed),
      );
      return [Array.from(made.data.X.values as Float32Array).join(), made.rows] as const;
    };
    expect(await of(3)).toEqual(await of(3));
    expect((await of(3))[0]).not.toBe((await of(4))[0]);
    expect(() => perturbationsNamed('perturbation-9', cells.perturbations)).toThrow(
      /did you mean 'perturbation-/,
    );
    expect(perturbationsNamed('all', cells.perturbations)).toEqual(cells.perturbations);
    const rows = startingCells(cells);
    await expect(counterfactualCells(model, cells, rows, 'x', Random.fromSeed(0))).rejects.toThrow(
      /not one of/,
    );
  });

  it('have no meaning for a model without shifts', async () => {
    const { model } = await fitted('vae', { cells, changed: { latent: 3, epochs: 1 } });
    const rows = startingCells(cells);
    const moved = counterfactualCells(model, cells, rows, cells.perturbations[0], Random.fromSeed(0));
    await expect(moved).rejects.toThrow(/'vae' has no shifts/);
  });
});
