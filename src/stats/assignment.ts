/**
 * The linear assignment problem: each row gets a column of its own, at the least total cost.
 *
 * Shortest augmenting paths with dual variables (Jonker & Volgenant 1987, doi:10.1007/BF02278710, without their
 * initialisation; rectangular as Crouse 2016, doi:10.1109/TAES.2016.140952): exact, O(min² · max).
 */

import { DataError, ShapeError } from '../errors.js';

export interface Assignment {
  /** (nRows), the column of each row; −1 where there are fewer columns than rows and the row got none. */
  columns: Int32Array;
  /** Sum of the costs of the assigned pairs. */
  cost: number;
}

/**
 * Assigns min(nRows, nCols) pairs at the least total of `cost` (nRows, nCols), row-major. A pair of cost +Infinity is
 * forbidden. What `scipy.optimize.linear_sum_assignment` gives; for the greatest total, negate.
 *
 * Throws `ShapeError` when `cost` has other sizes, `DataError` on NaN or −Infinity, or when the forbidden pairs
 * leave no assignment.
 */
export function assignment(cost: Float64Array, nRows: number, nCols: number): Assignment {
  checkCosts(cost, nRows, nCols);
  const columns = new Int32Array(nRows).fill(-1);
  if (nRows <= nCols) {
    columns.set(assignEveryRow(nRows, nCols, (i, j) => cost[i * nCols + j]));
  } else {
    const rowOfColumn = assignEveryRow(nCols, nRows, (i, j) => cost[j * nCols + i]);
    rowOfColumn.forEach((row, column) => {
      columns[row] = column;
    });
  }
  let total = 0;
  for (let i = 0; i < nRows; i++) if (columns[i] >= 0) total += cost[i * nCols + columns[i]];
  return { columns, cost: total };
}

function checkCosts(cost: Float64Array, nRows: number, nCols: number): void {
  for (const size of [nRows, nCols]) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new ShapeError('costs', 'sizes ≥ 0', `${nRows} × ${nCols}`);
  }
  if (cost.length !== nRows * nCols) {
    throw new ShapeError('costs', `${nRows} × ${nCols} = ${nRows * nCols} values`, `${cost.length} values`);
  }
  const bad = cost.findIndex((value) => !(value > -Infinity));
  if (bad >= 0) {
    const row = Math.floor(bad / nCols);
    const column = bad % nCols;
    throw new DataError(
      `the cost of row ${row} and column ${column} is ${cost[bad]}; costs are numbers, +Infinity where a pair is forbidden`,
      { row, column },
    );
  }
}

/** The column of each row, for nRows ≤ nCols: rows come in one by one, each by the shortest augmenting path. */
function assignEveryRow(
  nRows: number,
  nCols: number,
  cost: (row: number, column: number) => number,
): Int32Array {
  const columnOf = new Int32Array(nRows).fill(-1);
  const rowOf = new Int32Array(nCols).fill(-1);
  const rowPrice = new Float64Array(nRows);
  const columnPrice = new Float64Array(nCols);
  const shortest = new Float64Array(nCols);
  const previousRow = new Int32Array(nCols);
  const isReached = new Uint8Array(nCols);
  for (let start = 0; start < nRows; start++) {
    shortest.fill(Infinity);
    isReached.fill(0);
    let length = 0;
    let end = -1;
    for (let row = start; end < 0; ) {
      let nearest = -1;
      for (let j = 0; j < nCols; j++) {
        if (isReached[j]) continue;
        const reduced = length + cost(row, j) - rowPrice[row] - columnPrice[j];
        if (reduced < shortest[j]) {
          shortest[j] = reduced;
          previousRow[j] = row;
        }
        // Among equals a free column ends the path at once.
        const isNearer = nearest < 0 || shortest[j] < shortest[nearest];
        if (isNearer || (shortest[j] === shortest[nearest] && rowOf[j] < 0)) nearest = j;
      }
      length = shortest[nearest];
      if (length === Infinity) throw noAssignment(nRows, nCols);
      isReached[nearest] = 1;
      if (rowOf[nearest] < 0) end = nearest;
      else row = rowOf[nearest];
    }
    rowPrice[start] += length;
    for (let j = 0; j < nCols; j++) {
      if (!isReached[j]) continue;
      const slack = length - shortest[j];
      columnPrice[j] -= slack;
      if (rowOf[j] >= 0) rowPrice[rowOf[j]] += slack;
    }
    for (let column = end, row = -1; row !== start; ) {
      row = previousRow[column];
      rowOf[column] = row;
      [columnOf[row], column] = [column, columnOf[row]];
    }
  }
  return columnOf;
}

function noAssignment(fewer: number, more: number): DataError {
  return new DataError(
    `the forbidden pairs (cost +Infinity) leave no assignment of ${fewer} of one side to ${more} of the other; allow more pairs`,
  );
}
