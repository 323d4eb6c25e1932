/**
 * The cells that a model of mechanisms sees, checked once: their values, their perturbations as numbers, and what the
 * likelihood of counts needs of each cell.
 */
import { logFactorial, type Rows } from '../../compute/index.js';
import { type Matrix, readRow, swapCompression } from '../../data/index.js';
import { DataError, ShapeError } from '../../errors.js';
import type { Likelihood } from './settings.js';

export interface PerturbedCells {
  /** Counts, or values of a Gaussian likelihood (nCells, nGenes). */
  readonly X: Matrix;
  /** (nCells, slots): the perturbations of each cell; −1 for none, so an untreated cell has −1 only. */
  readonly labels: Int32Array;
  /** Names of the perturbations, without the control. */
  readonly perturbations: readonly string[];
}

/** Perturbations that one cell has at most. */
export const slotsOf = ({ X, labels }: PerturbedCells): number =>
  X.nRows === 0 ? 1 : labels.length / X.nRows;

/**
 * `slotsOf`, and that each label is one. Throws ShapeError where they are no whole number for each cell, DataError on a
 * number that no perturbation has.
 */
export function checkedSlots(cells: PerturbedCells): number {
  const { X, labels, perturbations } = cells;
  const slots = slotsOf(cells);
  if (!Number.isInteger(slots) || slots < 1) {
    throw new ShapeError('labels', `a whole number for each of ${X.nRows} cells`, `${labels.length}`);
  }
  const wrong = labels.findIndex((label) => label >= perturbations.length);
  if (wrong >= 0) {
    const cell = Math.floor(wrong / slots);
    const found = `cell ${cell} has the perturbation ${labels[wrong]}`;
    throw new DataError(`${found}; there are ${perturbations.length}, counted from 0, and −1 for none`, {
      cell,
    });
  }
  return slots;
}

/** Fields of a training. Throws DataError on cells that the likelihood cannot take, naming the first. */
export function fieldsOf(cells: PerturbedCells, likelihood: Likelihood): Record<string, Rows> {
  const { X, labels, perturbations } = cells;
  const slots = checkedSlots(cells);
  const none = perturbations.length;
  const label: Rows = {
    values: BigInt64Array.from(labels, (value) => BigInt(value < 0 ? none : value)),
    shape: [X.nRows, slots],
    classes: none + 1,
  };
  const x = rowsOf(X);
  if (likelihood === 'gaussian') return { x, label };
  const { library, logFactorials } = summaries(X);
  const column = (values: Float32Array) => ({ values, shape: [X.nRows] });
  return { x, label, library: column(library), logFactorials: column(logFactorials) };
}

/** A matrix as a field of a training; CSC is turned. */
export function rowsOf(X: Matrix): Rows {
  if (X.kind === 'dense') return { values: Float32Array.from(X.values), shape: [X.nRows, X.nCols] };
  const { values, indices, indptr } = X.kind === 'csr' ? X : swapCompression(X);
  return { data: Float32Array.from(values), indices, indptr, shape: [X.nRows, X.nCols] };
}

/** Totals of cells (nCells). */
export function totalsOf(X: Matrix): Float32Array {
  const row = new Float64Array(X.nCols);
  const matrix = X.kind === 'csc' ? swapCompression(X) : X;
  return Float32Array.from({ length: X.nRows }, (_, cell) =>
    readRow(matrix, cell, row).reduce((sum, x) => sum + x, 0),
  );
}

/** Throws DataError unless all of X are whole numbers ≥ 0, naming the first that is not. */
export function checkCounts(X: Matrix): void {
  if (X.values.every((value) => value >= 0 && Number.isInteger(value))) return;
  const row = new Float64Array(X.nCols);
  for (let cell = 0; cell < X.nRows; cell++) {
    readRow(X, cell, row).forEach((value, gene) => {
      if (!(value >= 0 && Number.isInteger(value))) throw notACount(cell, gene, value);
    });
  }
}

/** Totals, and Σ over genes of log Γ(x + 1), of each cell. */
function summaries(X: Matrix) {
  checkCounts(X);
  const library = new Float32Array(X.nRows);
  const logFactorials = new Float32Array(X.nRows);
  const row = new Float64Array(X.nCols);
  const matrix = X.kind === 'csc' ? swapCompression(X) : X;
  for (let cell = 0; cell < X.nRows; cell++) {
    readRow(matrix, cell, row);
    let [total, factorials] = [0, 0];
    for (let gene = 0; gene < row.length; gene++) {
      total += row[gene];
      if (row[gene] > 1) factorials += logFactorial(row[gene]);
    }
    if (total === 0) {
      throw new DataError(
        `cell ${cell} has no counts at all, so nothing can be said of it; leave out such cells (--preprocess min-counts:1)`,
        { cell },
      );
    }
    library[cell] = total;
    logFactorials[cell] = factorials;
  }
  return { library, logFactorials };
}

function notACount(cell: number, gene: number, value: number): DataError {
  const advice =
    'give raw counts (--layer counts), or choose --likelihood gaussian for values on another scale';
  return new DataError(`cell ${cell}, gene ${gene} holds ${value}, which is no count; ${advice}`, {
    cell,
    gene,
    value,
  });
}
