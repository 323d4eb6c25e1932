/** The rows that were asked for, checked against the rows that there are. */
import { OptionError } from '../../errors.js';
import type { ReadOptions } from '../format.js';

export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** All of `nRows` when nothing was asked for. Throws OptionError. */
export function rowRange(rows: ReadOptions['rows'], nRows: number): RowRange {
  const { start, end } = rows ?? { start: 0, end: nRows };
  if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= nRows) {
    return { start, end };
  }
  throw new OptionError('rows', `${start} … ${end}`, `a range within the ${nRows} rows of the file`);
}
