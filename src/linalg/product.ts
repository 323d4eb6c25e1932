/** What a matrix product is asked for with, and the check that the arrays are long enough for it. */

import { ShapeError } from '../errors.js';
import { checkSize } from './checks.js';

export interface GemmOptions {
  /** Rows of op(A) and C. */
  m: number;
  /** Columns of op(B) and C. */
  n: number;
  /** Columns of op(A), rows of op(B). */
  k: number;
  /** (m, k), or (k, m) with `transposeA`. */
  a: Float64Array;
  /** (k, n), or (n, k) with `transposeB`. */
  b: Float64Array;
  /** (m, n), overwritten; a new array by default. May lie in the same array as `a` or `b`, not overlap them. */
  c?: Float64Array;
  transposeA?: boolean;
  transposeB?: boolean;
  /** Default 1. */
  alpha?: number;
  /** Default 0: the former content of `c` is not looked at (may be NaN). */
  beta?: number;
  /** Distance between stored rows; by default the stored number of columns. */
  lda?: number;
  ldb?: number;
  ldc?: number;
  /** Index of the first entry. Default 0. */
  aOffset?: number;
  bOffset?: number;
  cOffset?: number;
}

/** A product with nothing left open, all of it inside its arrays. */
export type Product = Required<GemmOptions>;

/** Fills in the defaults. Throws `ShapeError` when an array is too short for the sizes. */
export function checkedProduct(options: GemmOptions): Product {
  const { m, n, k, a, b, transposeA = false, transposeB = false } = options;
  checkSize('m', m);
  checkSize('n', n);
  checkSize('k', k);
  const { lda = transposeA ? m : k, ldb = transposeB ? k : n, ldc = n } = options;
  const { c = new Float64Array(m * n), alpha = 1, beta = 0, aOffset = 0, bOffset = 0, cOffset = 0 } = options;
  if (transposeA) checkStored('a', a, k, m, lda, aOffset);
  else checkStored('a', a, m, k, lda, aOffset);
  if (transposeB) checkStored('b', b, n, k, ldb, bOffset);
  else checkStored('b', b, k, n, ldb, bOffset);
  checkStored('c', c, m, n, ldc, cOffset);
  return { m, n, k, a, b, c, transposeA, transposeB, alpha, beta, lda, ldb, ldc, aOffset, bOffset, cOffset };
}

function checkStored(
  name: string,
  data: Float64Array,
  nRows: number,
  nCols: number,
  lead: number,
  offset: number,
): void {
  checkSize(`offset of ${name}`, offset);
  checkSize(`ld${name}`, lead);
  if (lead < nCols) throw new ShapeError(`ld${name}`, `at least ${nCols}`, String(lead));
  const needed = nRows && nCols ? offset + (nRows - 1) * lead + nCols : 0;
  if (data.length < needed) {
    throw new ShapeError(name, `${nRows} × ${nCols} (${needed} values)`, `${data.length} values`);
  }
}
