/**
 * Householder reflections and the blocked QR factorisation built from them.
 *
 * A product of reflections H₁ H₂ … is kept as I − V S⁻¹ Vᵀ: the columns of V are their vectors, S is upper
 * triangular with vᵢᵀvⱼ above the diagonal and 1/tau on it, infinite where H = I (Joffrain et al. 2006,
 * doi:10.1145/1141885.1141886). The columns are halved recursively so that nearly all work is matrix products
 * (Elmroth & Gustavson 2000, doi:10.1147/rd.444.0605).
 */

import { norm2, transpose } from '../vectors.js';
import { gemm } from './product.js';
import { solveTriangular } from './triangular.js';

/** Vectors shorter than this are left alone: they are nothing beside a matrix whose largest entry is near 1. */
const NEGLIGIBLE = 1e-290;

/**
 * Makes the reflection H = I − tau v vᵀ that takes x = (x₀, …), `n` entries `stride` apart, to (beta, 0, …).
 * x₀ becomes beta, the entries after it become v₁, v₂, …; v₀ = 1 is not stored. Returns tau (0: H = I).
 */
export function reflector(x: Float64Array, offset: number, n: number, stride: number): number {
  const tail = norm2(x, offset + stride, n - 1, stride);
  if (tail < NEGLIGIBLE) {
    for (let i = 1, p = offset + stride; i < n; i++, p += stride) x[p] = 0;
    return 0;
  }
  const first = x[offset];
  const norm = Math.hypot(first, tail);
  const beta = first > 0 ? -norm : norm;
  const divisor = first - beta;
  for (let i = 1, p = offset + stride; i < n; i++, p += stride) x[p] /= divisor;
  x[offset] = beta;
  return (beta - first) / beta;
}

/**
 * Multiplies the (n, width) block of `x` at `xOffset`, rows `ldx` apart, by H = I − tau v vᵀ from the left.
 * v has `n` entries `vStride` apart, the first taken as 1. Steps may be negative. `w` is scratch (width).
 */
export function applyReflector(
  v: Float64Array,
  vOffset: number,
  vStride: number,
  n: number,
  tau: number,
  x: Float64Array,
  xOffset: number,
  ldx: number,
  width: number,
  w: Float64Array,
): void {
  if (tau === 0 || width === 0) return;
  for (let c = 0; c < width; c++) w[c] = x[xOffset + c];
  for (let i = 1, row = xOffset + ldx, p = vOffset + vStride; i < n; i++, row += ldx, p += vStride) {
    const factor = v[p];
    for (let c = 0; c < width; c++) w[c] += factor * x[row + c];
  }
  for (let c = 0; c < width; c++) {
    w[c] *= tau;
    x[xOffset + c] -= w[c];
  }
  for (let i = 1, row = xOffset + ldx, p = vOffset + vStride; i < n; i++, row += ldx, p += vStride) {
    const factor = v[p];
    for (let c = 0; c < width; c++) x[row + c] -= factor * w[c];
  }
}

/** Columns whose reflections are kept as one I − V S⁻¹ Vᵀ. */
const PANEL = 64;
/** Columns up to which reflections are applied one at a time. */
const LEAF = 6;

/** Q = H₁ H₂ … Hₖ on m coordinates. */
export interface Reflections {
  m: number;
  k: number;
  /** (m, k): column j is the j-th vector, with 1 in row j and 0 above. */
  v: Float64Array;
  /** S of each panel of `PANEL` columns, the last smaller. */
  panels: Float64Array[];
}

/** A = Q R: R (k, n) is upper trapezoidal, k = min(m, n). */
export interface Factors {
  q: Reflections;
  r: Float64Array;
}

/** Factors the (m, n) matrix `a`, which is overwritten. The input is taken as finite and of safe magnitude. */
export function factor(a: Float64Array, m: number, n: number): Factors {
  const k = Math.min(m, n);
  const panels: Float64Array[] = [];
  for (let first = 0; first < k; first += PANEL) {
    const size = Math.min(PANEL, k - first);
    const panel = { start: first, size, s: new Float64Array(size * size) };
    factorColumns(a, m, n, panel, first, size);
    applyTransposed(a, m, n, panel, first, size, first + size, n - first - size);
    panels.push(panel.s);
  }
  return { q: { m, k, v: unitLower(a, m, n, 0, k), panels }, r: upper(a, k, n) };
}

/** The reflections with these vectors, (k, m) one a row, and these taus. */
export function reflectionsOf(rows: Float64Array, taus: Float64Array, m: number): Reflections {
  const k = taus.length;
  const panels: Float64Array[] = [];
  for (let first = 0; first < k; first += PANEL) {
    const size = Math.min(PANEL, k - first);
    const a = { a: rows, lda: m, aOffset: first * m + first };
    const b = { b: rows, ldb: m, bOffset: a.aOffset, transposeB: true };
    const s = gemm({ m: size, n: size, k: m - first, ...a, ...b });
    for (let i = 0; i < size; i++) s[i * size + i] = 1 / taus[first + i];
    panels.push(s);
  }
  return { m, k, v: transpose(rows, k, m), panels };
}

/** The upper trapezoid of the first `k` rows of `a`. */
export function upper(a: Float64Array, k: number, n: number): Float64Array {
  const r = new Float64Array(k * n);
  for (let i = 0; i < k; i++) r.set(a.subarray(i * n + i, (i + 1) * n), i * n + i);
  return r;
}

