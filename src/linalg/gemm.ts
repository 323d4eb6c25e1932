/** Matrix products: C = alpha · op(A) · op(B) + beta · C, and the Gram matrix A · Aᵀ. */

import { backend } from './backend.js';
import { checkMatrix } from './checks.js';
import { checkedProduct, type GemmOptions } from './product.js';

/**
 * C = alpha · op(A) · op(B) + beta · C. Returns `c`. NaN and infinities go through as in IEEE arithmetic.
 * Throws `ShapeError` when an array is too short for the sizes.
 */
export function gemm(options: GemmOptions): Float64Array {
  const product = checkedProduct(options);
  backend().multiply(product);
  return product.c;
}

/** A · Aᵀ for `rows` (nRows, nCols): (nRows, nRows), exactly symmetric. */
export function gram(rows: Float64Array, nRows: number, nCols: number): Float64Array {
  checkMatrix('rows', rows, nRows, nCols);
  return backend().gram(rows, nRows, nCols);
}
