/** Symmetric matrix → tridiagonal by Householder reflections, tridiagonal → eigenvalues by implicit QR. */

import { NumericalError } from '../errors.js';
import { applyReflector, reflector } from './householder.js';
import { length2, rotateColumns } from './rotations.js';
import { dot } from './vectors.js';

export interface Tridiagonal {
  /** (n), the diagonal. */
  d: Float64Array;
  /** (n), the off-diagonal, the last entry 0. */
  e: Float64Array;
  /** (n, n) with A = Q T Qᵀ, when asked for. */
  q?: Float64Array;
}

/** Reduces A = Q T Qᵀ; the lower triangle of `a` (n, n) is read, and overwritten. */
export function tridiagonalise(a: Float64Array, n: number, wantQ: boolean): Tridiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const taus = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  // From the last row up: the entries left of the diagonal, which lie side by side, are folded into one.
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    const tau = reflector(a, row + i - 1, i, -1);
    d[i] = a[row + i];
    e[i - 1] = a[row + i - 1];
    taus[i] = tau;
    if (tau === 0) continue;
    v.set(a.subarray(row, row + i - 1));
    v[i - 1] = 1;
    symmetricTimes(a, n, i, v, w);
    for (let j = 0; j < i; j++) w[j] *= tau;
    const half = (tau / 2) * dot(w, 0, v, 0, i);
    for (let j = 0; j < i; j++) w[j] -= half * v[j];
    for (let j = 0; j < i; j++) {
      const vj = v[j];
      const wj = w[j];
      for (let k = 0, p = j * n; k <= j; k++, p++) a[p] -= vj * w[k] + wj * v[k];
    }
  }
  if (n > 0) d[0] = a[0];
  return wantQ ? { d, e, q: accumulate(a, n, taus, w) } : { d, e };
}

/** w = A v for the leading (size, size) block of which the lower triangle is stored. */
function symmetricTimes(a: Float64Array, n: number, size: number, v: Float64Array, w: Float64Array): void {
  for (let j = 0; j < size; j++) {
    const row = j * n;
    const vj = v[j];
    let sum = a[row + j] * vj;
    for (let k = 0; k < j; k++) {
      const entry = a[row + k];
      sum += entry * v[k];
      w[k] += entry * vj;
    }
    w[j] = sum;
  }
}

/** Q = Hₙ₋₁ … H₁ from the vectors stored left of the diagonal of `a`. */
function accumulate(a: Float64Array, n: number, taus: Float64Array, w: Float64Array): Float64Array {
  const q = new Float64Array(n * n);
  if (n > 0) q[0] = 1;
  for (let i = 1; i < n; i++) {
    q[i * n + i] = 1;
    applyReflector(a, i * n + i - 1, -1, i, taus[i], q, (i - 1) * n, -n, i, w);
  }
  return q;
}

/** Sweeps allowed per eigenvalue, on average; two are usual. */
const MAX_SWEEPS = 40;

/**
 * Diagonalises in place: `d` becomes the eigenvalues, unordered; the columns of `z` (nRows, n) are rotated
 * along. Implicit QR with Wilkinson's shift, as LAPACK's dsteqr. Throws `NumericalError` if it does not end.
 */
export function diagonalise({ d, e, q: z }: Tridiagonal): void {
  const n = d.length;
  const c = new Float64Array(n);
  const s = new Float64Array(n);
  let sweepsLeft = MAX_SWEEPS * n;
  let last = n - 1;
  while (last > 0) {
    let first = last;
    while (first > 0 && !negligible(d, e, first - 1)) first--;
    if (first > 0) e[first - 1] = 0;
    if (first === last) {
      last--;
      continue;
    }
    if (sweepsLeft-- === 0) {
      throw new NumericalError(
        `eigenvalues of a ${n} × ${n} matrix did not converge in ${MAX_SWEEPS * n} sweeps`,
      );
    }
    sweep(d, e, first, last, c, s);
    if (z) rotateColumns(z, n, n, first, last, c, s);
  }
}

function negligible(d: Float64Array, e: Float64Array, i: number): boolean {
  return Math.abs(e[i]) <= (Number.EPSILON / 2) * (Math.abs(d[i]) + Math.abs(d[i + 1])) + Number.MIN_VALUE;
}

/** One implicit QR step on rows first … last; its rotations go to `c` and `s`. */
function sweep(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  c: Float64Array,
  s: Float64Array,
): void {
  const ratio = (d[last - 1] - d[last]) / (2 * e[last - 1]);
  const root = length2(ratio, 1);
  let g = d[first] - d[last] + e[last - 1] / (ratio + (ratio < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let moved = 0;
  for (let i = first; i < last; i++) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const r = length2(g, f);
    cosine = r === 0 ? 1 : g / r;
    sine = r === 0 ? 0 : f / r;
    if (i > first) e[i - 1] = r;
    g = d[i] - moved;
    const change = (d[i + 1] - g) * sine + 2 * cosine * b;
    moved = sine * change;
    d[i] = g + moved;
    g = cosine * change - b;
    c[i] = cosine;
    s[i] = sine;
  }
  d[last] -= moved;
  e[last - 1] = g;
}
