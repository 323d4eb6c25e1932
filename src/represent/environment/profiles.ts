/** What models of environments learn from: profiles, the environment of each, and what describes the environments. */

import { type Matrix, readRow, swapCompression, takeRows } from '../../data/index.js';
import { DataError, ShapeError } from '../../errors.js';

export interface EnvironmentProfiles {
  /** (nProfiles, nGenes), finite. */
  readonly X: Matrix;
  /** Environment of each profile, a row of `descriptors` (nProfiles). */
  readonly labels: Int32Array;
  /** (nEnvironments, nColumns), row by row, finite. */
  readonly descriptors: Float64Array;
  readonly columns: readonly string[];
}

/** Throws ShapeError and DataError on what does not fit or is not finite. */
export function checkProfiles({ X, labels, descriptors, columns }: EnvironmentProfiles): void {
  if (X.nRows === 0 || X.nCols === 0)
    throw new DataError(`there are ${X.nRows} profiles of ${X.nCols} genes`);
  if (labels.length !== X.nRows)
    throw new ShapeError('labels', `${X.nRows}, one a profile`, `${labels.length}`);
  const width = columns.length;
  if (width === 0) throw new DataError('environments have no descriptors; name columns that describe them');
  const count = descriptors.length / width;
  if (!Number.isInteger(count)) {
    throw new ShapeError('descriptors', `rows of ${width}`, `${descriptors.length} numbers`);
  }
  const odd = labels.findIndex((label) => !(label >= 0 && label < count));
  if (odd >= 0)
    throw new DataError(`profile ${odd} is of environment ${labels[odd]}; there are ${count}`, { at: odd });
  const notFinite = descriptors.findIndex((value) => !Number.isFinite(value));
  if (notFinite >= 0) {
    const [row, column] = [Math.floor(notFinite / width), columns[notFinite % width]];
    throw new DataError(`descriptor '${column}' of environment ${row} is ${descriptors[notFinite]}`);
  }
}

/** The profiles of all environments but some, which keep their numbers and descriptors. */
export function withoutEnvironments(
  profiles: EnvironmentProfiles,
  leftOut: ArrayLike<number>,
): EnvironmentProfiles {
  if (leftOut.length === 0) return profiles;
  const left = new Set(Array.from(leftOut));
  const { X, labels } = profiles;
  const rows = Int32Array.from(labels.keys()).filter((i) => !left.has(labels[i]));
  const matrix = X.kind === 'csc' ? swapCompression(X) : X;
  return { ...profiles, X: takeRows(matrix, rows), labels: Int32Array.from(rows, (i) => labels[i]) };
}

/** How genes are seen: as distances from `shift` (nGenes), in one unit for all. */
export interface GeneScale {
  readonly shift: Float64Array;
  readonly unit: number;
}

/** Means of the genes over `rows`, and the root mean square distance from them; 0 and 1 without scaling. */
export function geneScale(X: Matrix, rows: Int32Array, scaling: boolean): GeneScale {
  const shift = new Float64Array(X.nCols);
  if (!scaling) return { shift, unit: 1 };
  const row = new Float64Array(X.nCols);
  const matrix = X.kind === 'csc' ? swapCompression(X) : X;
  for (const i of rows) {
    readRow(matrix, i, row);
    for (let g = 0; g < X.nCols; g++) shift[g] += row[g] / rows.length;
  }
  let squares = 0;
  for (const i of rows) {
    readRow(matrix, i, row);
    for (let g = 0; g < X.nCols; g++) squares += (row[g] - shift[g]) ** 2;
  }
  const unit = Math.sqrt(squares / (rows.length * X.nCols));
  return { shift, unit: unit > 0 ? unit : 1 };
}

/** (x − shift) / unit (nProfiles, nGenes). Throws DataError where a value is not finite, naming the first. */
export function scaledRows(X: Matrix, { shift, unit }: GeneScale): Float32Array {
  const out = new Float32Array(X.nRows * X.nCols);
  const row = new Float64Array(X.nCols);
  const matrix = X.kind === 'csc' ? swapCompression(X) : X;
  for (let i = 0; i < X.nRows; i++) {
    readRow(matrix, i, row).forEach((value, g) => {
      if (!Number.isFinite(value)) {
        const found = `profile ${i}, gene ${g} is ${value}; fill in or leave out what is missing first`;
        throw new DataError(found, { profile: i, gene: g });
      }
      out[i * X.nCols + g] = (value - shift[g]) / unit;
    });
  }
  return out;
}
