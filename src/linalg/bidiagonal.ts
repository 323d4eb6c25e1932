/** Square matrix → upper bidiagonal by Householder reflections, bidiagonal → singular values by implicit QR. */

import { NumericalError } from '../errors.js';
import { applyReflector, reflector } from './householder.js';
import { length2, rotateColumns } from './rotations.js';

export interface Bidiagonal {
  /** (n), the diagonal. */
  d: Float64Array;
  /** (n), above the diagonal, the last entry 0. */
  e: Float64Array;
  /** (n, n) each with A = U B Vᵀ, when asked for. */
  u?: Float64Array;
  v?: Float64Array;
}

/** Reduces the (n, n) matrix `a`, which is overwritten (Golub & Van Loan, algorithm 5.4.2). */
export function bidiagonalise(a: Float64Array, n: number, wantVectors: boolean): Bidiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const leftTaus = new Float64Array(n);
  const rightTaus = new Float64Array(n);
  const w = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const corner = j * n + j;
    const width = n - j - 1;
    leftTaus[j] = reflector(a, corner, n - j, n);
    applyReflector(a, corner, n, n - j, leftTaus[j], a, corner + 1, n, width, w);
    d[j] = a[corner];
    if (width === 0) break;
    rightTaus[j] = reflector(a, corner + 1, width, 1);
    e[j] = a[corner + 1];
    reflectRows(a, n, j, rightTaus[j], w);
  }
  if (!wantVectors) return { d, e };
  const u = new Float64Array(n * n);
  const v = new Float64Array(n * n);
  for (let j = n - 1; j >= 0; j--) {
    const corner = j * n + j;
    u[corner] = 1;
    v[corner] = 1;
    applyReflector(a, corner, n, n - j, leftTaus[j], u, corner, n, n - j, w);
    const inner = corner + n + 1;
    if (j < n - 1) applyReflector(a, corner + 1, 1, n - j - 1, rightTaus[j], v, inner, n, n - j - 1, w);
  }
  return { d, e, u, v };
}

/** Multiplies rows j + 1 and below from the right by the reflection stored in row j from column j + 1 on. */
function reflectRows(a: Float64Array, n: number, j: number, tau: number, v: Float64Array): void {
  if (tau === 0) return;
  const from = j + 1;
  const width = n - from;
  v.set(a.subarray(j * n + from, (j + 1) * n));
  v[0] = 1;
  for (let i = from; i < n; i++) {
    const row = i * n + from;
    let sum = 0;
    for (let c = 0; c < width; c++) sum += a[row + c] * v[c];
    sum *= tau;
    for (let c = 0; c < width; c++) a[row + c] -= sum * v[c];
  }
}

/** Sweeps allowed per singular value, on average; two are usual. */
const MAX_SWEEPS = 60;

/**
 * Diagonalises in place: `d` becomes the singular values, unordered and of either sign; the columns of `u` and
 * `v` are rotated along. Implicit QR of Demmel & Kahan (1990, doi:10.1137/0911052): with a shift where it is
 * worth one, else without, which keeps small singular values accurate and deals with zeros on the diagonal.
 * Throws `NumericalError` if it does not end.
 */
export function diagonaliseBidiagonal({ d, e, u, v }: Bidiagonal): void {
  const n = d.length;
  const left = { c: new Float64Array(n), s: new Float64Array(n) };
  const right = { c: new Float64Array(n), s: new Float64Array(n) };
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
        `singular values of a ${n} × ${n} matrix did not converge in ${MAX_SWEEPS * n} sweeps`,
      );
    }
    const shift = chooseShift(d, e, first, last);
    if (shift === 0) sweepWithoutShift(d, e, first, last, left, right);
    else sweepWithShift(d, e, first, last, shift, left, right);
    if (u) rotateColumns(u, n, n, first, last, left.c, left.s);
    if (v) rotateColumns(v, n, n, first, last, right.c, right.s);
  }
}

function negligible(d: Float64Array, e: Float64Array, i: number): boolean {
  return Math.abs(e[i]) <= (Number.EPSILON / 2) * (Math.abs(d[i]) + Math.abs(d[i + 1])) + Number.MIN_VALUE;
}

