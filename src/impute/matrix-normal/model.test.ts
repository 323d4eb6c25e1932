/** The Gaussian model against its definition: dense conditionals, planted covariances, a likelihood that never falls. */
import { describe, expect, it } from 'vitest';
import { factorScreen } from '../../../test/support/factor-screen.js';
import { gaussianScreen } from '../../../test/support/gaussian-screen.js';
import { solve } from '../../../test/support/solve.js';
import { gram } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { pearson } from '../../stats/index.js';
import { covarianceBetween, type LearnOptions, learnCovariance } from './covariance.js';
import { coordinatesOf, geneDirections } from './gene-directions.js';
import { LearnedModel } from './learned-model.js';
import { Posterior } from './posterior.js';
import { plainScale } from './power-scale.js';
import { priorKernel } from './prior-kernel.js';

const options: LearnOptions = { random: Random.fromSeed(1), rounds: 10, prior: 2, balance: 0.4 };

function modelOf(
  tensor: ReturnType<typeof factorScreen>['tensor'],
  pairs: Int32Array,
  learn: LearnOptions = options,
): LearnedModel {
  const products = gram(tensor.profiles, tensor.nPairs, tensor.nGenes).map((value) => value / tensor.nGenes);
  const priors = { contexts: priorKernel(tensor.nContexts), actions: priorKernel(tensor.nActions) };
  return new LearnedModel(tensor, plainScale, products, pairs, priors, learn);
}

const every = (n: number) => Int32Array.from({ length: n }, (_, pair) => pair);

describe('posterior', () => {
  const observed = (c: number, a: number) =>
    !((c === 1 && a === 2) || (c === 3 && a === 4) || (c === 0 && a === 3));
  const { tensor } = factorScreen({ nContexts: 4, nActions: 5, nGenes: 12, rank: 3, noise: 0.3, observed });
  const learned = every(tensor.nPairs).filter((pair) => pair % 4 !== 1);
  const model = modelOf(tensor, learned);

  /** Mean and variance by the textbook: every direction a dense conditional Gaussian over the visible pairs. */
  function dense(visible: readonly number[], context: number, action: number) {
    const { contexts, actions, signal, noise } = model.covariance;
    const K = (c: number, a: number, d: number, b: number) => contexts[c * 4 + d] * actions[a * 5 + b];
    const place = (pair: number) => [tensor.pairContext[pair], tensor.pairAction[pair]] as const;
    const { mean: centre, axes } = model.geneAxes;
    const r = signal.length;
    const mean = Array.from(centre);
    const variance = new Array<number>(12).fill(0);
    let uncertainty = 0;
    for (let j = 0; j < r; j++) {
      const axis = axes.subarray(j * 12, (j + 1) * 12);
      // the coordinate in a direction is the projection on its axis: axes have mean square 1 and are orthogonal
      const z = visible.map((pair) =>
        tensor.profile(pair).reduce((sum, value, g) => sum + ((value - centre[g]) * axis[g]) / 12, 0),
      );
      const S = visible.map((p, i) =>
        visible.map((q, k) => signal[j] * K(...place(p), ...place(q)) + (i === k ? noise[j] : 0)),
      );
      const k = visible.map((pair) => signal[j] * K(context, action, ...place(pair)));
      const weights = solve(S, k);
      const expected = weights.reduce((sum, weight, i) => sum + weight * z[i], 0);
      const left =
        signal[j] * K(context, action, context, action) -
        weights.reduce((sum, weight, i) => sum + weight * k[i], 0);
      uncertainty += left;
      for (let g = 0; g < 12; g++) {
        mean[g] += expected * axis[g];
        variance[g] += (left + noise[j]) * axis[g] ** 2;
      }
    }
    return { mean, variance, uncertainty };
  }

  const cases: [string, number[], Int32Array][] = [
    ['what it was learned from', Array.from(learned), learned],
    ['more pairs', [...every(tensor.nPairs)], every(tensor.nPairs)],
    [
      'fewer pairs, the others eliminated',
      [...learned].filter((pair) => ![2, 7, 10].includes(pair)),
      learned,
    ],
    [
      'more and fewer',
      [...every(tensor.nPairs)].filter((pair) => ![0, 5, 6, 11].includes(pair)),
      every(tensor.nPairs),
    ],
  ];
  it.each(cases)('is the dense Gaussian conditional on %s', (_, visible, pairs) => {
    const seen = new Set(visible);
    const posterior = new Posterior(model, pairs, (pair) => seen.has(pair));
    for (const [context, action] of [
      [1, 2],
      [3, 4],
      [0, 3],
    ]) {
      const wanted = dense(visible, context, action);
      const found = posterior.of(context, action);
      const variance = found.variance();
      for (let g = 0; g < 12; g++) {
        expect(found.mean[g]).toBeCloseTo(wanted.mean[g], 8);
        expect(variance[g]).toBeCloseTo(wanted.variance[g], 8);
      }
      expect(found.uncertainty).toBeCloseTo(wanted.uncertainty, 8);
    }
  });

  it('keeps what it was learned from: coordinates give the profiles back', () => {
    const { mean, axes } = model.geneAxes;
    const { directions } = model;
    const others = coordinatesOf(directions, model.products, tensor.nPairs, learned);
    learned.forEach((pair, i) => {
      for (let g = 0; g < 12; g++) {
        let value = mean[g];
        for (let j = 0; j < directions.count; j++) {
          expect(others[i * directions.count + j]).toBeCloseTo(
            directions.coordinates[i * directions.count + j],
            8,
          );
          value += directions.coordinates[i * directions.count + j] * axes[j * 12 + g];
        }
        expect(value).toBeCloseTo(tensor.profile(pair)[g], 8);
      }
    });
  });
});

