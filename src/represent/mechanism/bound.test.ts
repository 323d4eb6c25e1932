import { describe, expect, it } from 'vitest';
import { logFactorial } from '../../compute/index.js';
import { toDense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import type { PerturbedCells } from './cells.js';
import { fitted, someCells, twoLatents } from './mechanism.fixture.node.js';
import type { Likelihood } from './settings.js';
import type { MechanismRepresentation } from './trained.js';

const { counts: cells, values, changed } = twoLatents;
const first = [0, 1, 2];

/** log p(x | z) of a cell from what `decode` expects of it at a library of 1, by the weights of the model. */
function logLikelihoodOf(
  model: MechanismRepresentation,
  x: Float64Array,
  shares: Float32Array,
  library: number,
) {
  const { likelihood } = model.config.settings;
  const perGene = (name: string) => model.weights.get(name)!.values as Float32Array;
  return x.reduce((sum, count, gene) => {
    const mu = shares[gene] * library;
    if (likelihood === 'poisson') return sum + count * Math.log(mu) - mu - logFactorial(count);
    if (likelihood === 'gaussian') {
      const variance = Math.exp(perGene('log_variance')[gene]);
      return sum - 0.5 * (Math.log(2 * Math.PI * variance) + (count - mu) ** 2 / variance);
    }
    const theta = Math.exp(perGene('log_theta')[gene]);
    const both = Math.log(theta + mu);
    let value = theta * (Math.log(theta) - both) + count * (Math.log(mu) - both) - logFactorial(count);
    for (let k = 0; k < count; k++) value += Math.log(theta + k);
    return sum + value;
  }, 0);
}

const [GRID, STEP] = [100, 0.16];

/** log p(x) of each cell, and its ELBO with q(z | x) = N(mean, variance), by summing over a grid of two latents. */
async function byQuadrature(
  model: MechanismRepresentation,
  of: PerturbedCells,
  prior: (cell: number) => number[],
) {
  const X = toDense(of.X);
  const { mean, variance } = await model.encode(X);
  const n = GRID * GRID;
  const z = Float32Array.from({ length: n * 2 }, (_, k) => {
    const place = k % 2 === 0 ? Math.floor(k / 2 / GRID) : Math.floor(k / 2) % GRID;
    return STEP * (place - (GRID - 1) / 2);
  });
  const shares = await model.decode(z, new Float64Array(n).fill(1));
  const logNormal = (x: number, at: number, v: number) =>
    -0.5 * (Math.log(2 * Math.PI * v) + (x - at) ** 2 / v);
  return Array.from({ length: X.nRows }, (_, cell) => {
    const x = X.values.slice(cell * X.nCols, (cell + 1) * X.nCols) as Float64Array;
    const library = model.config.settings.likelihood === 'gaussian' ? 1 : x.reduce((a, b) => a + b);
    const centre = prior(cell);
    let [most, evidence, elbo] = [Number.NEGATIVE_INFINITY, 0, 0];
    for (let k = 0; k < n; k++) {
      let [joint, q] = [
        logLikelihoodOf(model, x, shares.subarray(k * X.nCols, (k + 1) * X.nCols), library),
        0,
      ];
      for (const j of [0, 1]) {
        joint += logNormal(z[2 * k + j], centre[j], 1);
        q += logNormal(z[2 * k + j], mean[cell * 2 + j], variance[cell * 2 + j]);
      }
      elbo += Math.exp(q) * (joint - q) * STEP * STEP;
      evidence = joint > most ? evidence * Math.exp(most - joint) + 1 : evidence + Math.exp(joint - most);
      most = Math.max(most, joint);
    }
    return { evidence: most + Math.log(evidence * STEP * STEP), elbo };
  });
}

describe('bounds of the likelihood', () => {
  const random = Random.fromSeed(5);
  const plus = fitted('svae+', { cells, changed: { ...changed, epochs: 3 } }).then(({ model }) => model);
  const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b);

  it.each<[string, Likelihood]>([
    ['vae', 'poisson'],
    ['ivae', 'negative-binomial'],
    ['svae+', 'negative-binomial'],
    ['svae-bayes', 'negative-binomial'],
    ['svae-bayes', 'gaussian'],
  ])('%s, %s: many particles reach log p(x), one is the ELBO on average', async (name, likelihood) => {
    const all = likelihood === 'gaussian' ? values : cells;
    const { model } = await fitted(name, { cells: all, changed: { ...changed, likelihood, validation: 0 } });
    const some = someCells(all, first);
    const means = model.model.means(model.weights, { perturbations: 6, latent: 2 });
    const along = means && model.inBasis(means);
    const prior = (cell: number) => [0, 1].map((j) => along?.[some.labels[cell] * 2 + j] ?? 0);
    const exact = await byQuadrature(model, some, prior);
    const many = await model.bound(some, { particles: 20_000, random });
    const copies = 400;
    const one = await model.bound(someCells(all, Array.from({ length: copies }, () => first).flat()), {
      particles: 1,
      random,
    });
    exact.forEach(({ evidence, elbo }, cell) => {
      const off = many[cell] - evidence;
      expect(Math.abs(off)).toBeLessThan(0.1);
      expect(evidence).toBeGreaterThan(elbo);
      const draws = one.filter((_, at) => at % first.length === cell);
      const mean = total(draws) / copies;
      // the grid has no covariance, which a rotated q has
      if (name === 'svae-bayes') return;
      const error = Math.sqrt(total(draws.map((value) => (value - mean) ** 2))) / copies;
      expect(Math.abs(mean - elbo)).toBeLessThan(4.5 * error + 0.01);
    });
  });

  it('the same seed gives the same bits; no particles are refused', async () => {
    const run = async (seed: number) =>
      (await plus).bound(cells, { particles: 60, random: Random.fromSeed(seed) });
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
    await expect((await plus).bound(cells, { particles: 0, random })).rejects.toThrow(/particles: '0'/);
  });

  it('means of another source stand in for what was learned', async () => {
    const zero = await (await plus).bound(cells, { particles: 3, random, means: new Float64Array(12) });
    const none = await (await plus).bound(cells, { particles: 3, random, means: null });
    expect(zero).toEqual(none);
    expect(await (await plus).bound(cells, { particles: 3, random })).not.toEqual(none);
  });
});
