/** Maximum mean discrepancy between two sets of cells. Gretton et al. 2012, JMLR 13:723–773. */

import { DataError, OptionError } from '../errors.js';
import { median } from './order.js';
import {
  finished,
  type PairEstimator,
  pairMeans,
  type Sample,
  spread,
  squaredMeanDistance,
  twoSamples,
} from './two-samples.js';

export interface MmdOptions {
  /**
   * `gaussian` (default): Σ over bandwidths σ of exp(−‖x − y‖² / 2σ²). `linear`: ⟨x, y⟩, which compares means only: half
   * the energy distance with squared Euclidean distances.
   */
  readonly kernel?: 'gaussian' | 'linear';
  /** σ, in the unit of the data; of several the kernels are added. Default: one, the median distance (see `mmd`). */
  readonly bandwidths?: readonly number[];
  /** Default `biased`. */
  readonly estimator?: PairEstimator;
  /** The square root of the statistic, 0 where an unbiased one is negative. Default false: MMD². */
  readonly root?: boolean;
}

export interface Mmd {
  readonly value: number;
  /** The bandwidths used; none for the linear kernel. Two values compare only where these are the same. */
  readonly bandwidths: readonly number[];
}

/** Cells, evenly spaced in both sets together, whose distances the median is of. */
const MEDIAN_ROWS = 1000;

/**
 * E k(X, X′) + E k(Y, Y′) − 2 E k(X, Y) for `x` (n, nCols) and `y` (m, nCols). Time n·m·nCols (linear: (n + m)·nCols),
 * beside copies of both sets memory of a few MiB. The bandwidth by default is the median Euclidean distance of
 * different cells of both sets together, of at most 1,000 cells evenly spaced.
 *
 * Throws `DataError` on NaN or infinity, naming the row, without two cells a set (one if biased), or where the median
 * distance is 0; `ShapeError` for sizes, `OptionError` for unknown options and bandwidths not above 0.
 */
export function mmd(
  x: Float64Array,
  y: Float64Array,
  nCols: number,
  { kernel = 'gaussian', bandwidths, estimator = 'biased', root = false }: MmdOptions = {},
): Mmd {
  const kernels = ['gaussian', 'linear'];
  if (!kernels.includes(kernel)) throw new OptionError('kernel', kernel, kernels);
  const [a, b] = twoSamples(x, y, nCols, estimator);
  const widths = kernel === 'linear' ? [] : checked(bandwidths ?? [medianDistance(a, b)]);
  const statistic = kernel === 'linear' ? linear(a, b, estimator) : gaussian(a, b, estimator, widths);
  return { value: finished(statistic, root), bandwidths: widths };
}

function linear(x: Sample, y: Sample, estimator: PairEstimator): number {
  const squares = squaredMeanDistance(x, y);
  return estimator === 'biased' ? squares : squares - spread(x) / (x.nRows - 1) - spread(y) / (y.nRows - 1);
}

function gaussian(x: Sample, y: Sample, estimator: PairEstimator, widths: readonly number[]): number {
  const rates = widths.map((width) => -0.5 / (width * width));
  const { withinX, withinY, between } = pairMeans(x, y, estimator, (squares) => {
    let sum = 0;
    for (const rate of rates) sum += Math.exp(rate * squares);
    return sum;
  });
  return withinX + withinY - 2 * between;
}

function checked(bandwidths: readonly number[]): readonly number[] {
  const bad = bandwidths.find((width) => !(width > 0 && width * width > 0 && width < Infinity));
  if (bad !== undefined) throw new OptionError('bandwidths', bad, 'a finite number above 0');
  if (bandwidths.length === 0) throw new OptionError('bandwidths', '', 'one number or more');
  return bandwidths;
}

function medianDistance(x: Sample, y: Sample): number {
  const total = x.nRows + y.nRows;
  const kept = Math.min(total, MEDIAN_ROWS);
  const rows = Array.from({ length: kept }, (_, i) => {
    const at = Math.floor((i * total) / kept);
    const [sample, row] = at < x.nRows ? [x, at] : [y, at - x.nRows];
    return sample.rows.subarray(row * x.nCols, (row + 1) * x.nCols);
  });
  const squares = new Float64Array((kept * (kept - 1)) / 2);
  let pair = 0;
  for (let i = 1; i < kept; i++) {
    for (let j = 0; j < i; j++, pair++) {
      for (let g = 0; g < x.nCols; g++) squares[pair] += (rows[i][g] - rows[j][g]) ** 2;
    }
  }
  const distance = finished(median(squares.map(Math.sqrt)), false);
  if (distance > 0) return distance;
  throw new DataError(
    'half of the cells or more are equal, so that the median distance is 0 and no bandwidth; give one',
  );
}
