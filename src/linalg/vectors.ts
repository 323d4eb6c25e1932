/** Level-1 kernels on slices of a Float64Array: dot product, scaled addition, norm. */

/** Σ a[aOffset + i] · b[bOffset + i] over `n` entries, in four interleaved partial sums (order is fixed). */
export function dot(a: Float64Array, aOffset: number, b: Float64Array, bOffset: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const p = aOffset + i;
    const q = bOffset + i;
    s0 += a[p] * b[q];
    s1 += a[p + 1] * b[q + 1];
    s2 += a[p + 2] * b[q + 2];
    s3 += a[p + 3] * b[q + 3];
  }
  for (; i < n; i++) s0 += a[aOffset + i] * b[bOffset + i];
  return s0 + s1 + (s2 + s3);
}

/** y[yOffset + i] += alpha · x[xOffset + i] over `n` entries. */
export function axpy(
  alpha: number,
  x: Float64Array,
  xOffset: number,
  y: Float64Array,
  yOffset: number,
  n: number,
): void {
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const p = xOffset + i;
    const q = yOffset + i;
    y[q] += alpha * x[p];
    y[q + 1] += alpha * x[p + 1];
    y[q + 2] += alpha * x[p + 2];
    y[q + 3] += alpha * x[p + 3];
  }
  for (; i < n; i++) y[yOffset + i] += alpha * x[xOffset + i];
}

/** Sums of squares outside this range may have lost digits to underflow or overflowed. */
const SAFE_SQUARES = 1e-270;

/** Euclidean norm of `n` entries `stride` apart, without avoidable overflow or underflow. */
export function norm2(x: Float64Array, offset: number, n: number, stride = 1): number {
  let squares = 0;
  for (let i = 0, p = offset; i < n; i++, p += stride) squares += x[p] * x[p];
  if (squares > SAFE_SQUARES && squares < 1 / SAFE_SQUARES) return Math.sqrt(squares);
  let largest = 0;
  for (let i = 0, p = offset; i < n; i++, p += stride) largest = Math.max(largest, Math.abs(x[p]));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  squares = 0;
  for (let i = 0, p = offset; i < n; i++, p += stride) squares += (x[p] / largest) ** 2;
  return largest * Math.sqrt(squares);
}

/** The (nCols, nRows) transpose of the (nRows, nCols) matrix `a`. */
export function transpose(a: Float64Array, nRows: number, nCols: number): Float64Array {
  const t = new Float64Array(nRows * nCols);
  const whole = nRows & ~7;
  for (let i = 0; i < whole; i += 8) transposeEight(a, i * nCols, nCols, t, i, nRows, nCols);
  for (let i = whole; i < nRows; i++) for (let j = 0; j < nCols; j++) t[j * nRows + i] = a[i * nCols + j];
  return t;
}

/**
 * The first `n` entries of eight rows, at `p` and `lda` apart, to eight columns, at `q` and their rows `ldt` apart:
 * eight numbers fill a cache line.
 */
export function transposeEight(
  a: Float64Array,
  p: number,
  lda: number,
  t: Float64Array,
  q: number,
  ldt: number,
  n: number,
): void {
  for (let j = 0; j < n; j++, p++, q += ldt) {
    t[q] = a[p];
    t[q + 1] = a[p + lda];
    t[q + 2] = a[p + 2 * lda];
    t[q + 3] = a[p + 3 * lda];
    t[q + 4] = a[p + 4 * lda];
    t[q + 5] = a[p + 5 * lda];
    t[q + 6] = a[p + 6 * lda];
    t[q + 7] = a[p + 7 * lda];
  }
}
