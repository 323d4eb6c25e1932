/** The mean profile against SciPy's distributions, and what it says of cells under the wrong label. */
import { describe, expect, it } from 'vitest';
import { dense, sparse } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { MeanProfiles } from './mean-profile.js';

const values = [3, 0, 1, 25, 1, 60, 0, 14, 2, 22, 6, 0, 1, 0, 9, 12, 1, 30, 4, 2, 2];
const labels = Int32Array.of(-1, -1, 0, 0, 1, 1, 2);
const cells = { X: dense(7, 3, Float32Array.from(values)), labels, perturbations: ['a', 'b', 'c'] };
const train = Int32Array.of(0, 1, 2, 3, 4, 5);
const all = Int32Array.of(...train, 6);

describe('log-likelihood', () => {
  // NumPy: frequencies (Σx + l̄ f) / (Σl + l̄) of each label, f = (Σx + 0.5) / (Σl + 1.5) of all cells, φ by moments;
  // sums of scipy.stats.nbinom.logpmf(x, 1/φ, 1/(1 + μφ)) (Poisson of the third gene: φ < 0), poisson.logpmf(x, μ),
  // norm.logpdf(x, m, s) with m pulled to the mean of all cells by the weight of one cell. The last cell's label is new.
  it.each([
    [
      'negative-binomial',
      [
        -4.1254541615, -8.031274356, -11.7595197602, -14.2179827537, -4.572265929, -6.6951907813,
        -6.0879443318,
      ],
    ],
    [
      'poisson',
      [
        -4.1273100979, -7.934501462, -16.4263881997, -15.1158915046, -4.727297019, -6.3564506298,
        -5.750684074,
      ],
    ],
    [
      'gaussian',
      [
        -10.5514700244, -11.4670991425, -12.0415247645, -9.9272019085, -9.5057127974, -9.2603003091,
        -9.6960905526,
      ],
    ],
  ] as const)('%s is that of SciPy', (likelihood, expected) => {
    const found = new MeanProfiles(cells, train, likelihood).logLikelihood(cells, all);
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 8);
    });
  });

  it('is the same of sparse counts', () => {
    const kept = values.flatMap((value, k) => (value === 0 ? [] : [k]));
    const indptr = Int32Array.from({ length: 8 }, (_, row) => kept.filter((k) => k < row * 3).length);
    const indices = Int32Array.from(kept, (k) => k % 3);
    const X = sparse(
      'csr',
      7,
      3,
      indptr,
      indices,
      Float32Array.from(kept, (k) => values[k]),
    );
    const [a, b] = [cells, { ...cells, X }].map((one) =>
      new MeanProfiles(one, train, 'negative-binomial').logLikelihood(one, all),
    );
    expect(a).toEqual(b);
  });
});

describe('a mean profile', () => {
  const random = Random.fromSeed(3);
  const [nCells, nGenes] = [400, 8];
  const rate = (label: number, gene: number) => (label >= 0 && gene === label ? 30 : 6);
  const label = Int32Array.from({ length: nCells }, (_, i) => (i % 4) - 1);
  const X = Float32Array.from({ length: nCells * nGenes }, (_, k) =>
    random.poisson(rate(label[Math.floor(k / nGenes)], k % nGenes)),
  );
  const planted = { X: dense(nCells, nGenes, X), labels: label, perturbations: ['a', 'b', 'c'] };
  const rows = Int32Array.from({ length: nCells }, (_, i) => i);
  const half = rows.slice(0, nCells / 2);
  const rest = rows.slice(nCells / 2);
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;

  it('explains cells better under their own label than under another', () => {
    const model = new MeanProfiles(planted, half, 'negative-binomial');
    const right = mean(model.logLikelihood(planted, rest));
    const swapped = { ...planted, labels: label.map((one) => ((one + 2) % 4) - 1) };
    expect(right).toBeGreaterThan(mean(model.logLikelihood(swapped, rest)) + 20);
  });

  it('learns a perturbation that did not train', () => {
    const without = half.filter((row) => label[row] !== 2);
    const model = new MeanProfiles(planted, without, 'negative-binomial');
    const scored = rest.filter((row) => label[row] === 2);
    const before = mean(model.logLikelihood(planted, scored));
    model.learn(
      planted,
      half.filter((row) => label[row] === 2),
    );
    expect(mean(model.logLikelihood(planted, scored))).toBeGreaterThan(before + 10);
  });
});
