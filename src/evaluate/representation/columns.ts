/** Columns of latents made ready for correlations: checked, ranked, centred and brought to length one. */

import type { DenseMatrix } from '../../data/index.js';
import { DataError, ShapeError } from '../../errors.js';
import { norm2 } from '../../linalg/index.js';
import { mean, ranks } from '../../stats/index.js';

/** Pearson's correlation, or Spearman's: Pearson's of the ranks, ties sharing theirs. */
export type CorrelationKind = 'pearson' | 'spearman';

/** Throws `DataError` naming the row at the first NaN or infinity of `matrix`. */
export function checkFinite(what: string, matrix: DenseMatrix): void {
  const { values, nRows, nCols } = matrix;
  if (values.length !== nRows * nCols) {
    throw new ShapeError(what, `${nRows} × ${nCols} = ${nRows * nCols} values`, `${values.length} values`);
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const row = Math.floor(i / nCols);
    const column = i % nCols;
    throw new DataError(
      `${what}: the value in row ${row}, column ${column} is ${values[i]}, finite numbers are needed; leave such rows out first`,
      { row, column },
    );
  }
}

/** Throws `ShapeError` unless both have the same rows, at least two, and columns; `DataError` as `checkFinite`. */
export function checkLatents(truth: DenseMatrix, estimate: DenseMatrix): void {
  checkFinite('true latents', truth);
  checkFinite('estimated latents', estimate);
  if (truth.nRows !== estimate.nRows) {
    throw new ShapeError(
      'estimated latents',
      `${truth.nRows} rows, as the true ones`,
      `${estimate.nRows} rows`,
    );
  }
  if (truth.nRows < 2) throw new ShapeError('latents', 'two rows or more', String(truth.nRows));
  if (truth.nCols < 1) throw new ShapeError('true latents', 'one column or more', 'none');
}

/**
 * The columns of `matrix` (n, d) less their means and of length one, row-major (n, d); of zeros where a column is
 * constant. Their inner products are correlations.
 */
export function standardisedColumns(matrix: DenseMatrix, kind: CorrelationKind = 'pearson'): Float64Array {
  const { nRows, nCols } = matrix;
  const result = new Float64Array(nRows * nCols);
  const column = new Float64Array(nRows);
  for (let j = 0; j < nCols; j++) {
    for (let i = 0; i < nRows; i++) column[i] = matrix.values[i * nCols + j];
    const ready = standardised(kind === 'spearman' ? ranks(column) : column);
    for (let i = 0; i < nRows; i++) result[i * nCols + j] = ready[i];
  }
  return result;
}

/** In place; of zeros where all are equal, whatever rounding does to their mean. */
function standardised(values: Float64Array): Float64Array {
  if (values.every((value) => value === values[0])) return values.fill(0);
  const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  for (let i = 0; i < values.length; i++) values[i] /= largest;
  const centre = mean(values);
  for (let i = 0; i < values.length; i++) values[i] -= centre;
  const length = norm2(values, 0, values.length);
  for (let i = 0; i < values.length; i++) values[i] /= length;
  return values;
}
