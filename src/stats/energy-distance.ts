/**
 * Energy distance between two sets of cells. Székely & Rizzo 2013, doi:10.1016/j.jspi.2013.03.018.
 *
 * Programs mean different numbers by "E-distance": with Euclidean distances it is 0 only for equal distributions; with
 * squared ones it compares means only, twice their squared distance. Every choice is therefore an option here.
 */

import { OptionError } from '../errors.js';
import {
  finished,
  type PairEstimator,
  pairMeans,
  spread,
  squaredMeanDistance,
  twoSamples,
} from './two-samples.js';

export interface EnergyDistanceOptions {
  /**
   * Distance of two cells. `euclidean` (default): the energy distance of statistics, and pertpy's `edistance` in its
   * oldest and newest versions. `squared-euclidean`: the E-distance of scPerturb (Peidli et al. 2024), and
   * pertpy's in between.
   */
  readonly metric?: 'euclidean' | 'squared-euclidean';
  /** Default `biased`, as pertpy. scPerturb's program is `unbiased` by default since 0.0.6. */
  readonly estimator?: PairEstimator;
  /** The square root of the statistic, 0 where an unbiased one is negative. Default false. */
  readonly root?: boolean;
}

/**
 * 2 E d(X, Y) − E d(X, X′) − E d(Y, Y′) for `x` (n, nCols) and `y` (m, nCols). Time n·m·nCols, beside copies of both sets
 * memory of a few MiB; for squared distances time (n + m)·nCols, in closed form: 2‖x̄ − ȳ‖² if biased.
 *
 * Throws `DataError` on NaN or infinity, naming the row, or without two cells a set (one if biased), `ShapeError` for
 * sizes, `OptionError` for unknown options.
 */
export function energyDistance(
  x: Float64Array,
  y: Float64Array,
  nCols: number,
  { metric = 'euclidean', estimator = 'biased', root = false }: EnergyDistanceOptions = {},
): number {
  const metrics = ['euclidean', 'squared-euclidean'];
  if (!metrics.includes(metric)) throw new OptionError('metric', metric, metrics);
  const [a, b] = twoSamples(x, y, nCols, estimator);
  let statistic: number;
  if (metric === 'euclidean') {
    const { between, withinX, withinY } = pairMeans(a, b, estimator, Math.sqrt);
    statistic = 2 * between - withinX - withinY;
  } else {
    statistic = 2 * squaredMeanDistance(a, b);
    if (estimator === 'unbiased') {
      statistic -= (2 * spread(a)) / (a.nRows - 1) + (2 * spread(b)) / (b.nRows - 1);
    }
  }
  return finished(statistic, root);
}
