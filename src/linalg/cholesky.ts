/** Cholesky factorisation of symmetric positive definite matrices, solves with it, and its condition. */

import { backend } from './backend.js';
import { checkFinite, checkMatrix } from './checks.js';
import { solveTriangular } from './triangular.js';

/**
 * Factors A = L Lᵀ in place: the lower triangle of `a` (n, n) becomes L, the upper is set to 0; only the lower
 * triangle is read.
 *
 * @returns -1 when done, else the index of the pivot that was not positive: the leading matrix up to it is not
 *   positive definite, and `a` holds nothing of use.
 * @throws DataError on NaN or infinity, ShapeError when `a` is too short.
 */
export function cholesky(a: Float64Array, n: number): number {
  checkFinite('a', a, n, n);
  return backend().cholesky(a, n);
}

/** Solves A X = B in place for the factor `l` (n, n) of `cholesky`: `b` (n, nRhs) becomes X. Returns `b`. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array, nRhs: number): Float64Array {
  solveTriangular(l, n, b, nRhs);
  return solveTriangular(l, n, b, nRhs, { transpose: true });
}

/** The largest column sum of absolute values of a symmetric (n, n) matrix: its 1-norm. */
export function symmetricNorm1(a: Float64Array, n: number): number {
  checkMatrix('a', a, n, n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(a[i * n + j]);
    if (!(sum <= largest)) largest = sum;
  }
  return largest;
}

/**
 * Estimates 1 / (‖A‖₁ ‖A⁻¹‖₁) from the factor `l` (n, n) of A and `anorm` = ‖A‖₁ (see `symmetricNorm1`, taken
 * before factoring): near 1 well conditioned, near 1e-16 singular to working precision. The estimate is seldom
 * more than three times too large, and never too small beyond rounding. 1 for n = 0.
 *
 * Hager's method as refined by Higham (1988, doi:10.1145/50063.214386), the one of LAPACK's dpocon.
 */
export function choleskyConditionEstimate(l: Float64Array, n: number, anorm: number): number {
  if (n === 0) return 1;
  if (!(anorm > 0)) return 0;
  const reciprocal = 1 / inverseNorm1(l, n) / anorm;
  return Number.isFinite(reciprocal) ? Math.min(1, reciprocal) : 0;
}

/** Lower bound, nearly always close, of ‖A⁻¹‖₁. A⁻¹ is symmetric, so one solve serves for it and its transpose. */
function inverseNorm1(l: Float64Array, n: number): number {
  let x: Float64Array = choleskySolve(l, n, new Float64Array(n).fill(1 / n), 1);
  let estimate = sumAbs(x);
  if (n === 1) return estimate;
  let column = -1;
  let signs = x.map(signOf);
  for (let round = 0; round < 5; round++) {
    const z = choleskySolve(l, n, signs.slice(), 1);
    const next = indexOfLargest(z);
    if (next === column || (column >= 0 && Math.abs(z[next]) <= Math.abs(z[column]))) break;
    column = next;
    x = new Float64Array(n);
    x[column] = 1;
    choleskySolve(l, n, x, 1);
    const previous = estimate;
    estimate = Math.max(previous, sumAbs(x));
    const nextSigns = x.map(signOf);
    if (estimate === previous || nextSigns.every((sign, i) => sign === signs[i])) break;
    signs = nextSigns;
  }
  // A vector of alternating signs and growing size catches matrices built to deceive the iteration.
  const alternating = Float64Array.from({ length: n }, (_, i) => (i % 2 ? -1 : 1) * (1 + i / (n - 1)));
  return Math.max(estimate, (2 * sumAbs(choleskySolve(l, n, alternating, 1))) / (3 * n));
}

const signOf = (value: number): number => (value >= 0 ? 1 : -1);

function sumAbs(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += Math.abs(value);
  return sum;
}

function indexOfLargest(x: Float64Array): number {
  let best = 0;
  for (let i = 1; i < x.length; i++) if (Math.abs(x[i]) > Math.abs(x[best])) best = i;
  return best;
}
