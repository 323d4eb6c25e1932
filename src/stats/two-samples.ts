/**
 * What distances between two sets of rows (cells) are made of: sums of a function of the distance over all pairs of
 * rows, in blocks, and the means and spreads that take their place where the function is linear in squares.
 */

import { DataError, OptionError, ShapeError } from '../errors.js';
import { dot, gemm } from '../linalg/index.js';

/**
 * How averages over pairs of rows of the same set are taken: `biased` (V-statistic) over all n² pairs, rows with themselves
 * included, never negative in the end; `unbiased` (U-statistic) over the n (n − 1) pairs of different rows, about 0, and
 * as often negative, for two sets of the same distribution.
 */
export type PairEstimator = 'biased' | 'unbiased';

/** A set of rows (nRows, nCols), centred on the mean of both sets. */
export interface Sample {
  readonly rows: Float64Array;
  readonly nRows: number;
  readonly nCols: number;
}

/**
 * Both sets less their common mean, which moves no distance and keeps digits.
 * Throws `ShapeError` where `nCols` does not fit, `DataError` on NaN, infinity or too few rows, `OptionError` for an
 * unknown estimator.
 */
export function twoSamples(
  x: Float64Array,
  y: Float64Array,
  nCols: number,
  estimator: PairEstimator,
): [Sample, Sample] {
  const estimators = ['biased', 'unbiased'];
  if (!estimators.includes(estimator)) throw new OptionError('estimator', estimator, estimators);
  checkSample('first set', x, nCols, estimator);
  checkSample('second set', y, nCols, estimator);
  const nRows = (x.length + y.length) / nCols;
  const centre = new Float64Array(nCols);
  for (const rows of [x, y]) rows.forEach((value, i) => (centre[i % nCols] += value / nRows));
  const centred = (rows: Float64Array): Sample => ({
    rows: rows.map((value, i) => value - centre[i % nCols]),
    nRows: rows.length / nCols,
    nCols,
  });
  return [centred(x), centred(y)];
}

function checkSample(name: string, rows: Float64Array, nCols: number, estimator: PairEstimator): void {
  if (!(Number.isSafeInteger(nCols) && nCols >= 1)) throw new ShapeError('columns', '1 or more', `${nCols}`);
  if (rows.length % nCols !== 0) {
    throw new ShapeError(name, `rows of ${nCols} values`, `${rows.length} values`);
  }
  const bad = rows.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / nCols);
    throw new DataError(`${name}: row ${row} holds ${rows[bad]}; finite numbers are needed`, { row });
  }
  const needed = estimator === 'unbiased' ? 2 : 1;
  if (rows.length < needed * nCols) {
    throw new DataError(
      `${name}: the ${estimator} estimate needs ${needed} row${needed > 1 ? 's' : ''} or more, found ${rows.length / nCols}`,
    );
  }
}

/** The statistic, or its root, of a negative one 0. Throws `DataError` where squares overflowed. */
export function finished(statistic: number, root: boolean): number {
  if (!Number.isFinite(statistic)) {
    throw new DataError('values are too large to square; divide both sets by a common number first');
  }
  return root ? Math.sqrt(Math.max(0, statistic)) : statistic;
}

/** Squared distance of the means. */
export function squaredMeanDistance(x: Sample, y: Sample): number {
  const [a, b] = [columnMeans(x), columnMeans(y)];
  return a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0);
}

/** Mean squared distance of the rows from their mean. */
export function spread(sample: Sample): number {
  const means = columnMeans(sample);
  let sum = 0;
  sample.rows.forEach((value, i) => {
    sum += (value - means[i % sample.nCols]) ** 2;
  });
  return sum / sample.nRows;
}

function columnMeans({ rows, nRows, nCols }: Sample): Float64Array {
  const means = new Float64Array(nCols);
  rows.forEach((value, i) => {
    means[i % nCols] += value;
  });
  return means.map((sum) => sum / nRows);
}

/** Averages over pairs of rows of a set with itself, and of both. */
export interface PairMeans {
  readonly withinX: number;
  readonly withinY: number;
  readonly between: number;
}

/** Averages over pairs of `of(squared distance)`. */
export function pairMeans(
  x: Sample,
  y: Sample,
  estimator: PairEstimator,
  of: (squaredDistance: number) => number,
): PairMeans {
  const within = (sample: Sample): number => {
    const n = sample.nRows;
    const sum = pairSum(sample, sample, of);
    return estimator === 'unbiased' ? sum / (n * (n - 1)) : (sum + n * of(0)) / (n * n);
  };
  return {
    withinX: within(x),
    withinY: within(y),
    between: pairSum(x, y, of) / (x.nRows * y.nRows),
  };
}

/** Rows of a block: a block of products has 2 MiB, whatever the sets. */
const BLOCK = 512;

/** Σ of(squared distance) over pairs of a row of `x` and one of `y`; of different rows, both ways, where `x` is `y`. */
function pairSum(x: Sample, y: Sample, of: (squaredDistance: number) => number): number {
  const isSame = x === y;
  const squaresX = squaredLengths(x);
  const squaresY = isSame ? squaresX : squaredLengths(y);
  const products = new Float64Array(Math.min(BLOCK, x.nRows) * Math.min(BLOCK, y.nRows));
  let total = 0;
  for (let i0 = 0; i0 < x.nRows; i0 += BLOCK) {
    const m = Math.min(BLOCK, x.nRows - i0);
    for (let j0 = isSame ? i0 : 0; j0 < y.nRows; j0 += BLOCK) {
      const n = Math.min(BLOCK, y.nRows - j0);
      const [aOffset, bOffset] = [i0 * x.nCols, j0 * x.nCols];
      gemm({ m, n, k: x.nCols, a: x.rows, aOffset, b: y.rows, bOffset, transposeB: true, c: products });
      let sum = 0;
      for (let i = 0; i < m; i++) {
        for (let j = isSame && i0 === j0 ? i + 1 : 0; j < n; j++) {
          sum += of(Math.max(0, squaresX[i0 + i] + squaresY[j0 + j] - 2 * products[i * n + j]));
        }
      }
      total += isSame ? 2 * sum : sum;
    }
  }
  return total;
}

function squaredLengths({ rows, nRows, nCols }: Sample): Float64Array {
  return Float64Array.from({ length: nRows }, (_, i) => dot(rows, i * nCols, rows, i * nCols, nCols));
}
