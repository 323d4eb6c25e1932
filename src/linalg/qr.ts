/** QR factorisation, with column pivoting on demand. */

import { backend } from './backend.js';
import { multiplyBy, scaled } from './checks.js';
import type { QrResult } from './kernels.js';

/**
 * Thin QR of the (m, n) matrix `a`, which is left as it is. With `pivot` the columns are taken by largest
 * remaining norm, so |r₀₀| ≥ |r₁₁| ≥ … shows the numerical rank (Golub & Van Loan, 5.4.2).
 * Throws `DataError` on NaN or infinity.
 */
export function qr(
  a: Float64Array,
  m: number,
  n: number,
  { pivot = false }: { pivot?: boolean } = {},
): QrResult {
  const { matrix, scale } = scaled('a', a, m, n);
  const result = backend().qr(matrix, m, n, pivot);
  multiplyBy(result.r, scale);
  return result;
}

/** The (n, n) identity. */
export function identity(n: number): Float64Array {
  const eye = new Float64Array(n * n);
  for (let i = 0; i < n; i++) eye[i * n + i] = 1;
  return eye;
}
