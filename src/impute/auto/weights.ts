/**
 * Weights of estimators, at least 0, of sum 1, that make the mean normalised error of their mixture least.
 *
 * The error of a held-out pair is √(wᵀ G w), with G the inner products of the estimators' residuals over the pair's
 * interquartile range. Squares would be ruled by the few pairs that nobody can predict; the root is convex too, and is
 * minimised by quadratic steps that weigh each pair by the inverse of its error (Weiszfeld).
 */

import { mean, variance } from '../../stats/index.js';

/** Inner products of residuals `(nMethods, nMethods)` of one held-out pair, per gene and squared range. */
export type ResidualProducts = Float64Array;

const ROUNDS = 30;
const STEPS = 200;
/** Errors below this share of the mean weigh no more than one of it. */
const SMALLEST_SHARE = 1e-3;

/** Normalised error of the mixture. */
export function mixtureError(products: ResidualProducts, weights: ArrayLike<number>): number {
  const m = weights.length;
  let sum = 0;
  for (let i = 0; i < m; i++)
    for (let k = 0; k < m; k++) sum += weights[i] * weights[k] * products[i * m + k];
  return Math.sqrt(Math.max(sum, 0));
}

/** Even weights where there is nothing to learn from. */
export function mixtureWeights(pairs: readonly ResidualProducts[], nMethods: number): Float64Array {
  let weights: Float64Array = new Float64Array(nMethods).fill(1 / nMethods);
  if (pairs.length === 0) return weights;
  for (let round = 0; round < ROUNDS; round++) {
    const errors = pairs.map((products) => mixtureError(products, weights));
    const least = (SMALLEST_SHARE * errors.reduce((sum, error) => sum + error, 0)) / errors.length;
    if (least === 0) return weights;
    const total = new Float64Array(nMethods * nMethods);
    pairs.forEach((products, at) => {
      const share = 1 / Math.max(errors[at], least);
      for (let i = 0; i < total.length; i++) total[i] += share * products[i];
    });
    weights = leastOnSimplex(total, weights);
  }
  return weights;
}

/** Projected gradient for min wᵀ A w on the simplex; A is positive semidefinite. */
function leastOnSimplex(a: Float64Array, start: Float64Array): Float64Array {
  const m = start.length;
  let trace = 0;
  for (let i = 0; i < m; i++) trace += a[i * (m + 1)];
  if (!(trace > 0)) return start;
  let weights = start;
  for (let step = 0; step < STEPS; step++) {
    const moved = weights.map((weight, i) => {
      let slope = 0;
      for (let k = 0; k < m; k++) slope += a[i * m + k] * weights[k];
      return weight - slope / trace;
    });
    weights = onSimplex(moved);
  }
  return weights;
}

/** The nearest point of the simplex (Held, Wolfe and Crowder 1974). */
export function onSimplex(values: Float64Array): Float64Array {
  const sorted = Float64Array.from(values).sort().reverse();
  let sum = 0;
  let shift = 0;
  for (let i = 0; i < sorted.length; i++) {
    sum += sorted[i];
    const candidate = (sum - 1) / (i + 1);
    if (sorted[i] - candidate > 0) shift = candidate;
  }
  return values.map((value) => Math.max(value - shift, 0));
}

/** Where each pair of a calibration belongs. */
export interface Calibrated {
  readonly products: ResidualProducts;
  readonly fold: number;
  readonly regime: number;
}

/**
 * Weights of a regime: those of its own pairs, pulled towards those of all. In the place of a mixture the single best
 * estimator, unless on folds left out in turn the mixture does better by more than twice the standard error of the gain.
 * @param shrinkage the pull, in pairs
 */
export function regimeWeights(
  pairs: readonly Calibrated[],
  nMethods: number,
  regime: number,
  shrinkage: number,
): Float64Array {
  const folds = [...new Set(pairs.map(({ fold }) => fold))];
  const gains: number[] = [];
  for (const fold of folds) {
    const others = pairs.filter((pair) => pair.fold !== fold);
    if (others.length === 0) continue;
    const best = bestSingle(others, nMethods);
    const common = mixtureWeights(
      others.map(({ products }) => products),
      nMethods,
    );
    const ofRegime = new Map<number, Float64Array>();
    for (const pair of pairs.filter((candidate) => candidate.fold === fold)) {
      let weights = ofRegime.get(pair.regime);
      if (!weights) {
        weights = shrunk(others, nMethods, pair.regime, shrinkage, common);
        ofRegime.set(pair.regime, weights);
      }
      gains.push(mixtureError(pair.products, best) - mixtureError(pair.products, weights));
    }
  }
  if (folds.length > 1 && !isSurelyPositive(gains)) return bestSingle(pairs, nMethods);
  const common = mixtureWeights(
    pairs.map(({ products }) => products),
    nMethods,
  );
  return shrunk(pairs, nMethods, regime, shrinkage, common);
}

/** Is the mean above twice its own standard error? */
function isSurelyPositive(gains: readonly number[]): boolean {
  const centre = mean(gains);
  return gains.length > 1 && centre > 2 * Math.sqrt(variance(gains) / gains.length);
}

function shrunk(
  pairs: readonly Calibrated[],
  nMethods: number,
  regime: number,
  shrinkage: number,
  common: Float64Array,
): Float64Array {
  const own = pairs.filter((pair) => pair.regime === regime).map(({ products }) => products);
  if (own.length === 0) return common;
  const share = own.length / (own.length + shrinkage);
  const weights = mixtureWeights(own, nMethods);
  return weights.map((weight, m) => share * weight + (1 - share) * common[m]);
}

function bestSingle(pairs: readonly Calibrated[], nMethods: number): Float64Array {
  const errors = Array.from({ length: nMethods }, (_, m) =>
    pairs.reduce((sum, { products }) => sum + Math.sqrt(products[m * (nMethods + 1)]), 0),
  );
  const best = errors.indexOf(Math.min(...errors));
  return Float64Array.from(errors, (_, m) => Number(m === best));
}
