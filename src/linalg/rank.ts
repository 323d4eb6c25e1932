/** When a singular value counts as zero: the rule of LAPACK's drivers and of NumPy. */

import { OptionError } from '../errors.js';

export interface RankOptions {
  /** Singular values up to `rcond` times the largest count as zero. Default eps · max(m, n). */
  rcond?: number;
}

/** `rcond` for an (m, n) matrix. Throws `OptionError` when it is negative or NaN. */
export function rankTolerance(m: number, n: number, { rcond }: RankOptions): number {
  if (rcond === undefined) return Number.EPSILON * Math.max(m, n);
  if (!(rcond >= 0)) throw new OptionError('rcond', rcond, 'a number ≥ 0');
  return rcond;
}

/** How many of the descending `s` are above `rcond` times the first. */
export function rankOf(s: Float64Array, rcond: number): number {
  let rank = 0;
  while (rank < s.length && s[rank] > rcond * s[0]) rank++;
  return rank;
}
