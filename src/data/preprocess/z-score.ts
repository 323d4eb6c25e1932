/**
 * z-scores within groups of rows (plates, batches), gene by gene.
 *
 * `robust` is L1000 level 4: (x − median) / (1.4826 · MAD) with the MAD not below .1 (cmapPy's
 * `robust_zscore`; A. Subramanian et al., "A next generation Connectivity Map", 2017).
 */
import { OptionError, ShapeError } from '../../errors.js';
import { type DenseMatrix, dense, type Matrix, readRow } from '../matrix.js';
import { median } from './total-counts.js';

export interface ZScoreOptions {
  /** Median and MAD in the place of mean and standard deviation. Default false. */
  readonly robust?: boolean;
  /** Least MAD, before the factor 1.4826. Default .1. */
  readonly madFloor?: number;
}

/** Standard deviation of a normal variable over its median absolute deviation, as L1000 rounds it. */
const MAD_TO_SD = 1.4826;

/**
 * `groups` gives each row's group, `null` leaves the row out of every group and makes it missing (NaN).
 * Standard deviations have n − 1; where nothing varies, and in groups of one row, the scores are 0. Missing
 * values are passed over and stay. Dense, float64: centring fills the zeros of a sparse matrix. Throws
 * ShapeError, OptionError.
 */
export function zScore(
  matrix: Matrix,
  groups: readonly (string | number | null)[],
  options: ZScoreOptions = {},
): DenseMatrix {
  const { robust = false, madFloor = 0.1 } = options;
  if (!(madFloor >= 0)) throw new OptionError('MAD floor', madFloor, 'a number of 0 or more');
  if (groups.length !== matrix.nRows) {
    throw new ShapeError('groups of the z-score', `${matrix.nRows}, one a row`, `${groups.length}`);
  }
  const { nCols } = matrix;
  const out = dense(matrix.nRows, nCols);
  const values = out.values as Float64Array;
  for (let i = 0; i < matrix.nRows; i++) readRow(matrix, i, values.subarray(i * nCols, (i + 1) * nCols));
  const rowsOf = new Map<string | number, number[]>();
  groups.forEach((group, row) => {
    if (group === null) {
      values.fill(Number.NaN, row * nCols, (row + 1) * nCols);
      return;
    }
    const rows = rowsOf.get(group);
    if (rows) rows.push(row);
    else rowsOf.set(group, [row]);
  });
  for (const rows of rowsOf.values()) {
    for (let gene = 0; gene < nCols; gene++) {
      const all = Float64Array.from(rows, (row) => values[row * nCols + gene]);
      const present = all.filter((value) => !Number.isNaN(value));
      const { centre, spread } = robust ? robustMoments(present, madFloor) : moments(present);
      for (const row of rows) {
        const at = row * nCols + gene;
        const score = spread > 0 ? (values[at] - centre) / spread : 0;
        values[at] = Number.isNaN(values[at]) ? Number.NaN : score;
      }
    }
  }
  return out;
}

interface Moments {
  readonly centre: number;
  readonly spread: number;
}

function moments(values: Float64Array): Moments {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { centre, spread: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

function robustMoments(values: Float64Array, floor: number): Moments {
  const centre = median(values);
  const deviation = median(values.map((value) => Math.abs(value - centre)));
  return { centre, spread: MAD_TO_SD * Math.max(deviation, floor) };
}
