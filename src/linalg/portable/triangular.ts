/** Triangular systems with many right-hand sides, in blocks whose off-diagonal part is a matrix product. */

import { axpy, dot } from '../vectors.js';
import { gemm } from './product.js';

const BLOCK = 16;

/** Solves T X = B, or Tᵀ X = B, in place of `b` (n, nRhs). */
export function solveTriangular(
  t: Float64Array,
  n: number,
  b: Float64Array,
  nRhs: number,
  lower: boolean,
  transpose: boolean,
): void {
  // Lower T and transposed upper T are solved from the top down, the other two from the bottom up.
  const down = lower !== transpose;
  const nBlocks = Math.ceil(n / BLOCK);
  for (let step = 0; step < nBlocks; step++) {
    const first = (down ? step : nBlocks - 1 - step) * BLOCK;
    const size = Math.min(BLOCK, n - first);
    solveDiagonalBlock(t, n, first, size, b, nRhs, down, transpose);
    const restStart = down ? first + size : 0;
    const rest = down ? n - first - size : first;
    if (rest === 0) continue;
    gemm({
      m: rest,
      n: nRhs,
      k: size,
      alpha: -1,
      a: t,
      lda: n,
      aOffset: transpose ? first * n + restStart : restStart * n + first,
      transposeA: transpose,
      b,
      ldb: nRhs,
      bOffset: first * nRhs,
      c: b,
      ldc: nRhs,
      cOffset: restStart * nRhs,
      beta: 1,
    });
  }
}

function solveDiagonalBlock(
  t: Float64Array,
  n: number,
  first: number,
  size: number,
  b: Float64Array,
  nRhs: number,
  down: boolean,
  transpose: boolean,
): void {
  const last = first + size;
  for (let step = 0; step < size; step++) {
    const i = down ? first + step : last - 1 - step;
    const from = down ? first : i + 1;
    const to = down ? i : last;
    if (nRhs === 1 && !transpose) {
      b[i] -= dot(t, i * n + from, b, from, to - from);
    } else {
      for (let j = from; j < to; j++)
        axpy(-t[transpose ? j * n + i : i * n + j], b, j * nRhs, b, i * nRhs, nRhs);
    }
    const pivot = t[i * n + i];
    for (let q = i * nRhs; q < (i + 1) * nRhs; q++) b[q] /= pivot;
  }
}
