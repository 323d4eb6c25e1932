/**
 * Matrix products in portable TypeScript.
 *
 * Operands are cut into blocks that fit the cache, packed into panels of 4 and multiplied tile by tile
 * (Goto & van de Geijn 2008, doi:10.1145/1356052.1356053). Small products and products with a vector are
 * done directly: packing would cost more than it saves.
 */

import { checkedProduct, type GemmOptions, type Product } from '../product.js';
import { axpy, dot, transposeEight } from '../vectors.js';
import { BLOCK_COLS, BLOCK_K, BLOCK_ROWS, type Kernel, plainKernel, TILE } from './kernel.js';
import { wasmKernel } from './kernel-wasm.js';

/** A matrix as it lies in memory: entry (i, j) is `data[offset + i * rowStep + j * colStep]`. */
interface View {
  data: Float64Array;
  offset: number;
  rowStep: number;
  colStep: number;
}

/** C = alpha · op(A) · op(B) + beta · C. */
export function multiply(product: Product): void {
  const { m, n, k, alpha, beta } = product;
  const a = view(product.a, product.aOffset, product.lda, product.transposeA);
  const b = view(product.b, product.bOffset, product.ldb, product.transposeB);
  const c = view(product.c, product.cOffset, product.ldc, false);
  scale(c, m, n, beta);
  if (m < TILE || n < TILE || m * n * k < DIRECT_LIMIT) multiplyDirectly(m, n, k, alpha, a, b, c);
  else multiplyPacked(m, n, k, alpha, a, b, c);
}

/** `multiply` with defaults, for the decompositions of this folder. Returns C. */
export function gemm(options: GemmOptions): Float64Array {
  const product = checkedProduct(options);
  multiply(product);
  return product.c;
}

/** Products of fewer multiplications than this are not worth packing. */
const DIRECT_LIMIT = 2000;

/** A · Aᵀ for `rows` (nRows, nCols), from its lower triangle. */
export function gram(rows: Float64Array, nRows: number, nCols: number): Float64Array {
  const c = new Float64Array(nRows * nRows);
  const a: View = { data: rows, offset: 0, rowStep: nCols, colStep: 1 };
  const at: View = { data: rows, offset: 0, rowStep: 1, colStep: nCols };
  const out: View = { data: c, offset: 0, rowStep: nRows, colStep: 1 };
  multiplyPacked(nRows, nRows, nCols, 1, a, at, out, true);
  return mirrorLower(c, nRows);
}

/** Copies the lower triangle of the (n, n) matrix `c` to the upper. Returns `c`. */
export function mirrorLower(c: Float64Array, n: number): Float64Array {
  for (let first = 0; first < n; first += 8) {
    const last = Math.min(n, first + 8);
    const whole = last - first === 8;
    if (whole) transposeEight(c, first * n, n, c, first, n, first);
    for (let i = first; i < last; i++) {
      for (let j = whole ? first : 0; j < i; j++) c[j * n + i] = c[i * n + j];
    }
  }
  return c;
}

const view = (data: Float64Array, offset: number, lead: number, transposed: boolean): View => ({
  data,
  offset,
  rowStep: transposed ? 1 : lead,
  colStep: transposed ? lead : 1,
});

function scale({ data, offset, rowStep }: View, m: number, n: number, beta: number): void {
  if (beta === 1) return;
  for (let i = 0; i < m; i++) {
    const start = offset + i * rowStep;
    if (beta === 0) data.fill(0, start, start + n);
    else for (let p = start; p < start + n; p++) data[p] *= beta;
  }
}

/** Row by row of C when the rows of B lie contiguous, else as dot products; the sides swap for a vector C. */
function multiplyDirectly(m: number, n: number, k: number, alpha: number, a: View, b: View, c: View): void {
  if (n === 1 && m > 1) {
    multiplyDirectly(1, m, k, alpha, flip(b), flip(a), flip(c));
    return;
  }
  if (n < TILE && m >= TILE && n > 1) {
    multiplyByColumns(m, n, k, alpha, a, b, c);
    return;
  }
  for (let i = 0; i < m; i++) {
    const aRow = a.offset + i * a.rowStep;
    const cRow = c.offset + i * c.rowStep;
    if (b.colStep === 1 && c.colStep === 1) {
      for (let p = 0; p < k; p++) {
        axpy(alpha * a.data[aRow + p * a.colStep], b.data, b.offset + p * b.rowStep, c.data, cRow, n);
      }
    } else {
      for (let j = 0; j < n; j++) {
        c.data[cRow + j * c.colStep] += alpha * along(k, a, aRow, b, b.offset + j * b.colStep);
      }
    }
  }
}

