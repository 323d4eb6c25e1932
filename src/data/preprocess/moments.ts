/** Mean and variance of every column, dense or sparse. */
import type { Matrix } from '../matrix.js';
import { forEachStored } from './elementwise.js';

export interface ColumnMoments {
  /** `(nCols)` */
  readonly mean: Float64Array;
  /** With n − 1, `(nCols)`; NaN for one row. */
  readonly variance: Float64Array;
}

/** Of `change(value)`, where `change(0)` is 0 (zeros of a sparse matrix are not visited). Two passes. */
export function columnMoments(matrix: Matrix, change: (value: number) => number = (x) => x): ColumnMoments {
  const { nRows, nCols } = matrix;
  const mean = new Float64Array(nCols);
  forEachStored(matrix, (value, _i, j) => {
    mean[j] += change(value);
  });
  for (let j = 0; j < nCols; j++) mean[j] /= nRows;
  const variance = new Float64Array(nCols);
  const stored = new Int32Array(nCols);
  forEachStored(matrix, (value, _i, j) => {
    stored[j]++;
    variance[j] += (change(value) - mean[j]) ** 2;
  });
  for (let j = 0; j < nCols; j++) {
    variance[j] = (variance[j] + (nRows - stored[j]) * mean[j] ** 2) / (nRows - 1);
  }
  return { mean, variance };
}
