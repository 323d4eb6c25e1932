/**
 * Is a gene given its parents the same in two sets of cells? Two F tests for linear Gaussian mechanisms: of the residual
 * variances, and of intercept and slopes together.
 */
import { cholesky, choleskySolve, identity } from '../../linalg/index.js';
import { fTails, type Tails } from '../../stats/index.js';
import type { Moments } from '../gaussian/moments.js';

/** A regression with intercept. */
export interface Fit {
  readonly nCells: number;
  /** (|parents| + 1): slopes in the order of the parents, then the intercept. */
  readonly coefficients: Float64Array;
  /** Unbiased. */
  readonly residualVariance: number;
  /** Covariance of the coefficients (|parents| + 1, |parents| + 1). */
  readonly covariance: Float64Array;
}

/** Regression of a gene on its parents; none with fewer cells than it takes, or parents that determine each other. */
export function regress(moments: Moments, gene: number, parents: readonly number[]): Fit | undefined {
  const { nCells, nGenes, mean, covariance } = moments;
  const size = parents.length + 1;
  if (nCells <= size) return undefined;
  // Sum of products of two columns, of which the last of the regressors is 1.
  const product = (a: number, b: number): number =>
    (nCells - 1) * covariance[a * nGenes + b] + nCells * mean[a] * mean[b];
  const factor = new Float64Array(size * size);
  parents.forEach((a, i) => {
    parents.forEach((b, j) => (factor[i * size + j] = product(a, b)));
    factor[i * size + size - 1] = factor[(size - 1) * size + i] = nCells * mean[a];
  });
  factor[size * size - 1] = nCells;
  if (cholesky(factor, size) >= 0) return undefined;
  const right = Float64Array.from([...parents.map((parent) => product(parent, gene)), nCells * mean[gene]]);
  const coefficients = choleskySolve(factor, size, right.slice(), 1);
  const explained = right.reduce((sum, value, k) => sum + value * coefficients[k], 0);
  // Rounding must not carry a gene that its parents determine below the ridge.
  const squares = Math.max(product(gene, gene) - explained, Number.EPSILON * product(gene, gene));
  const residualVariance = squares / (nCells - size);
  const inverse = choleskySolve(factor, size, identity(size), size);
  return {
    nCells,
    coefficients,
    residualVariance,
    covariance: inverse.map((value) => value * residualVariance),
  };
}

export interface InvarianceStatistics {
  /** Ratio of the residual variances. */
  readonly variance: number;
  /** Wald's statistic of the coefficients over their number. */
  readonly coefficients: number;
}

/** Statistics of two fits with the same parents. */
export function invarianceStatistics(a: Fit, b: Fit): InvarianceStatistics {
  const size = a.coefficients.length;
  const difference = a.coefficients.map((value, k) => value - b.coefficients[k]);
  const factor = a.covariance.map((value, k) => value + b.covariance[k]);
  let wald = 0;
  // Where it cannot be factored the coefficients are not determined, and do not speak.
  if (cholesky(factor, size) < 0) {
    const solved = choleskySolve(factor, size, difference.slice(), 1);
    wald = difference.reduce((sum, value, k) => sum + value * solved[k], 0);
  }
  return { variance: a.residualVariance / b.residualVariance, coefficients: Math.max(0, wald) / size };
}

/** The tails of both statistics, with the degrees of freedom that the fits have left. */
export function invarianceTails(a: Fit, b: Fit): { variance: Tails; coefficients: Tails } {
  const size = a.coefficients.length;
  const [freeA, freeB] = [a.nCells - size, b.nCells - size];
  const statistics = invarianceStatistics(a, b);
  return {
    variance: fTails(statistics.variance, freeA, freeB),
    coefficients: fTails(statistics.coefficients, size, freeA + freeB),
  };
}

/**
 * Natural logarithm of the p-value that variance and coefficients are both the same (Bonferroni over the two): 0 where
 * a fit is missing. The variance is tested from both sides, the coefficients, whose statistic is a
 * square, from above.
 */
export function invarianceLogP(a: Fit | undefined, b: Fit | undefined): number {
  if (!a || !b) return 0;
  const { variance, coefficients } = invarianceTails(a, b);
  const ofVariance = Math.LN2 + Math.min(variance.logLower, variance.logUpper);
  return Math.min(0, Math.LN2 + Math.min(ofVariance, coefficients.logUpper));
}
