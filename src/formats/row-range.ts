/** The rows that were asked for, checked against the rows that there are: the same rule in every format. */
import { OptionError } from '../errors.js';
import type { ReadOptions } from './format.js';

export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** All of `nRows` when nothing was asked for. Throws OptionError naming the range. */
export function rowRange(rows: ReadOptions['rows'], nRows: number): RowRange {
  checkRowRange(rows);
  const { start, end } = rows ?? { start: 0, end: nRows };
  if (end <= nRows) return { start, end };
  throw new OptionError('rows', `${start} … ${end}`, `a range within the ${nRows} rows of the file`);
}

/** What can be checked before the rows are counted. Throws OptionError naming the range. */
export function checkRowRange(rows: ReadOptions['rows']): void {
  if (!rows) return;
  const { start, end } = rows;
  if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end) return;
  throw new OptionError(
    'rows',
    `${start} … ${end}`,
    'a range of rows: two whole numbers, the first not larger',
  );
}
