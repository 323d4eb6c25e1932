/**
 * Total-count normalisation: every cell scaled to the same sum, as `scanpy.pp.normalize_total`.
 *
 * F. A. Wolf, P. Angerer, F. J. Theis, "SCANPY: large-scale single-cell gene expression data analysis" (2018).
 */
import { DataError, OptionError } from '../../errors.js';
import type { Matrix } from '../matrix.js';
import { emptyFloat, forEachStored } from './elementwise.js';

export interface TotalCountOptions {
  /** Sum of each cell afterwards; 'median': the median sum of the cells that have any. Default 10,000. */
  readonly targetSum?: number | 'median';
}

/**
 * `(nCells, nGenes)` with rows of the same sum. Cells without counts stay zero; no gene is excluded; sparse
 * stays sparse. Throws DataError for negative or missing values, OptionError.
 */
export function normaliseTotal(matrix: Matrix, options: TotalCountOptions = {}): Matrix {
  const { targetSum = 10_000 } = options;
  if (targetSum !== 'median' && !(targetSum > 0 && targetSum < Number.POSITIVE_INFINITY)) {
    throw new OptionError('target sum', targetSum, "a number above 0, or 'median'");
  }
  const totals = new Float64Array(matrix.nRows);
  forEachStored(matrix, (value, row) => {
    if (!(value >= 0)) {
      throw new DataError(`cannot normalise by total counts: row ${row} has the value ${value}`, { row });
    }
    totals[row] += value;
  });
  const target = targetSum === 'median' ? median(totals.filter((total) => total > 0)) : targetSum;
  const values = emptyFloat(matrix.values, matrix.values.length);
  forEachStored(matrix, (value, row, _col, at) => {
    values[at] = totals[row] > 0 ? (value / totals[row]) * target : 0;
  });
  return { ...matrix, values };
}

/** NaN of nothing. */
export function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
