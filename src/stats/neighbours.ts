/** Nearest neighbours by comparing every pair. */

import { DataError, OptionError, ShapeError } from '../errors.js';

export interface Neighbours {
  /** Neighbours a row has: as many as asked for, at most nRows − 1. */
  k: number;
  /** (nRows, k), nearest first; at equal distance the lower row number first. A row is not its own neighbour. */
  indices: Int32Array;
  /** (nRows, k), Euclidean. */
  distances: Float64Array;
}

/**
 * The `k` nearest other rows of each row of `rows` (nRows, nCols), exact.
 * Throws `OptionError` unless `k` is a whole number ≥ 1, `DataError` on NaN or infinity.
 */
export function nearestNeighbours(rows: Float64Array, nRows: number, nCols: number, k: number): Neighbours {
  if (!(Number.isInteger(k) && k >= 1)) throw new OptionError('k', k, 'a whole number ≥ 1');
  if (rows.length < nRows * nCols)
    throw new ShapeError('rows', `${nRows * nCols} values`, String(rows.length));
  const kept = Math.max(0, Math.min(k, nRows - 1));
  const indices = new Int32Array(nRows * kept);
  const distances = new Float64Array(nRows * kept).fill(Infinity);
  // Each pair once; rows come to a list in rising order, so ties keep the lower number first.
  for (let j = 0; j < nRows; j++) {
    for (let i = 0; i < j; i++) {
      const squares = squaredDistance(rows, i * nCols, j * nCols, nCols);
      if (!(squares < Infinity)) throw notFinite(rows, nCols, i, j);
      insert(indices, distances, i * kept, kept, j, squares);
      insert(indices, distances, j * kept, kept, i, squares);
    }
  }
  return { k: kept, indices, distances: distances.map(Math.sqrt) };
}

function squaredDistance(rows: Float64Array, a: number, b: number, n: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    const first = rows[a + i] - rows[b + i];
    const second = rows[a + i + 1] - rows[b + i + 1];
    even += first * first;
    odd += second * second;
  }
  if (i < n) even += (rows[a + i] - rows[b + i]) ** 2;
  return even + odd;
}

/** Keeps the sorted list of `k` at `start`; a newcomer goes behind those as near as itself. */
function insert(
  indices: Int32Array,
  distances: Float64Array,
  start: number,
  k: number,
  row: number,
  distance: number,
): void {
  let at = start + k - 1;
  if (k === 0 || !(distance < distances[at])) return;
  for (; at > start && distances[at - 1] > distance; at--) {
    distances[at] = distances[at - 1];
    indices[at] = indices[at - 1];
  }
  distances[at] = distance;
  indices[at] = row;
}

function notFinite(rows: Float64Array, nCols: number, i: number, j: number): DataError {
  const isBad = (row: number): boolean =>
    !rows.subarray(row * nCols, (row + 1) * nCols).every(Number.isFinite);
  const row = isBad(i) ? i : j;
  return new DataError(`row ${row} holds NaN, infinity or values too large to square; it has no distances`, {
    row,
  });
}
