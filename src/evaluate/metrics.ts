/**
 * How far a predicted profile is from the true one. Each metric by its name in `scores.csv`.
 *
 * Squires et al. 2022, section 6.1, as the authors' program computes them (their formula for NRMSE divides by
 * p inside the norm; the program takes the root mean square). Undefined values are NaN: a cosine with a zero
 * vector, an R² or NRMSE of a constant profile.
 */
import { interquartileRange } from '../stats/index.js';

/** Root mean squared error over genes. */
export function rootMeanSquaredError(predicted: Float64Array, truth: Float64Array): number {
  return Math.sqrt(squaredError(predicted, truth) / truth.length);
}

/** RMSE over the interquartile range of the truth (quantiles by linear interpolation). */
export function normalisedError(predicted: Float64Array, truth: Float64Array): number {
  const range = interquartileRange(truth);
  return range > 0 ? rootMeanSquaredError(predicted, truth) / range : Number.NaN;
}

/** 1 − residual over total sum of squares, around the true profile's own mean. */
export function rSquared(predicted: Float64Array, truth: Float64Array): number {
  let mean = 0;
  for (const value of truth) mean += value / truth.length;
  let total = 0;
  for (const value of truth) total += (value - mean) ** 2;
  return total > 0 ? 1 - squaredError(predicted, truth) / total : Number.NaN;
}

/** Cosine between predicted − base and truth − base: do the two effects point the same way? */
export function effectCosine(predicted: Float64Array, truth: Float64Array, base: Float64Array): number {
  let product = 0;
  let sizePredicted = 0;
  let sizeTrue = 0;
  for (let g = 0; g < truth.length; g++) {
    const a = predicted[g] - base[g];
    const b = truth[g] - base[g];
    product += a * b;
    sizePredicted += a * a;
    sizeTrue += b * b;
  }
  const size = Math.sqrt(sizePredicted) * Math.sqrt(sizeTrue);
  return size > 0 ? product / size : Number.NaN;
}

function squaredError(predicted: Float64Array, truth: Float64Array): number {
  let sum = 0;
  for (let g = 0; g < truth.length; g++) sum += (predicted[g] - truth[g]) ** 2;
  return sum;
}
