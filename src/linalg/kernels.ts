/**
 * What a backend of this room provides: the contract between the public functions and the kernels behind them.
 *
 * The public functions check their input and scale it to a safe magnitude; a backend may rely on that. What is not
 * said to be done in place leaves its input as it is.
 */

import type { Product } from './product.js';

export interface Svd {
  /** (m, k), orthonormal columns, k = min(m, n). */
  u: Float64Array;
  /** (k), descending, ≥ 0. */
  s: Float64Array;
  /** (k, n), orthonormal rows. */
  vt: Float64Array;
}

export interface SymmetricEigen {
  /** (n), ascending. */
  values: Float64Array;
  /** (n, n): row i is the unit eigenvector of `values[i]`; its sign is arbitrary but repeatable. */
  vectors?: Float64Array;
}

export interface QrResult {
  /** (m, k), orthonormal columns, k = min(m, n). */
  q: Float64Array;
  /** (k, n), upper trapezoidal. */
  r: Float64Array;
  /** With `pivot`: column j of Q R is column `order[j]` of A. */
  order?: Int32Array;
}

export interface LeastSquares {
  /** (n, nRhs), the solution of least norm. */
  x: Float64Array;
  rank: number;
  /** (min(m, n)), descending. */
  singularValues: Float64Array;
}

export interface Backend {
  readonly description: BackendDescription;
  multiply(product: Product): void;
  /** A · Aᵀ for `rows` (nRows, nCols), exactly symmetric. */
  gram(rows: Float64Array, nRows: number, nCols: number): Float64Array;
  /** In place of `a`, the upper triangle set to 0. -1, or the index of the pivot that is not positive. */
  cholesky(a: Float64Array, n: number): number;
  /** Solves T X = B, or Tᵀ X = B, in place of `b` (n, nRhs). */
  solveTriangular(
    t: Float64Array,
    n: number,
    b: Float64Array,
    nRhs: number,
    lower: boolean,
    transpose: boolean,
  ): void;
  qr(a: Float64Array, m: number, n: number, pivot: boolean): QrResult;
  svd(a: Float64Array, m: number, n: number): Svd;
  singularValues(a: Float64Array, m: number, n: number): Float64Array;
  /** Reads the lower triangle. */
  symmetricEigen(a: Float64Array, n: number, vectors: boolean): SymmetricEigen;
  leastSquares(
    a: Float64Array,
    m: number,
    n: number,
    b: Float64Array,
    nRhs: number,
    rcond: number,
  ): LeastSquares;
}

export interface BackendDescription {
  name: 'portable' | 'lapack';
  /** What was loaded. */
  library?: string;
  /** What the library says of itself, if it says anything. */
  configuration?: string;
  /** How many threads it computes with, if it tells. */
  threads?: number;
}
