/** Triangular systems with many right-hand sides. */

import { backend } from './backend.js';
import { checkMatrix } from './checks.js';

export interface TriangularOptions {
  /** The triangle of `t` that is used. Default 'lower'; the other is never read. */
  triangle?: 'lower' | 'upper';
  /** Solve Tᵀ X = B instead of T X = B. Default false. */
  transpose?: boolean;
}

/**
 * Solves T X = B or Tᵀ X = B in place: `b` (n, nRhs) becomes X. `t` is (n, n). Returns `b`.
 * A zero on the diagonal gives infinities or NaN, as in IEEE arithmetic: check the factor first.
 */
export function solveTriangular(
  t: Float64Array,
  n: number,
  b: Float64Array,
  nRhs: number,
  { triangle = 'lower', transpose = false }: TriangularOptions = {},
): Float64Array {
  checkMatrix('t', t, n, n);
  checkMatrix('b', b, n, nRhs);
  backend().solveTriangular(t, n, b, nRhs, triangle === 'lower', transpose);
  return b;
}