describe('expectation maximisation', () => {
  it('never lowers what it climbs: likelihood and prior, both covariances at the same time', () => {
    const { tensor } = gaussianScreen({ nContexts: 6, nActions: 7, nGenes: 40, coverage: 0.7, seed: 4 });
    const values = [1, 2, 3, 5, 8, 13, 21, 34, 55].map((rounds) => {
      const model = modelOf(tensor, every(tensor.nPairs), { ...options, rounds, prior: 0.01, balance: 0 });
      return logLikelihood(model);
    });
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThan(values[i - 1] - 1e-6);
    expect(values[8] - values[0]).toBeGreaterThan(10);
  });

  /** Σ_j log N(z_j; 0, s_j K + n_j I), from the definition. */
  function logLikelihood({ covariance, directions, pairs, placesOf, tensor }: LearnedModel): number {
    const { contexts, actions, signal, noise } = covariance;
    const places = placesOf.call({ tensor }, pairs);
    const K = covarianceBetween(contexts, actions, places, places);
    const n = pairs.length;
    let total = 0;
    for (let j = 0; j < directions.count; j++) {
      // Cholesky, for the determinant and the quadratic form
      const L: number[][] = [];
      for (let i = 0; i < n; i++) {
        L.push([]);
        for (let k = 0; k <= i; k++) {
          let sum = signal[j] * K[i * n + k] + (i === k ? noise[j] : 0);
          for (let l = 0; l < k; l++) sum -= L[i][l] * L[k][l];
          L[i].push(i === k ? Math.sqrt(sum) : sum / L[k][k]);
        }
      }
      const y: number[] = [];
      for (let i = 0; i < n; i++) {
        let value = directions.coordinates[i * directions.count + j];
        for (let k = 0; k < i; k++) value -= L[i][k] * y[k];
        y.push(value / L[i][i]);
        total -= Math.log(L[i][i]) + y[i] ** 2 / 2;
      }
    }
    return total;
  }

  it.each([
    ['genes that differ in size', (gene: number) => Math.exp(-gene / 10), 0.4, 0.1],
    // principal axes of profiles without axes of their own follow the noise
    ['genes all alike', () => 1, 1, 0.2],
  ])('finds planted covariances and noise: %s', (_, sizeOf, balance, slack) => {
    const planted = gaussianScreen({
      nContexts: 10,
      nActions: 12,
      nGenes: 400,
      coverage: 0.85,
      seed: 1,
      sizeOf,
    });
    const { tensor } = planted;
    const { covariance } = modelOf(tensor, every(tensor.nPairs), {
      ...options,
      rounds: 40,
      prior: 0.1,
      balance,
    });
    const offDiagonal = (matrix: Float64Array, n: number) =>
      matrix.filter((_, at) => Math.floor(at / n) < at % n);
    const agreement = (found: Float64Array, truth: Float64Array, n: number) =>
      pearson(offDiagonal(found, n), offDiagonal(truth, n));
    expect(agreement(covariance.contexts, planted.contexts, 10)).toBeGreaterThan(0.9);
    expect(agreement(covariance.actions, planted.actions, 12)).toBeGreaterThan(0.85);
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    const share = sum(covariance.noise) / (sum(covariance.noise) + sum(covariance.signal));
    expect(Math.abs(share - planted.noiseShare)).toBeLessThan(slack);
  });

  it.each([
    ['one pair', Int32Array.of(0), Float64Array.of(2)],
    ['two equal profiles', Int32Array.of(0, 1), Float64Array.of(3, 3, 3, 3)],
  ])('has no direction to learn from in %s', (_, pairs, products) => {
    const directions = geneDirections(products, pairs.length, pairs);
    expect(directions.count).toBe(0);
    const priors = { contexts: priorKernel(1), actions: priorKernel(2) };
    const places = { context: pairs.map(() => 0), action: pairs };
    const { contexts, actions, signal } = learnCovariance(directions, places, priors, options);
    expect(signal).toHaveLength(0);
    expect([...contexts, ...actions].every(Number.isFinite)).toBe(true);
  });
});
