/** Mean and variance. */

import { DataError, OptionError } from '../errors.js';

/** Arithmetic mean. NaN goes through. Throws `DataError` without values. */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) throw new DataError('a mean was asked of no values');
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * Σ (x − mean)² / (n − ddof), in two passes. `ddof` 1 (default) is the unbiased estimate, 0 numpy's default.
 * NaN goes through. Throws `DataError` with no more than `ddof` values.
 */
export function variance(values: ArrayLike<number>, ddof = 1): number {
  const n = values.length;
  if (!(ddof >= 0)) throw new OptionError('ddof', ddof, 'a number ≥ 0');
  if (n === 0 || n <= ddof) {
    throw new DataError(
      `a variance with ddof ${ddof} was asked of ${n} value${n === 1 ? '' : 's'}; more are needed`,
    );
  }
  const centre = mean(values);
  let squares = 0;
  let rounding = 0;
  for (let i = 0; i < n; i++) {
    const deviation = values[i] - centre;
    squares += deviation * deviation;
    rounding += deviation;
  }
  // What the rounded mean is off by, taken out again (Chan, Golub & LeVeque 1983).
  return (squares - (rounding * rounding) / n) / (n - ddof);
}
