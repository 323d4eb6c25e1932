/** Singular value decomposition. */

import { backend } from './backend.js';
import { multiplyBy, scaled } from './checks.js';
import type { Svd } from './kernels.js';

/**
 * Thin SVD A = U diag(s) Vᵀ of the (m, n) matrix `a`, which is left as it is. Signs are arbitrary but repeatable.
 *
 * Throws `DataError` on NaN or infinity, `NumericalError` if the iteration does not converge.
 */
export function svd(a: Float64Array, m: number, n: number): Svd {
  const { matrix, scale } = scaled('a', a, m, n);
  const result = backend().svd(matrix, m, n);
  multiplyBy(result.s, scale);
  return result;
}

/** Singular values of the (m, n) matrix `a`, descending, without the vectors. Throws as `svd`. */
export function singularValues(a: Float64Array, m: number, n: number): Float64Array {
  const { matrix, scale } = scaled('a', a, m, n);
  return multiplyBy(backend().singularValues(matrix, m, n), scale);
}
