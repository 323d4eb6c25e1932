/**
 * Bayesian ridge regression of one column of a matrix on all the others, from the spectrum of the whole matrix.
 *
 * The model and the iteration are scikit-learn's `BayesianRidge` (MacKay 1992; Tipping 2001): y ~ N(X w, 1/α),
 * w ~ N(0, 1/λ), Gamma(10⁻⁶, 10⁻⁶) priors on α and λ, both updated until w changes by less than 10⁻³ in sum, at most
 * 300 times. It decomposes X for every y; here y = x_j is a column of the same matrix, so that one decomposition serves
 * all: with μ = λ/α, f_k = s_k² / (s_k² + μ) and v_k row j of V,
 *
 *     w_i = Σ_k V_ik f_k v_k / (1 − h),   i ≠ j,   h = Σ_k f_k v_k²   (Sherman and Morrison)
 *
 * and everything that the iteration needs, the residual, ‖w‖² and the effective number of parameters, is a sum over k.
 * Each is written as a sum of positive terms, so that nothing cancels where h is near 1.
 */
import { CoefficientChange, type Coefficients } from './coefficient-change.js';
import type { Spectrum } from './spectrum.js';

const PRIOR = 1e-6;
const TOLERANCE = 1e-3;
const MOST_ITERATIONS = 300;

export interface RidgeModel extends Coefficients {
  readonly iterations: number;
  /** 1/α, the variance of the noise. */
  readonly noise: number;
}

/** The regression of column `target` on all other columns. */
export function bayesianRidge(spectrum: Spectrum, target: number): RidgeModel {
  const { nRows, rank, squares, axes } = spectrum;
  const row = axes.subarray(target * rank, (target + 1) * rank);
  let variance = 0;
  for (let k = 0; k < rank; k++) variance += (squares[k] * row[k] ** 2) / nRows;
  let alpha = 1 / (variance + Number.EPSILON);
  let lambda = 1;
  const change = new CoefficientChange(spectrum, target);
  let iterations = 0;
  while (iterations < MOST_ITERATIONS) {
    const ratio = lambda / alpha;
    const { parameters, size, residual } = moments(spectrum, target, ratio);
    lambda = (parameters + 2 * PRIOR) / (size + 2 * PRIOR);
    alpha = (nRows - parameters + 2 * PRIOR) / (residual + 2 * PRIOR);
    iterations++;
    if (change.isBelow(TOLERANCE, coefficients(spectrum, target, ratio))) break;
  }
  const { direction, own } = coefficients(spectrum, target, lambda / alpha);
  return { direction, own, iterations, noise: 1 / alpha };
}

/** h and 1 − h of a column. */
function leverage({ rank, squares, axes, outside }: Spectrum, target: number, ratio: number) {
  let inside = 0;
  let rest = outside[target];
  for (let k = 0, at = target * rank; k < rank; k++, at++) {
    const share = axes[at] * axes[at];
    const total = squares[k] + ratio;
    inside += (squares[k] / total) * share;
    rest += (ratio / total) * share;
  }
  return { inside, rest };
}

/** Effective number of parameters, ‖w‖² and squared residual at μ. */
function moments(spectrum: Spectrum, target: number, ratio: number) {
  const { rank, squares, axes, outside } = spectrum;
  const { inside, rest } = leverage(spectrum, target, ratio);
  let all = 0;
  let taken = 0;
  let spread = outside[target] * inside * inside;
  let residual = 0;
  for (let k = 0, at = target * rank; k < rank; k++, at++) {
    const share = axes[at] * axes[at];
    const total = squares[k] + ratio;
    const kept = squares[k] / total;
    const lost = ratio / total;
    all += kept;
    taken += kept * lost * share;
    spread += share * (kept - inside) ** 2;
    residual += squares[k] * lost * lost * share;
  }
  return { parameters: all - taken / rest, size: spread / (rest * rest), residual: residual / (rest * rest) };
}

function coefficients(spectrum: Spectrum, target: number, ratio: number): Coefficients {
  const { rank, squares, axes } = spectrum;
  const { inside, rest } = leverage(spectrum, target, ratio);
  const direction = new Float64Array(rank);
  for (let k = 0; k < rank; k++) {
    direction[k] = ((squares[k] / (squares[k] + ratio)) * axes[target * rank + k]) / rest;
  }
  return { direction, own: inside / rest };
}
