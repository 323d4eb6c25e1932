/** Matrix → upper bidiagonal by Householder reflections, half of the work in matrix products. */

import { type Reflections, reflectionsOf, reflector } from './householder.js';
import { gemm } from './product.js';
import { workspace } from './rows.js';

export interface Bidiagonal {
  /** (n), the diagonal. */
  d: Float64Array;
  /** (n), above the diagonal, the last entry 0. */
  e: Float64Array;
  /** U and the (n − 1) × (n − 1) V' of V = diag(1, V'), A = U B Vᵀ. */
  left: Reflections;
  right: Reflections;
}

/** Columns reduced before the rest of the matrix is brought up to date. */
const PANEL = 32;

/**
 * Reduces A = U B Vᵀ for `a` (m, n), m ≥ n. As LAPACK's dlabrd (Dongarra, Hammarling & Sorensen 1989,
 * doi:10.1016/0377-0427(89)90367-1): A − U Yᵀ − X Vᵀ is formed a panel at a time.
 */
export function bidiagonalise(a: Float64Array, m: number, n: number): Bidiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const inner = Math.max(0, n - 1);
  const leftTaus = new Float64Array(n);
  const rightTaus = new Float64Array(inner);
  const leftVectors = new Float64Array(n * m);
  const rightVectors = new Float64Array(inner * inner);
  const work = workspace(m * n + 2 * PANEL * (m + n) + 2 * PANEL + m);
  const matrix = work.put(a.subarray(0, m * n));
  // One a row: u and below them x, (·, m); y and below them v, (·, n).
  const u = work.reserve(2 * PANEL * m);
  const x = u + PANEL * m;
  const y = work.reserve(2 * PANEL * n);
  const v = y + PANEL * n;
  const products = work.reserve(PANEL);
  const { heap } = work;
  for (let first = 0; first < n; first += PANEL) {
    const count = Math.min(PANEL, n - first);
    for (let i = 0; i < count; i++) {
      const at = first + i;
      const height = m - at;
      const width = n - at - 1;
      const right = at + 1;
      // The column, brought up to date, and its reflection.
      const ui = u + i * m + at;
      for (let r = 0, p = matrix + at * n + at; r < height; r++, p += n) heap[ui + r] = heap[p];
      work.addTransposedTimes(u + at, m, i, height, y + at, n, -1, ui);
      work.addTransposedTimes(x + at, m, i, height, v + at, n, -1, ui);
      leftTaus[at] = reflector(heap, ui, height, 1);
      d[at] = heap[ui];
      heap[ui] = 1;
      leftVectors.set(work.at(ui, height), at * m + at);
      if (width === 0) break;
      // y = tau (A − U Yᵀ − X Vᵀ)ᵀ u
      const yi = y + i * n + right;
      heap.fill(0, yi, yi + width);
      work.addTransposedTimes(matrix + at * n + right, n, height, width, ui, 1, 1, yi);
      work.times(u + at, m, i, height, ui, products);
      work.addTransposedTimes(y + right, n, i, width, products, 1, -1, yi);
      work.times(x + at, m, i, height, ui, products);
      work.addTransposedTimes(v + right, n, i, width, products, 1, -1, yi);
      for (let j = 0; j < width; j++) heap[yi + j] *= leftTaus[at];
      // The row, and its reflection.
      const vi = v + i * n + right;
      heap.copyWithin(vi, matrix + at * n + right, matrix + right * n);
      work.addTransposedTimes(y + right, n, i + 1, width, u + at, m, -1, vi);
      work.addTransposedTimes(v + right, n, i, width, x + at, m, -1, vi);
      rightTaus[at] = reflector(heap, vi, width, 1);
      e[at] = heap[vi];
      heap[vi] = 1;
      rightVectors.set(work.at(vi, width), at * inner + at);
      // x = tau (A − U Yᵀ − X Vᵀ) v
      const xi = x + i * m + right;
      work.times(matrix + right * n + right, n, height - 1, width, vi, xi);
      work.times(y + right, n, i + 1, width, vi, products);
      work.addTransposedTimes(u + right, m, i + 1, height - 1, products, 1, -1, xi);
      work.times(v + right, n, i, width, vi, products);
      work.addTransposedTimes(x + right, m, i, height - 1, products, 1, -1, xi);
      for (let r = 0; r < height - 1; r++) heap[xi + r] *= rightTaus[at];
    }
    const rest = first + count;
    if (rest === n) break;
    const c = { c: heap, ldc: n, cOffset: matrix + rest * n + rest, beta: 1 };
    const left = { a: heap, lda: m, aOffset: u + rest, transposeA: true };
    const both = { b: heap, ldb: n, bOffset: y + rest };
    gemm({ m: m - rest, n: n - rest, k: 2 * PANEL, alpha: -1, ...left, ...both, ...c });
  }
  return {
    d,
    e,
    left: reflectionsOf(leftVectors, leftTaus, m),
    right: reflectionsOf(rightVectors, rightTaus, inner),
  };
}
