/**
 * What every decomposition asks of its input: enough numbers for the stated sizes, all of them finite,
 * and of a magnitude whose squares neither overflow nor vanish.
 */

import { DataError, ShapeError } from '../errors.js';
import { dot } from './vectors.js';

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

/** `checkMatrix`, and throws `DataError` at the first NaN or infinity. */
export function checkFinite(name: string, values: Float64Array, nRows: number, nCols: number): void {
  checkMatrix(name, values, nRows, nCols);
  if (!isTame(values, nRows * nCols)) largestOf(name, values, nRows, nCols);
}

/** Magnitudes between which sums of squares are safe without further care. */
const SAFE_LARGEST = 2 ** 300;

/** Are they all finite, and the largest between the safe magnitudes? May say no where they are. */
function isTame(values: Float64Array, count: number): boolean {
  const squares = dot(values, 0, values, 0, count);
  return squares < SAFE_LARGEST ** 2 && squares > count / SAFE_LARGEST ** 2;
}

/** The largest absolute value. Throws `DataError` at the first NaN or infinity. */
function largestOf(name: string, values: Float64Array, nRows: number, nCols: number): number {
  let largest = 0;
  for (let i = 0; i < nRows * nCols; i++) {
    if (!Number.isFinite(values[i])) throw notFinite(name, values[i], i, nCols);
    largest = Math.max(largest, Math.abs(values[i]));
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

/**
 * The (nRows, nCols) matrix, and the power of two it was divided by: `values` themselves and 1 unless the largest
 * entry is outside 2^±300, else a copy in which that entry is about 1 (exact, as LAPACK's drivers do). Throws
 * `DataError` on NaN or infinity.
 */
export function scaled(
  name: string,
  values: Float64Array,
  nRows: number,
  nCols: number,
): { matrix: Float64Array; scale: number } {
  checkMatrix(name, values, nRows, nCols);
  const matrix = values.subarray(0, nRows * nCols);
  if (isTame(matrix, matrix.length)) return { matrix, scale: 1 };
  const largest = largestOf(name, matrix, nRows, nCols);
  if (largest === 0 || (largest < SAFE_LARGEST && largest > 1 / SAFE_LARGEST)) return { matrix, scale: 1 };
  const scale = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  return { matrix: matrix.map((value) => value / scale), scale };
}

/** Multiplies `values` in place, by what `scaled` divided by. */
export function multiplyBy(values: Float64Array, scale: number): Float64Array {
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] *= scale;
  return values;
}
