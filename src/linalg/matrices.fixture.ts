/** Shared by the tests of this room: repeatable matrices and the error measures of LAPACK's test suite. */

import { gemm } from './gemm.js';
import { transpose } from './vectors.js';

/** Numbers in [−1, 1) from a linear congruential generator: repeatable, good enough for test matrices. */
export function testMatrix(nRows: number, nCols: number, seed = 1): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: nRows * nCols }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** 1 / (i + j + 1): condition number beyond 1e16 from n = 13. */
export function hilbert(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => 1 / (Math.floor(at / n) + (at % n) + 1));
}

/** The product by its definition. */
export function product(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) c[i * n + j] += a[i * k + p] * b[p * n + j];
    }
  }
  return c;
}

export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

export function frobenius(a: Float64Array): number {
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest === 0 ? 0 : largest * Math.sqrt(a.reduce((sum, value) => sum + (value / largest) ** 2, 0));
}

/** ‖A − B‖ / (‖A‖ · max(sizes) · eps), Frobenius; 0 for two zeros. LAPACK's suite accepts up to 30. */
export function residual(a: Float64Array, b: Float64Array, size: number): number {
  if (a.length !== b.length) return Infinity;
  const error = frobenius(a.map((value, i) => value - b[i]));
  return error === 0 ? 0 : error / (frobenius(a) * Math.max(1, size) * Number.EPSILON);
}

/** ‖QᵀQ − I‖ / (max(m, n) · eps) for the columns of Q (m, n). */
export function orthogonality(q: Float64Array, m: number, n: number): number {
  const gramMatrix = gemm({ m: n, n, k: m, a: transpose(q, m, n), b: q });
  for (let i = 0; i < n; i++) gramMatrix[i * n + i] -= 1;
  return frobenius(gramMatrix) / (Math.max(1, m, n) * Number.EPSILON);
}
