/**
 * UMAP: a map of rows in two dimensions that keeps neighbours together (McInnes et al. 2018, arXiv:1802.03426),
 * by the library umap-js from exact nearest neighbours. The library is loaded when first needed.
 */

import { NumericalError, OptionError } from '../errors.js';
import type { Bits } from '../random/index.js';
import { nearestNeighbours } from './neighbours.js';
import { pca } from './pca.js';

export interface UmapOptions {
  /** Where the start positions and the sampling come from: the same stream gives the same map. */
  random: Pick<Bits, 'uniform'>;
  /** Size of a neighbourhood, the row itself counted; lowered to nRows − 1 where there are fewer. Default 15. */
  nNeighbours?: number;
  /** How close rows may lie on the map. Default 0.1. */
  minDistance?: number;
  /** Rows with more columns than this are reduced to as many principal components first. Default 50. */
  nComponents?: number;
  /** Rounds of the layout, which takes most of the time. Default the library's: 500, fewer above 2,500 rows. */
  nEpochs?: number;
}

/**
 * Places on the map (nRows, 2) for `rows` (nRows, nCols). One row lies at the origin, two lie side by side.
 *
 * Throws `DataError` on NaN or infinity, `OptionError` on senseless options, `NumericalError` if the layout
 * leaves the range of numbers.
 */
export async function umap(
  rows: Float64Array,
  nRows: number,
  nCols: number,
  { random, nNeighbours = 15, minDistance = 0.1, nComponents = 50, nEpochs }: UmapOptions,
): Promise<Float64Array> {
  if (!(Number.isInteger(nNeighbours) && nNeighbours >= 2)) {
    throw new OptionError('nNeighbours', nNeighbours, 'a whole number ≥ 2');
  }
  if (!(minDistance >= 0 && minDistance <= 1)) {
    throw new OptionError('minDistance', minDistance, 'a number between 0 and 1');
  }
  if (nEpochs !== undefined && !(Number.isInteger(nEpochs) && nEpochs >= 1)) {
    throw new OptionError('nEpochs', nEpochs, 'a whole number ≥ 1');
  }
  const reduced = nCols > nComponents ? pca(rows, nRows, nCols, nComponents) : undefined;
  const size = Math.min(nNeighbours, nRows - 1);
  const width = reduced?.nComponents ?? nCols;
  const { k, indices, distances } = nearestNeighbours(
    reduced?.scores ?? rows,
    nRows,
    width,
    Math.max(1, size - 1),
  );
  if (nRows < 3) return Float64Array.from([0, 0, 1, 0].slice(0, 2 * nRows));

  const { UMAP } = await import('umap-js');
  const map = new UMAP({ nNeighbors: k + 1, minDist: minDistance, nEpochs, random: () => random.uniform() });
  // The library wants each row to be its own first neighbour.
  const lists = Array.from({ length: nRows }, (_, i) => i);
  map.setPrecomputedKNN(
    lists.map((i) => [i, ...indices.subarray(i * k, (i + 1) * k)]),
    lists.map((i) => [0, ...distances.subarray(i * k, (i + 1) * k)]),
  );
  // With the neighbours given it asks no more of the rows than how many there are.
  const places = Float64Array.from(map.fit(lists.map(() => [])).flat());
  if (!places.every(Number.isFinite)) {
    throw new NumericalError(`the UMAP layout of ${nRows} rows did not stay finite; rescale the values`);
  }
  return places;
}
