/** QR factorisation by Householder reflections, with column pivoting on demand. */

import { copyScaled } from './checks.js';
import { applyQ, applyReflector, factor, reflector } from './householder.js';
import { norm2 } from './vectors.js';

export interface QrResult {
  /** (m, k), orthonormal columns, k = min(m, n). */
  q: Float64Array;
  /** (k, n), upper trapezoidal. */
  r: Float64Array;
  /** With `pivot`: column j of Q R is column `order[j]` of A. */
  order?: Int32Array;
}

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
  const { copy, scale } = copyScaled('a', a, m, n);
  const k = Math.min(m, n);
  const order = pivot ? pivotColumns(copy, m, n) : undefined;
  const reflections = factor(copy, m, n);
  const q = applyQ(reflections, identity(k), k);
  const { r } = reflections;
  if (scale !== 1) for (let i = 0; i < r.length; i++) r[i] *= scale;
  return order ? { q, r, order } : { q, r };
}

/** The (n, n) identity. */
export function identity(n: number): Float64Array {
  const eye = new Float64Array(n * n);
  for (let i = 0; i < n; i++) eye[i * n + i] = 1;
  return eye;
}

/** Finds the pivot order on a scratch copy and permutes the columns of `a` accordingly. */
function pivotColumns(a: Float64Array, m: number, n: number): Int32Array {
  const work = a.slice();
  const order = Int32Array.from({ length: n }, (_, j) => j);
  const norms = Float64Array.from({ length: n }, (_, j) => norm2(work, j, m, n));
  const reference = norms.slice();
  const w = new Float64Array(n);
  for (let j = 0; j < Math.min(m, n); j++) {
    let best = j;
    for (let c = j + 1; c < n; c++) if (norms[c] > norms[best]) best = c;
    if (best !== j) {
      for (let i = 0; i < m; i++) swap(work, i * n + j, i * n + best);
      for (const list of [order, norms, reference]) swap(list, j, best);
    }
    const corner = j * n + j;
    const tau = reflector(work, corner, m - j, n);
    applyReflector(work, corner, n, m - j, tau, work, corner + 1, n, n - j - 1, w);
    for (let c = j + 1; c < n; c++) downdate(work, m, n, j, c, norms, reference);
  }
  for (let i = 0; i < m; i++) {
    const row = a.slice(i * n, (i + 1) * n);
    for (let j = 0; j < n; j++) a[i * n + j] = row[order[j]];
  }
  return order;
}

/** Takes row j off the remaining norm of column c; computed afresh when cancellation has eaten the digits. */
function downdate(
  a: Float64Array,
  m: number,
  n: number,
  j: number,
  c: number,
  norms: Float64Array,
  reference: Float64Array,
): void {
  if (norms[c] === 0) return;
  const ratio = a[j * n + c] / norms[c];
  const left = Math.max(0, 1 - ratio * ratio);
  if (left * (norms[c] / reference[c]) ** 2 <= 1e-8) {
    norms[c] = norm2(a, (j + 1) * n + c, m - j - 1, n);
    reference[c] = norms[c];
  } else {
    norms[c] *= Math.sqrt(left);
  }
}

function swap(list: Float64Array | Int32Array, i: number, j: number): void {
  const held = list[i];
  list[i] = list[j];
  list[j] = held;
}
