import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../compute/index.node.js';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { targetOptions } from '../options.js';
import type { TargetScreen } from '../screen.js';
import { linear } from './linear.js';
import { linearModel } from './linear-model.js';
import { run } from './methods.fixture.js';
import { mlp } from './mlp.js';

/** Genes in modules: the perturbation of a gene changes its whole module, with a size of the gene's own. */
function modules(noise: number, names = (gene: number) => `g${gene}`): TargetScreen {
  const random = Random.fromSeed(5);
  const [nGenes, nModules] = [40, 4];
  const cell = (hit?: number) =>
    Array.from({ length: nGenes }, (_, gene) => {
      const moved = hit !== undefined && gene % nModules === hit % nModules;
      return 3 + noise * random.normal() + (moved ? (hit % 2 ? 2 : -2) : 0);
    });
  const cells = (n: number, hit?: number) =>
    dense(n, nGenes, Float64Array.from(Array.from({ length: n }, () => cell(hit)).flat()));
  return {
    genes: Array.from({ length: nGenes }, (_, gene) => `g${gene}`),
    control: cells(30),
    groups: Array.from({ length: 20 }, (_, gene) => ({ name: names(gene), cells: cells(5, gene) })),
  };
}

describe('the linear model', () => {
  it('solves (GᵀG + λ)⁻¹ Gᵀ Y P (PᵀP + λ)⁻¹', async () => {
    const known = {
      nGenes: 4,
      targets: Int32Array.of(0, 2, 3),
      changes: Float64Array.of(1, -2, 0.5, 3, 0, 1, -1, 2, -1, 1, 0.5, -5),
      mean: new Float64Array(4),
      genes: Float64Array.of(1, 0.5, -1, 2, 0.25, -1, 0, 3),
      width: 2,
    };
    const predicted = await linearModel(0.1)(known, 0);
    // numpy: G = genes.reshape(4, 2); Y = changes.reshape(3, 4).T; P = G[[0, 2, 3]]; I = 0.1 * eye(2)
    // W = inv(G.T @ G + I) @ G.T @ Y @ P @ inv(P.T @ P + I); (G @ W @ G.T).T
    const numpy = [
      1.756553267487964, -0.4552148563273957, -0.14646396815026472, 1.5616060933926816, -3.438609238363475,
      -0.3419271561040278, 0.8415890679195075, -4.536643673361003, 1.1960635037659708, 0.24491019151229165,
      -0.34942228693372546, 1.729168434333915, -2.018467165050613, -0.9565704149177082, 0.8341501197230914,
      -3.570045095961986,
    ];
    numpy.forEach((value, i) => {
      expect(predicted[i]).toBeCloseTo(value, 12);
    });
  });
});

describe.each([
  ['linear', linear],
  ['mlp', mlp],
] as const)('%s', (_, method) => {
  const work = { ...run(), runtime: () => nodeRuntime({ threads: 1 }) };
  const ranked = (screen: TargetScreen, given = {}) =>
    method.score(screen, targetOptions(method, given), work);

  it('finds the module of the gene that was hit, from other perturbations', async () => {
    const scores = await ranked(modules(0.1));
    const right = scores.filter(({ score }, group) => score.indexOf(Math.max(...score)) % 4 === group % 4);
    expect(right.length).toBeGreaterThanOrEqual(18);
    expect(scores[0].notes).toEqual(['learned from 18 other perturbations that have the names of genes']);
  });

  it('never looks at the name of the perturbation that it ranks', async () => {
    // a fold is ranked by models of other folds: without names, the same group is ranked by all others
    const scores = await ranked(modules(0.1, (gene) => (gene < 4 ? `drug ${gene}` : `g${gene}`)));
    for (let group = 0; group < 4; group++) {
      const { score } = scores[group];
      expect(score.indexOf(Math.max(...score)) % 4).toBe(group);
    }
  });

  it('refuses perturbations of which too few have names of genes', async () => {
    await expect(ranked(modules(1, (gene) => (gene < 3 ? `g${gene}` : `drug ${gene}`)))).rejects.toThrow(
      /at least 3 besides .* of 20 here 3 have \('g0', 'g1', 'g2'\)/,
    );
    await expect(ranked(modules(1, (gene) => `drug ${gene}`))).rejects.toThrow(/of 20 here 0 have \(none\)/);
  });

  it('gives equal, finite scores where nothing changed', async () => {
    const still = modules(0);
    const screen = { ...still, groups: still.groups.map(({ name }) => ({ name, cells: still.control })) };
    for (const { score } of await ranked(screen)) {
      expect(score.every(Number.isFinite)).toBe(true);
      expect(new Set(score).size).toBe(1);
    }
  });
});
