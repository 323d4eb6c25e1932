/** The singular value decomposition of centred columns, without its left side: X − mean = U S Vᵀ. */
import { gemm, gram, symmetricEigen } from '../../linalg/index.js';

export interface Spectrum {
  readonly nRows: number;
  readonly nColumns: number;
  /** Singular values that are not zero. */
  readonly rank: number;
  /** Means of the columns, `(nColumns)`. */
  readonly means: Float64Array;
  /** Squared singular values, `(rank)`. */
  readonly squares: Float64Array;
  /** V, `(nColumns, rank)`. */
  readonly axes: Float64Array;
  /** 1 − the squared length of each row of V, `(nColumns)`: how much of a column's axis the data do not span. */
  readonly outside: Float64Array;
}

/**
 * By the eigenvectors of the smaller Gram matrix. Singular values below √(max(n, p) · 2⁻⁵²) of the largest are taken for
 * zero: rounding of the Gram matrix hides them.
 *
 * @param columns `(nColumns, nRows)`, centred in place
 */
export function columnSpectrum(columns: Float64Array, nColumns: number, nRows: number): Spectrum {
  const means = centre(columns, nColumns, nRows);
  const tall = nColumns <= nRows;
  const size = tall ? nColumns : nRows;
  const inner = tall
    ? gram(columns, nColumns, nRows)
    : gemm({ m: nRows, n: nRows, k: nColumns, a: columns, transposeA: true, b: columns });
  const { values, vectors } = symmetricEigen(inner, size);
  const cut = Math.max(0, ...values) * Math.max(nColumns, nRows) * Number.EPSILON;
  const order = Array.from(values.keys());
  const kept = order.filter((at) => values[at] > cut);
  const rank = kept.length;
  const squares = Float64Array.from(kept, (at) => values[at]);
  const axes = new Float64Array(nColumns * rank);
  const outside = new Float64Array(nColumns);
  if (tall) {
    for (let column = 0; column < nColumns; column++) {
      kept.forEach((at, k) => (axes[column * rank + k] = vectors[at * size + column]));
      for (const at of order) if (!(values[at] > cut)) outside[column] += vectors[at * size + column] ** 2;
    }
  } else {
    const scaled = new Float64Array(rank * size);
    kept.forEach((at, k) => {
      for (let row = 0; row < size; row++)
        scaled[k * size + row] = vectors[at * size + row] / Math.sqrt(squares[k]);
    });
    gemm({ m: nColumns, n: rank, k: nRows, a: columns, b: scaled, transposeB: true, c: axes });
    for (let column = 0; column < nColumns; column++) {
      let inside = 0;
      for (let k = 0; k < rank; k++) inside += axes[column * rank + k] ** 2;
      outside[column] = Math.max(0, 1 - inside);
    }
  }
  return { nRows, nColumns, rank, means, squares, axes, outside };
}

function centre(columns: Float64Array, nColumns: number, nRows: number): Float64Array {
  const means = new Float64Array(nColumns);
  for (let column = 0; column < nColumns; column++) {
    const values = columns.subarray(column * nRows, (column + 1) * nRows);
    let sum = 0;
    for (let row = 0; row < nRows; row++) sum += values[row];
    means[column] = sum / nRows;
    for (let row = 0; row < nRows; row++) values[row] -= means[column];
  }
  return means;
}