/** The smaller singular value of the last 2 × 2 block, or 0 where a shift would spoil the small values. */
function chooseShift(d: Float64Array, e: Float64Array, first: number, last: number): number {
  let largest = Math.abs(d[last]);
  let bound = Math.abs(d[first]);
  let smallest = bound;
  for (let i = first; i < last; i++) {
    largest = Math.max(largest, Math.abs(d[i]), Math.abs(e[i]));
    bound = smallest === 0 ? 0 : Math.abs(d[i + 1]) * (bound / (bound + Math.abs(e[i])));
    smallest = Math.min(smallest, bound);
  }
  if ((last - first + 1) * smallest <= 0.01 * largest * Number.EPSILON) return 0;
  const shift = smallerSingularValue(d[last - 1], e[last - 1], d[last]);
  return (shift / d[first]) ** 2 < Number.EPSILON / 2 ? 0 : shift;
}

/** Of [[f, g], [0, h]], as LAPACK's dlas2. */
function smallerSingularValue(f: number, g: number, h: number): number {
  const low = Math.min(Math.abs(f), Math.abs(h));
  const high = Math.max(Math.abs(f), Math.abs(h));
  const off = Math.abs(g);
  if (low === 0) return 0;
  if (off < high) {
    const ratio = (off / high) ** 2;
    const both = Math.sqrt((1 + low / high) ** 2 + ratio) + Math.sqrt((1 - low / high) ** 2 + ratio);
    return low * (2 / both);
  }
  const ratio = high / off;
  if (ratio === 0) return (low * high) / off;
  const both =
    Math.sqrt(1 + ((1 + low / high) * ratio) ** 2) + Math.sqrt(1 + ((1 - low / high) * ratio) ** 2);
  return 2 * (low * (1 / both) * ratio);
}

interface Rotations {
  c: Float64Array;
  s: Float64Array;
}

function sweepWithoutShift(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  left: Rotations,
  right: Rotations,
): void {
  let cosR = 1;
  let cosL = 1;
  let sinL = 0;
  for (let i = first; i < last; i++) {
    const f = d[i] * cosR;
    const r = length2(f, e[i]);
    cosR = r === 0 ? 1 : f / r;
    const sinR = r === 0 ? 0 : e[i] / r;
    if (i > first) e[i - 1] = sinL * r;
    const g = cosL * r;
    const h = d[i + 1] * sinR;
    d[i] = length2(g, h);
    cosL = d[i] === 0 ? 1 : g / d[i];
    sinL = d[i] === 0 ? 0 : h / d[i];
    right.c[i] = cosR;
    right.s[i] = sinR;
    left.c[i] = cosL;
    left.s[i] = sinL;
  }
  const h = d[last] * cosR;
  d[last] = h * cosL;
  e[last - 1] = h * sinL;
}

function sweepWithShift(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  shift: number,
  left: Rotations,
  right: Rotations,
): void {
  let f = (Math.abs(d[first]) - shift) * ((d[first] < 0 ? -1 : 1) + shift / d[first]);
  let g = e[first];
  for (let i = first; i < last; i++) {
    let r = length2(f, g);
    const cosR = r === 0 ? 1 : f / r;
    const sinR = r === 0 ? 0 : g / r;
    if (i > first) e[i - 1] = r;
    f = cosR * d[i] + sinR * e[i];
    e[i] = cosR * e[i] - sinR * d[i];
    g = sinR * d[i + 1];
    d[i + 1] *= cosR;
    r = length2(f, g);
    const cosL = r === 0 ? 1 : f / r;
    const sinL = r === 0 ? 0 : g / r;
    d[i] = r;
    f = cosL * e[i] + sinL * d[i + 1];
    d[i + 1] = cosL * d[i + 1] - sinL * e[i];
    if (i < last - 1) {
      g = sinL * e[i + 1];
      e[i + 1] *= cosL;
    }
    right.c[i] = cosR;
    right.s[i] = sinR;
    left.c[i] = cosL;
    left.s[i] = sinL;
  }
  e[last - 1] = f;
}
