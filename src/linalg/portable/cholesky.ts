/** Cholesky factorisation by blocks of columns. */

import { dot } from '../vectors.js';
import { gemm } from './product.js';

const BLOCK = 48;

/** A = L Lᵀ in place of the lower triangle of `a` (n, n). -1, or the index of the pivot that is not positive. */
export function cholesky(a: Float64Array, n: number): number {
  for (let first = 0; first < n; first += BLOCK) {
    const size = Math.min(BLOCK, n - first);
    if (first > 0) {
      // What the columns already done take from this block of columns.
      const rest = n - first;
      gemm({
        m: rest,
        n: size,
        k: first,
        alpha: -1,
        a,
        lda: n,
        aOffset: first * n,
        b: a,
        ldb: n,
        bOffset: first * n,
        transposeB: true,
        c: a,
        ldc: n,
        cOffset: first * n + first,
        beta: 1,
      });
    }
    for (let i = first; i < n; i++) {
      const row = i * n;
      const width = Math.min(i, first + size);
      for (let j = first; j < width; j++) {
        a[row + j] = (a[row + j] - dot(a, row + first, a, j * n + first, j - first)) / a[j * n + j];
      }
      if (i >= first + size) continue;
      const pivot = a[row + i] - dot(a, row + first, a, row + first, i - first);
      if (!(pivot > 0)) return i;
      a[row + i] = Math.sqrt(pivot);
    }
  }
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n);
  return -1;
}
