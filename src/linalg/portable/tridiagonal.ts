/** Symmetric matrix → tridiagonal by Householder reflections, half of the work in matrix products. */

import { transpose } from '../vectors.js';
import { type Reflections, reflectionsOf, reflector } from './householder.js';
import { gemm } from './product.js';
import { type Workspace, workspace } from './rows.js';

export interface Tridiagonal {
  /** (n), the diagonal. */
  d: Float64Array;
  /** (n), the off-diagonal, the last entry 0. */
  e: Float64Array;
  /** The (n − 1) × (n − 1) Q' of Q = diag(1, Q'), A = Q T Qᵀ. */
  q: Reflections;
}

/** Columns reduced before the rest of the matrix is brought up to date. */
const PANEL = 32;
/** Rows brought up to date at a time; below the diagonal more than needed is computed. */
const SLAB = 96;

/**
 * Reduces A = Q T Qᵀ; the lower triangle of `a` (n, n) is read. As LAPACK's dlatrd (Dongarra, Hammarling &
 * Sorensen 1989, doi:10.1016/0377-0427(89)90367-1): A − V Wᵀ − W Vᵀ is formed a panel at a time.
 */
export function tridiagonalise(a: Float64Array, n: number): Tridiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const size = Math.max(0, n - 1);
  const taus = new Float64Array(size);
  const vectors = new Float64Array(size * size);
  const work = workspace(n * n + 2 * PANEL * n + 2 * PANEL);
  // The upper triangle, because there what a reflection folds lies side by side.
  const matrix = work.put(transpose(a, n, n));
  // Vectors v of the panel, one a row, and below them w.
  const v = work.reserve(2 * PANEL * n);
  const w = v + PANEL * n;
  const products = work.reserve(2 * PANEL);
  const { heap } = work;
  for (let first = 0; first < n; first += PANEL) {
    const count = Math.min(PANEL, n - first);
    for (let i = 0; i < count; i++) {
      const at = first + i;
      const row = matrix + at * n;
      const rest = n - at - 1;
      // What the panel so far takes from this row.
      work.addTransposedTimes(v + at, n, i, rest + 1, w + at, n, -1, row + at);
      work.addTransposedTimes(w + at, n, i, rest + 1, v + at, n, -1, row + at);
      d[at] = heap[row + at];
      if (rest === 0) break;
      const tau = reflector(heap, row + at + 1, rest, 1);
      e[at] = heap[row + at + 1];
      taus[at] = tau;
      heap.fill(0, v + i * n + first, v + i * n + at + 1);
      heap.copyWithin(v + i * n + at + 1, row + at + 1, row + n);
      heap[v + i * n + at + 1] = 1;
      vectors.set(work.at(v + i * n + at + 1, rest), at * size + at);
      companion(work, matrix, n, at, i, tau, v, w, products);
    }
    update(work, matrix, n, first + count, count, v, w);
  }
  return { d, e, q: reflectionsOf(vectors, taus, size) };
}

/** Row i of W for row i of V: tau (A − V Wᵀ − W Vᵀ) v, less tau / 2 times its part along v. */
function companion(
  work: Workspace,
  matrix: number,
  n: number,
  at: number,
  i: number,
  tau: number,
  v: number,
  w: number,
  products: number,
): void {
  const { heap } = work;
  const from = at + 1;
  const rest = n - from;
  const vi = v + i * n + from;
  const wi = w + i * n + from;
  heap.fill(0, w + i * n, wi);
  work.symmetricTimes(matrix + from * n + from, n, rest, vi, wi);
  work.times(v + from, n, i, rest, vi, products);
  work.times(w + from, n, i, rest, vi, products + PANEL);
  work.addTransposedTimes(v + from, n, i, rest, products + PANEL, 1, -1, wi);
  work.addTransposedTimes(w + from, n, i, rest, products, 1, -1, wi);
  work.times(wi, n, 1, rest, vi, products);
  const along = (-tau / 2) * tau * heap[products];
  for (let j = 0; j < rest; j++) heap[wi + j] = tau * heap[wi + j] + along * heap[vi + j];
}

/** The upper triangle from row and column `from` on: A −= V Wᵀ + W Vᵀ. */
function update(
  { heap }: Workspace,
  matrix: number,
  n: number,
  from: number,
  count: number,
  v: number,
  w: number,
): void {
  for (let row = from; row < n; row += SLAB) {
    const c = { c: heap, ldc: n, cOffset: matrix + row * n + row, beta: 1 };
    const size = { m: Math.min(SLAB, n - row), n: n - row, k: count, alpha: -1 };
    const a = { a: heap, lda: n, transposeA: true };
    const b = { b: heap, ldb: n };
    gemm({ ...size, ...a, aOffset: v + row, ...b, bOffset: w + row, ...c });
    gemm({ ...size, ...a, aOffset: w + row, ...b, bOffset: v + row, ...c });
  }
}
