/** Principal components by way of the Gram matrix on the smaller side. */

import { DataError, OptionError, ShapeError } from '../errors.js';
import { gemm, gram, symmetricEigen, transpose } from '../linalg/index.js';

export interface Pca {
  /** How many there are: as many as asked for, or fewer where the data has fewer directions. */
  nComponents: number;
  /** (nRows, nComponents): the centred rows in the basis of the components. */
  scores: Float64Array;
  /** (nComponents, nCols), orthonormal rows; in each the entry of largest size is positive. */
  components: Float64Array;
  /** (nComponents), the variance (n − 1) of each score, descending. */
  explainedVariance: Float64Array;
  /** (nComponents), share of the total variance. */
  explainedVarianceRatio: Float64Array;
  /** (nCols), what was taken off each column. */
  means: Float64Array;
}

/**
 * The first `nComponents` (default: all) principal components of `rows` (nRows, nCols), columns centred and not
 * scaled. Directions with less than about 1e-13 of the variance of the first are left out: squaring has lost them.
 *
 * Throws `DataError` on NaN or infinity, `OptionError` unless `nComponents` is a whole number ≥ 0.
 */
export function pca(
  rows: Float64Array,
  nRows: number,
  nCols: number,
  nComponents = Math.min(nRows, nCols),
): Pca {
  if (!(Number.isInteger(nComponents) && nComponents >= 0)) {
    throw new OptionError('nComponents', nComponents, 'a whole number ≥ 0');
  }
  if (rows.length < nRows * nCols)
    throw new ShapeError('rows', `${nRows * nCols} values`, String(rows.length));
  const { centred, means } = centre(rows, nRows, nCols);
  const byRows = nRows <= nCols;
  const size = Math.min(nRows, nCols);
  const inner = byRows ? gram(centred, nRows, nCols) : gram(transpose(centred, nRows, nCols), nCols, nRows);
  const { values, vectors } = symmetricEigen(inner, size);
  const floor = (values[size - 1] ?? 0) * Number.EPSILON * Math.max(nRows, nCols);
  let kept = 0;
  while (kept < Math.min(nComponents, size) && values[size - 1 - kept] > floor) kept++;

  const components = new Float64Array(kept * nCols);
  const explainedVariance = new Float64Array(kept);
  for (let i = 0; i < kept; i++) {
    const at = size - 1 - i;
    explainedVariance[i] = values[at] / (nRows - 1);
    const vector = vectors.subarray(at * size, (at + 1) * size);
    const direction = byRows ? gemm({ m: 1, n: nCols, k: nRows, a: vector, b: centred }) : vector;
    const length = byRows ? Math.sqrt(values[at]) : 1;
    const sign = signOfLargest(direction);
    for (let j = 0; j < nCols; j++) components[i * nCols + j] = (sign * direction[j]) / length;
  }
  const scores = gemm({ m: nRows, n: kept, k: nCols, a: centred, b: components, transposeB: true });
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0) / (nRows - 1);
  const explainedVarianceRatio = explainedVariance.map((variance) => variance / total);
  return { nComponents: kept, scores, components, explainedVariance, explainedVarianceRatio, means };
}

function centre(
  rows: Float64Array,
  nRows: number,
  nCols: number,
): { centred: Float64Array; means: Float64Array } {
  const means = new Float64Array(nCols);
  for (let i = 0; i < nRows; i++) for (let j = 0; j < nCols; j++) means[j] += rows[i * nCols + j] / nRows;
  const centred = rows.slice(0, nRows * nCols);
  for (let i = 0; i < nRows; i++) for (let j = 0; j < nCols; j++) centred[i * nCols + j] -= means[j];
  const bad = means.findIndex((mean) => !Number.isFinite(mean));
  if (bad >= 0) {
    throw new DataError(`column ${bad} holds NaN or infinity, which principal components cannot be made of`, {
      column: bad,
    });
  }
  return { centred, means };
}

function signOfLargest(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}