interface Panel {
  start: number;
  size: number;
  s: Float64Array;
}

/** Factors columns [first, first + count) of a panel, from row `first` down, and fills that block of S. */
function factorColumns(
  a: Float64Array,
  m: number,
  lda: number,
  panel: Panel,
  first: number,
  count: number,
): void {
  if (count <= LEAF) {
    factorLeaf(a, m, lda, panel, first, count);
    return;
  }
  const left = count >> 1;
  const middle = first + left;
  factorColumns(a, m, lda, panel, first, left);
  applyTransposed(a, m, lda, panel, first, left, middle, count - left);
  factorColumns(a, m, lda, panel, middle, count - left);
  gemm({
    m: left,
    n: count - left,
    k: m - middle,
    a,
    lda,
    aOffset: middle * lda + first,
    transposeA: true,
    b: unitLower(a, m, lda, middle, count - left),
    c: panel.s,
    ldc: panel.size,
    cOffset: (first - panel.start) * panel.size + middle - panel.start,
  });
}

function factorLeaf(
  a: Float64Array,
  m: number,
  lda: number,
  { start, size, s }: Panel,
  first: number,
  count: number,
): void {
  const w = new Float64Array(count);
  for (let j = first; j < first + count; j++) {
    const corner = j * lda + j;
    const tau = reflector(a, corner, m - j, lda);
    applyReflector(a, corner, lda, m - j, tau, a, corner + 1, lda, first + count - j - 1, w);
    for (let c = first; c < j; c++) {
      let sum = a[j * lda + c];
      for (let i = j + 1; i < m; i++) sum += a[i * lda + c] * a[i * lda + j];
      s[(c - start) * size + j - start] = sum;
    }
    s[(j - start) * size + j - start] = 1 / tau;
  }
}

/** Columns [from, from + width) of `a`, rows `first` and below: multiplied by (I − V S⁻¹ Vᵀ)ᵀ in place. */
function applyTransposed(
  a: Float64Array,
  m: number,
  lda: number,
  { start, size, s }: Panel,
  first: number,
  count: number,
  from: number,
  width: number,
): void {
  if (width === 0) return;
  const v = unitLower(a, m, lda, first, count);
  const block = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const row = (first - start + i) * size + first - start;
    for (let j = i; j < count; j++) block[i * count + j] = s[row + j];
  }
  reflect(v, m - first, count, 0, count, block, a, lda, first * lda + from, width, true);
}

/** X −= V S⁻¹ Vᵀ X, or with S⁻ᵀ when `transposed`, for V (m, k) and X (m, n) where they lie. */
function reflect(
  v: Float64Array,
  m: number,
  k: number,
  vOffset: number,
  ldv: number,
  s: Float64Array,
  x: Float64Array,
  ldx: number,
  xOffset: number,
  n: number,
  transposed: boolean,
): void {
  const a = { a: v, lda: ldv, aOffset: vOffset };
  const projected = gemm({ m: k, n, k: m, ...a, transposeA: true, b: x, ldb: ldx, bOffset: xOffset });
  solveTriangular(s, k, projected, n, false, transposed);
  gemm({ m, n, k, alpha: -1, ...a, b: projected, c: x, ldc: ldx, cOffset: xOffset, beta: 1 });
}

/** The vectors of columns [first, first + count) as a (m − first, count) matrix with its ones and zeros. */
function unitLower(a: Float64Array, m: number, lda: number, first: number, count: number): Float64Array {
  const v = new Float64Array((m - first) * count);
  for (let i = 0; i < m - first; i++) {
    const row = (first + i) * lda + first;
    const stored = Math.min(i, count);
    for (let j = 0; j < stored; j++) v[i * count + j] = a[row + j];
    if (i < count) v[i * count + i] = 1;
  }
  return v;
}

/** Q X in place of X (m, n); `triangular`: below the diagonal X is 0, as it is in the identity. */
function multiplyByQ(q: Reflections, x: Float64Array, n: number, triangular: boolean): void {
  for (let i = q.panels.length - 1; i >= 0; i--) applyPanel(q, i, x, n, triangular, false);
}

function applyPanel(
  { m, k, v, panels }: Reflections,
  index: number,
  x: Float64Array,
  n: number,
  triangular: boolean,
  transposed: boolean,
): void {
  const first = index * PANEL;
  const size = Math.min(PANEL, k - first);
  const from = triangular ? first : 0;
  const place = first * n + from;
  reflect(v, m - first, size, first * k + first, k, panels[index], x, n, place, n - from, transposed);
}

/** The first k columns of Q: (m, k). */
export function formQ(q: Reflections): Float64Array {
  const out = new Float64Array(q.m * q.k);
  for (let i = 0; i < q.k; i++) out[i * q.k + i] = 1;
  multiplyByQ(q, out, q.k, true);
  return out;
}

/** Q · (X over 0) for X (k, n): (m, n). */
export function applyQ(q: Reflections, x: Float64Array, n: number): Float64Array {
  const out = new Float64Array(q.m * n);
  out.set(x.subarray(0, q.k * n));
  multiplyByQ(q, out, n, false);
  return out;
}

/** The first k rows of Qᵀ B for B (m, n), which is overwritten: (k, n). */
export function applyQTransposed(q: Reflections, b: Float64Array, n: number): Float64Array {
  for (let i = 0; i < q.panels.length; i++) applyPanel(q, i, b, n, false, true);
  return b.slice(0, q.k * n);
}
