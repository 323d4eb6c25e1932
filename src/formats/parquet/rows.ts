/** Takes decoded pieces of columns and keeps the wanted rows: as values, as a dense or as a sparse matrix. */
import { dense, type Matrix, type NumericArray } from '../../data/matrix.js';
import type { RowRange } from '../row-range.js';
import { EntryCollector } from '../tenx/entries.js';
import type { NumberType } from './notes.js';
import { exactNumber, numbersOfType } from './obs-columns.js';
import type { DecodedColumn } from './pages.js';

/** Called with the pieces of one column, `firstRow` that of the file. */
export type Take = (piece: DecodedColumn, firstRow: number) => void;

/** Calls `use` for the wanted rows of a piece, numbered from the first wanted one; `null` where missing. */
function eachRow(
  { values, present }: DecodedColumn,
  firstRow: number,
  rows: RowRange,
  use: (row: number, value: unknown) => void,
): void {
  const n = present?.length ?? values.length;
  for (let k = 0, at = 0; k < n; k++) {
    const value = present && present[k] === 0 ? null : values[at++];
    const row = firstRow + k;
    if (row >= rows.start && row < rows.end) use(row - rows.start, value);
  }
}

/** The values of one column, `null` where missing. */
export class ColumnValues {
  readonly all: unknown[];
  constructor(readonly rows: RowRange) {
    this.all = new Array(rows.end - rows.start).fill(null);
  }
  readonly take: Take = (piece, firstRow) => {
    eachRow(piece, firstRow, this.rows, (row, value) => {
      this.all[row] = value;
    });
  };
}

/** A matrix `(rows, nGenes)` that comes column by column. */
export interface MatrixCollector {
  /** What takes the column of gene `j`. Throws RangeError on numbers that the matrix cannot hold. */
  taker(j: number): Take;
  finish(): Matrix;
}

export class DenseCollector implements MatrixCollector {
  private readonly values: NumericArray;

  /** Throws RangeError when that much memory cannot be had. */
  constructor(
    private readonly type: NumberType,
    private readonly nGenes: number,
    private readonly rows: RowRange,
  ) {
    this.values = numbersOfType(type, (rows.end - rows.start) * nGenes);
  }

  taker(j: number): Take {
    const { values, nGenes } = this;
    const isFloat = this.type.startsWith('Float');
    return (piece, firstRow) => {
      eachRow(piece, firstRow, this.rows, (row, value) => {
        if (value === null && !isFloat) throw new RangeError('a missing value among whole numbers');
        values[row * nGenes + j] = value === null ? Number.NaN : exactNumber(value);
      });
    };
  }

  finish(): Matrix {
    return dense(this.rows.end - this.rows.start, this.nGenes, this.values);
  }
}

export class SparseCollector implements MatrixCollector {
  private readonly entries: EntryCollector;

  constructor(
    private readonly type: NumberType,
    nGenes: number,
    private readonly rows: RowRange,
  ) {
    this.entries = new EntryCollector(
      { start: 0, end: rows.end - rows.start },
      nGenes,
      Number.POSITIVE_INFINITY,
    );
  }

  taker(j: number): Take {
    return (piece, firstRow) => {
      eachRow(piece, firstRow, this.rows, (row, value) => {
        const number = value === null ? Number.NaN : exactNumber(value);
        if (number !== 0) this.entries.add(row, j, number);
      });
    };
  }

  finish(): Matrix {
    const { matrix } = this.entries.toCsr();
    const values = numbersOfType(this.type, matrix.values.length);
    values.set(matrix.values as never);
    return { ...matrix, values };
  }
}