/** A long matrix times few columns: one column at a time, made contiguous, runs at the speed of memory. */
function multiplyByColumns(m: number, n: number, k: number, alpha: number, a: View, b: View, c: View): void {
  const column = new Float64Array(k);
  const products = new Float64Array(m);
  const from: View = { data: column, offset: 0, rowStep: k, colStep: 1 };
  const to: View = { data: products, offset: 0, rowStep: m, colStep: 1 };
  for (let j = 0; j < n; j++) {
    for (let p = 0; p < k; p++) column[p] = b.data[b.offset + p * b.rowStep + j * b.colStep];
    products.fill(0);
    multiplyDirectly(1, m, k, alpha, from, flip(a), to);
    for (let i = 0; i < m; i++) c.data[c.offset + i * c.rowStep + j * c.colStep] += products[i];
  }
}

/** The dot product of a row of A and a column of B. */
function along(k: number, a: View, aRow: number, b: View, bColumn: number): number {
  if (a.colStep === 1 && b.rowStep === 1) return dot(a.data, aRow, b.data, bColumn, k);
  let sum = 0;
  for (let p = 0; p < k; p++) sum += a.data[aRow + p * a.colStep] * b.data[bColumn + p * b.rowStep];
  return sum;
}

const flip = ({ data, offset, rowStep, colStep }: View): View => ({
  data,
  offset,
  rowStep: colStep,
  colStep: rowStep,
});

let kernel: Kernel | undefined;

/** Blocked product added to C; with `lower`, only tiles that meet the lower triangle of C are computed. */
function multiplyPacked(
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: View,
  b: View,
  c: View,
  lower = false,
): void {
  kernel ??= wasmKernel() ?? plainKernel();
  const columns = flip(b);
  for (let j0 = 0; j0 < n; j0 += BLOCK_COLS) {
    const nCols = Math.min(BLOCK_COLS, n - j0);
    for (let p0 = 0; p0 < k; p0 += BLOCK_K) {
      const nSteps = Math.min(BLOCK_K, k - p0);
      pack(columns, j0, nCols, p0, nSteps, kernel.panelsB);
      for (let i0 = lower ? j0 : 0; i0 < m; i0 += BLOCK_ROWS) {
        const nRows = Math.min(BLOCK_ROWS, m - i0);
        // Rows of A and columns of Aᵀ pack alike.
        if (lower && i0 + nRows <= j0 + nCols) {
          const start = (i0 - j0) * nSteps;
          kernel.panelsA.set(kernel.panelsB.subarray(start, start + roundUp(nRows) * nSteps));
        } else {
          pack(a, i0, nRows, p0, nSteps, kernel.panelsA);
        }
        for (let i = 0; i < nRows; i += TILE) {
          const width = lower ? Math.min(nCols, i0 + i + TILE - j0) : nCols;
          kernel.run(i * nSteps, Math.ceil(width / TILE), nSteps);
          addTiles(kernel.tiles, alpha, c, i0 + i, Math.min(TILE, nRows - i), j0, width);
        }
      }
    }
  }
}

/** The next multiple of `TILE`. */
const roundUp = (n: number): number => Math.ceil(n / TILE) * TILE;

/** Rows [i0, i0 + nRows) and columns [p0, p0 + nSteps) of `a` into panels of 4 rows, the last padded by 0. */
function pack(a: View, i0: number, nRows: number, p0: number, nSteps: number, panels: Float64Array): void {
  const { data, rowStep, colStep } = a;
  const start = a.offset + i0 * rowStep + p0 * colStep;
  for (let i = 0; i < nRows; i += TILE) {
    const panel = i * nSteps;
    const r0 = start + i * rowStep;
    if (i + TILE <= nRows) {
      const r1 = r0 + rowStep;
      const r2 = r1 + rowStep;
      const r3 = r2 + rowStep;
      for (let p = 0, q = panel, s = 0; p < nSteps; p++, q += TILE, s += colStep) {
        panels[q] = data[r0 + s];
        panels[q + 1] = data[r1 + s];
        panels[q + 2] = data[r2 + s];
        panels[q + 3] = data[r3 + s];
      }
    } else {
      for (let p = 0; p < nSteps; p++) {
        for (let r = 0; r < TILE; r++) {
          panels[panel + p * TILE + r] = i + r < nRows ? data[r0 + r * rowStep + p * colStep] : 0;
        }
      }
    }
  }
}

/** C[i0.., j0..] += alpha · the row of tiles just computed. */
function addTiles(
  tiles: Float64Array,
  alpha: number,
  c: View,
  i0: number,
  nRows: number,
  j0: number,
  nCols: number,
): void {
  const { data, rowStep } = c;
  for (let r = 0; r < nRows; r++) {
    const row = c.offset + (i0 + r) * rowStep + j0;
    const whole = nCols - (nCols % TILE);
    for (let j = 0, p = row, q = r * TILE; j < whole; j += TILE, p += TILE, q += TILE * TILE) {
      data[p] += alpha * tiles[q];
      data[p + 1] += alpha * tiles[q + 1];
      data[p + 2] += alpha * tiles[q + 2];
      data[p + 3] += alpha * tiles[q + 3];
    }
    for (let j = whole; j < nCols; j++) data[row + j] += alpha * tiles[(whole + r) * TILE + j - whole];
  }
}
