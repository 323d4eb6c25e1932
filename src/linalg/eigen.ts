/** Eigenvalues and eigenvectors of real symmetric matrices. */

import { backend } from './backend.js';
import { multiplyBy, scaled } from './checks.js';
import type { SymmetricEigen } from './kernels.js';

/**
 * A = Vᵀ diag(values) V for the symmetric (n, n) matrix `a`, of which the lower triangle is read; `a` is left as
 * it is. `vectors: false` saves three quarters of the time.
 *
 * Throws `DataError` on NaN or infinity, `NumericalError` if the iteration does not converge.
 */
export function symmetricEigen(
  a: Float64Array,
  n: number,
  options: { vectors: false },
): { values: Float64Array };
export function symmetricEigen(
  a: Float64Array,
  n: number,
  options?: { vectors?: true },
): Required<SymmetricEigen>;
export function symmetricEigen(a: Float64Array, n: number, options?: { vectors?: boolean }): SymmetricEigen;
export function symmetricEigen(
  a: Float64Array,
  n: number,
  { vectors = true }: { vectors?: boolean } = {},
): SymmetricEigen {
  const { matrix, scale } = scaled('a', a, n, n);
  const result = backend().symmetricEigen(matrix, n, vectors);
  multiplyBy(result.values, scale);
  return result;
}
