/** Least squares, pseudoinverse and rank by singular values. */

import { backend } from './backend.js';
import { multiplyBy, scaled } from './checks.js';
import { gemm } from './gemm.js';
import type { LeastSquares } from './kernels.js';
import { type RankOptions, rankOf, rankTolerance } from './rank.js';

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
  const rcond = rankTolerance(m, n, options);
  const right = scaled('b', b, m, nRhs);
  const left = scaled('a', a, m, n);
  const result = backend().leastSquares(left.matrix, m, n, right.matrix, nRhs, rcond);
  multiplyBy(result.singularValues, left.scale);
  // One after the other: their quotient may be too large or too small for a number where the answer is not.
  multiplyBy(result.x, right.scale < 1 ? right.scale : 1 / left.scale);
  multiplyBy(result.x, right.scale < 1 ? 1 / left.scale : right.scale);
  return result;
}

/** The (n, m) Moore–Penrose pseudoinverse of the (m, n) matrix `a`. Throws as `leastSquares`. */
export function pseudoinverse(
  a: Float64Array,
  m: number,
  n: number,
  options: RankOptions = {},
): Float64Array {
  const rcond = rankTolerance(m, n, options);
  const { matrix, scale } = scaled('a', a, m, n);
  const { u, s, vt } = backend().svd(matrix, m, n);
  const rank = rankOf(s, rcond);
  for (let i = 0; i < rank; i++) for (let j = i * n; j < (i + 1) * n; j++) vt[j] /= s[i];
  const inverse = gemm({
    m: n,
    n: m,
    k: rank,
    a: vt,
    transposeA: true,
    b: u,
    ldb: s.length,
    transposeB: true,
  });
  return multiplyBy(inverse, 1 / scale);
}

/** How many singular values of the (m, n) matrix `a` are above `rcond` times the largest. Throws as above. */
export function matrixRank(a: Float64Array, m: number, n: number, options: RankOptions = {}): number {
  const rcond = rankTolerance(m, n, options);
  return rankOf(backend().singularValues(scaled('a', a, m, n).matrix, m, n), rcond);
}
