/**
 * What every decomposition asks of its input: enough numbers for the stated sizes, all of them finite,
 * and of a magnitude whose squares neither overflow nor vanish.
 */

import { DataError, ShapeError } from '../errors.js';

/** Throws `ShapeError` unless `size` is a whole number ≥ 0. */
export function checkSize(name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new ShapeError(name, 'a whole number ≥ 0', String(size));
}

/** Throws `ShapeError` unless `values` holds the (nRows, nCols) matrix called `name`. */
export function checkMatrix(name: string, values: Float64Array, nRows: number, nCols: number): void {
  checkSize(`rows of ${name}`, nRows);
  checkSize(`columns of ${name}`, nCols);
  if (values.length < nRows * nCols) {
    throw new ShapeError(name, `${nRows} × ${nCols} = ${nRows * nCols} values`, `${values.length}`);
  }
}

/** `checkMatrix`, and throws `DataError` at the first NaN or infinity. Returns the largest absolute value. */
export function checkFinite(name: string, values: Float64Array, nRows: number, nCols: number): number {
  checkMatrix(name, values, nRows, nCols);
  let largest = 0;
  for (let i = 0; i < nRows * nCols; i++) {
    const size = Math.abs(values[i]);
    if (size > largest) largest = size;
    else if (Number.isNaN(size)) throw notFinite(name, values[i], i, nCols);
  }
  if (largest === Infinity) {
    const at = values.findIndex((value) => Math.abs(value) === Infinity);
    throw notFinite(name, values[at], at, nCols);
  }
  return largest;
}

function notFinite(name: string, value: number, at: number, nCols: number): DataError {
  const row = Math.floor(at / nCols);
  const column = at % nCols;
  return new DataError(
    `${name}: the value in row ${row}, column ${column} is ${value}, finite numbers are needed; ` +
      'remove or impute missing values first',
    { row, column },
  );
}

/** Magnitudes between which sums of squares are safe without further care. */
const SAFE_LARGEST = 2 ** 300;

/**
 * A copy of the (nRows, nCols) matrix, and the power of two it was divided by: 1 unless the largest entry is
 * outside 2^±300, else what brings that entry to about 1 (exact, as LAPACK's drivers do).
 */
export function copyScaled(
  name: string,
  values: Float64Array,
  nRows: number,
  nCols: number,
): { copy: Float64Array; scale: number } {
  const largest = checkFinite(name, values, nRows, nCols);
  const copy = values.slice(0, nRows * nCols);
  if (largest === 0 || (largest < SAFE_LARGEST && largest > 1 / SAFE_LARGEST)) return { copy, scale: 1 };
  const scale = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  for (let i = 0; i < copy.length; i++) copy[i] /= scale;
  return { copy, scale };
}

/** Multiplies `values` in place, by what `copyScaled` divided by. */
export function multiplyBy(values: Float64Array, scale: number): Float64Array {
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] *= scale;
  return values;
}
