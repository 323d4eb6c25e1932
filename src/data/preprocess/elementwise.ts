/**
 * Functions applied to every value, and the shared matter of them: zeros stay zeros, so sparse stays sparse.
 */
import { DataError } from '../../errors.js';
import { type Matrix, type NumericArray, toDense } from '../matrix.js';

/** Float64 stays float64; everything else becomes float32, as in scanpy. */
export function emptyFloat(like: NumericArray, length: number): Float32Array | Float64Array {
  return like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

/** `change` of every stored value; `change(0)` must be 0. Same kind, floating point. */
export function mapValues(matrix: Matrix, change: (value: number) => number): Matrix {
  const values = emptyFloat(matrix.values, matrix.values.length);
  for (let k = 0; k < values.length; k++) values[k] = change(matrix.values[k]);
  return { ...matrix, values };
}

/** log(1 + x) of every value, as `scanpy.pp.log1p`; NaN stays. Throws DataError at −1 and below. */
export function log1p(matrix: Matrix): Matrix {
  checkAboveMinusOne(matrix, 'log1p');
  return mapValues(matrix, Math.log1p);
}

/** log2(1 + x) of every value; NaN stays. Throws DataError at −1 and below. */
export function log2p1(matrix: Matrix): Matrix {
  checkAboveMinusOne(matrix, 'log2(x + 1)');
  return mapValues(matrix, (value) => Math.log1p(value) / Math.LN2);
}

/**
 * NaN in the place of every `value`: 1 for dropouts of L1000 level 2, −666 for missing in GCT files. Sparse
 * stays sparse, so `value` 0 is refused there. Returns how many were replaced. Throws DataError.
 */
export function valueToMissing(matrix: Matrix, value: number): { matrix: Matrix; count: number } {
  if (value === 0 && matrix.kind !== 'dense') {
    throw new DataError('zeros of a sparse matrix cannot be made missing; make it dense first');
  }
  let count = 0;
  const replaced = mapValues(matrix, (x) => {
    if (x !== value) return x;
    count++;
    return Number.NaN;
  });
  return count === 0 ? { matrix, count } : { matrix: replaced, count };
}

/** Rows and columns without any missing value (NaN), as numbers for `takeObs` and `takeVar`. */
export function completeLines(matrix: Matrix): { rows: Int32Array; cols: Int32Array } {
  const rowHas = new Uint8Array(matrix.nRows);
  const colHas = new Uint8Array(matrix.nCols);
  forEachStored(matrix, (value, i, j) => {
    if (!Number.isNaN(value)) return;
    rowHas[i] = 1;
    colHas[j] = 1;
  });
  const without = (has: Uint8Array) =>
    Int32Array.from({ length: has.length }, (_, k) => k).filter((k) => !has[k]);
  return { rows: without(rowHas), cols: without(colHas) };
}

/**
 * Every row scaled to [0, 1]: (x − min) / (max − min), as the autoencoders of Belyaeva et al. 2021 take their
 * input. Missing values are passed over; a constant row becomes 0. Sparse stays sparse where every row has 0
 * as its least value (counts do), else the result is dense.
 */
export function minMaxProfiles(matrix: Matrix): Matrix {
  const { nRows, nCols } = matrix;
  const least = new Float64Array(nRows).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(nRows).fill(Number.NEGATIVE_INFINITY);
  const stored = new Int32Array(nRows);
  forEachStored(matrix, (value, i) => {
    stored[i]++;
    if (value < least[i]) least[i] = value;
    if (value > most[i]) most[i] = value;
  });
  for (let i = 0; i < nRows; i++) {
    if (stored[i] === nCols) continue;
    least[i] = Math.min(least[i], 0);
    most[i] = Math.max(most[i], 0);
  }
  const fromZero = least.every((value) => value === 0 || value === Number.POSITIVE_INFINITY);
  const source = matrix.kind !== 'dense' && !fromZero ? toDense(matrix) : matrix;
  const values = emptyFloat(source.values, source.values.length);
  forEachStored(source, (value, i, _j, at) => {
    const range = most[i] - least[i];
    values[at] = Number.isNaN(value) ? value : range > 0 ? (value - least[i]) / range : 0;
  });
  return { ...source, values };
}

/** Calls back for every stored value with its row, column and place in `values`. */
export function forEachStored(
  matrix: Matrix,
  visit: (value: number, row: number, col: number, at: number) => void,
): void {
  if (matrix.kind === 'dense') {
    for (let i = 0, at = 0; i < matrix.nRows; i++) {
      for (let j = 0; j < matrix.nCols; j++, at++) visit(matrix.values[at], i, j, at);
    }
    return;
  }
  const { indptr, indices, values } = matrix;
  const byRow = matrix.kind === 'csr';
  for (let major = 0; major + 1 < indptr.length; major++) {
    for (let at = indptr[major]; at < indptr[major + 1]; at++) {
      if (byRow) visit(values[at], major, indices[at], at);
      else visit(values[at], indices[at], major, at);
    }
  }
}

function checkAboveMinusOne(matrix: Matrix, what: string): void {
  const at = matrix.values.findIndex((value: number) => value <= -1);
  if (at < 0) return;
  throw new DataError(
    `${what} of ${matrix.values[at]} does not exist: values must be above −1 (counts or intensities); ` +
      'are these data logarithms or z-scores already, or is −666 a missing value (valueToMissing)?',
    { value: matrix.values[at] },
  );
}
