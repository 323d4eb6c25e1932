/**
 * Householder reflections and the blocked QR factorisation built from them.
 *
 * A product of reflections H₁ H₂ … is kept as I − V S⁻¹ Vᵀ: the columns of V are their vectors, S is upper
 * triangular with vᵢᵀvⱼ above the diagonal and 1/tau on it, infinite where H = I (Joffrain et al. 2006,
 * doi:10.1145/1141885.1141886). The columns are halved recursively so that nearly all work is matrix products
 * (Elmroth & Gustavson 2000, doi:10.1147/rd.444.0605).
 */

import { gemm } from './gemm.js';
import { solveTriangular } from './triangular.js';
import { norm2 } from './vectors.js';

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

/** A = Q R with Q = the first columns of I − V S⁻¹ Vᵀ. */
export interface Reflections {
  m: number;
  /** min(m, n), the number of reflections. */
  k: number;
  /** (m, k): column j is the j-th vector, with 1 in row j and 0 above. */
  v: Float64Array;
  /** (k, k), upper triangular. */
  s: Float64Array;
  /** (k, n), upper trapezoidal. */
  r: Float64Array;
}

/** Columns up to which reflections are applied one at a time. */
const LEAF = 6;

/** Factors the (m, n) matrix `a`, which is overwritten. The input is taken as finite and of safe magnitude. */
export function factor(a: Float64Array, m: number, n: number): Reflections {
  const k = Math.min(m, n);
  const s = new Float64Array(k * k);
  factorColumns(a, m, n, 0, k, s, k);
  if (n > k) applyTransposed(a, m, n, 0, k, s, k, k, n - k);
  const r = new Float64Array(k * n);
  for (let i = 0; i < k; i++) r.set(a.subarray(i * n + i, (i + 1) * n), i * n + i);
  return { m, k, v: unitLower(a, m, n, 0, k), s, r };
}

/** Factors columns [first, first + count), from row `first` down, and fills that diagonal block of `s`. */
function factorColumns(
  a: Float64Array,
  m: number,
  lda: number,
  first: number,
  count: number,
  s: Float64Array,
  lds: number,
): void {
  if (count <= LEAF) {
    factorLeaf(a, m, lda, first, count, s, lds);
    return;
  }
  const left = count >> 1;
  const middle = first + left;
  factorColumns(a, m, lda, first, left, s, lds);
  applyTransposed(a, m, lda, first, left, s, lds, middle, count - left);
  factorColumns(a, m, lda, middle, count - left, s, lds);
  gemm({
    m: left,
    n: count - left,
    k: m - middle,
    a,
    lda,
    aOffset: middle * lda + first,
    transposeA: true,
    b: unitLower(a, m, lda, middle, count - left),
    c: s,
    ldc: lds,
    cOffset: first * lds + middle,
  });
}

function factorLeaf(
  a: Float64Array,
  m: number,
  lda: number,
  first: number,
  count: number,
  s: Float64Array,
  lds: number,
): void {
  const w = new Float64Array(count);
  for (let j = first; j < first + count; j++) {
    const corner = j * lda + j;
    const tau = reflector(a, corner, m - j, lda);
    applyReflector(a, corner, lda, m - j, tau, a, corner + 1, lda, first + count - j - 1, w);
    for (let c = first; c < j; c++) {
      let sum = a[j * lda + c];
      for (let i = j + 1; i < m; i++) sum += a[i * lda + c] * a[i * lda + j];
      s[c * lds + j] = sum;
    }
    s[j * lds + j] = 1 / tau;
  }
}

/** Columns [from, from + width) of `a`, rows `first` and below: multiplied by (I − V S⁻¹ Vᵀ)ᵀ in place. */
function applyTransposed(
  a: Float64Array,
  m: number,
  lda: number,
  first: number,
  count: number,
  s: Float64Array,
  lds: number,
  from: number,
  width: number,
): void {
  const v = unitLower(a, m, lda, first, count);
  const block = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) block[i * count + j] = s[(first + i) * lds + first + j];
  }
  const target = { c: a, ldc: lda, cOffset: first * lda + from, n: width };
  reflect({ m: m - first, k: count, v, s: block }, a, lda, target.cOffset, target, true);
}

/** C −= V S⁻¹ Vᵀ B, or with S⁻ᵀ when `transposed`; B is (m, n) at `bOffset` of `b`. */
function reflect(
  { m, k, v, s }: Omit<Reflections, 'r'>,
  b: Float64Array,
  ldb: number,
  bOffset: number,
  c: { c: Float64Array; ldc: number; cOffset: number; n: number },
  transposed: boolean,
  bRows = m,
): void {
  const projected = gemm({ m: k, n: c.n, k: bRows, a: v, lda: k, transposeA: true, b, ldb, bOffset });
  solveTriangular(s, k, projected, c.n, { triangle: 'upper', transpose: transposed });
  gemm({ ...c, m, k, alpha: -1, a: v, b: projected, beta: 1 });
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

/** Q · X for X (k, n): (m, n). With X = I this is Q itself. */
export function applyQ(q: Reflections, x: Float64Array, n: number): Float64Array {
  const out = new Float64Array(q.m * n);
  out.set(x.subarray(0, q.k * n));
  reflect(q, x, n, 0, { c: out, ldc: n, cOffset: 0, n }, false, q.k);
  return out;
}

/** Qᵀ · B for B (m, n): (k, n). */
export function applyQTransposed(q: Reflections, b: Float64Array, n: number): Float64Array {
  const out = b.slice(0, q.m * n);
  reflect(q, b, n, 0, { c: out, ldc: n, cOffset: 0, n }, true);
  return out.slice(0, q.k * n);
}
