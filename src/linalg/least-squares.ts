/** Least squares, pseudoinverse and rank by singular values, with LAPACK's and numpy's rules for the rank. */

import { OptionError } from '../errors.js';
import { checkFinite } from './checks.js';
import { gemm } from './gemm.js';
import { singularValues, svd } from './svd.js';
import { transpose } from './vectors.js';

export interface RankOptions {
  /** Singular values up to `rcond` times the largest count as zero. Default eps · max(m, n). */
  rcond?: number;
}

export interface LeastSquares {
  /** (n, nRhs), the solution of least norm. */
  x: Float64Array;
  rank: number;
  /** (min(m, n)), descending. */
  singularValues: Float64Array;
}

/**
 * Minimises ‖A x − b‖ for each column of `b` (m, nRhs), with the smallest ‖x‖ where several do: what
 * `numpy.linalg.lstsq(a, b, rcond)` gives. `a` (m, n) and `b` are left as they are.
 *
 * Throws `DataError` on NaN or infinity, `OptionError` on a negative `rcond`.
 */
export function leastSquares(
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  nRhs: number,
  options: RankOptions = {},
): LeastSquares {
  checkFinite('b', b, m, nRhs);
  const { u, s, vt } = svd(a, m, n);
  const rank = rankOf(s, m, n, options);
  const k = s.length;
  const projected = gemm({ m: rank, n: nRhs, k: m, a: u, lda: k, transposeA: true, b });
  for (let i = 0; i < rank; i++) {
    for (let j = i * nRhs; j < (i + 1) * nRhs; j++) projected[j] /= s[i];
  }
  const x = gemm({ m: n, n: nRhs, k: rank, a: vt, lda: n, transposeA: true, b: projected });
  return { x, rank, singularValues: s };
}

/** The (n, m) Moore–Penrose pseudoinverse of the (m, n) matrix `a`. Throws as `leastSquares`. */
export function pseudoinverse(
  a: Float64Array,
  m: number,
  n: number,
  options: RankOptions = {},
): Float64Array {
  const { u, s, vt } = svd(a, m, n);
  const rank = rankOf(s, m, n, options);
  const k = s.length;
  const scaled = transpose(u, m, k);
  for (let i = 0; i < rank; i++) for (let j = i * m; j < (i + 1) * m; j++) scaled[j] /= s[i];
  return gemm({ m: n, n: m, k: rank, a: vt, lda: n, transposeA: true, b: scaled });
}

/** How many singular values of the (m, n) matrix `a` are above `rcond` times the largest. Throws as above. */
export function matrixRank(a: Float64Array, m: number, n: number, options: RankOptions = {}): number {
  return rankOf(singularValues(a, m, n), m, n, options);
}

function rankOf(s: Float64Array, m: number, n: number, options: RankOptions): number {
  const { rcond = Number.EPSILON * Math.max(m, n) } = options;
  if (!(rcond >= 0)) throw new OptionError('rcond', rcond, 'a number ≥ 0');
  let rank = 0;
  while (rank < s.length && s[rank] > rcond * s[0]) rank++;
  return rank;
}
