/**
 * The directions of gene space that the model works in: principal axes of the profiles it learns from, about their mean.
 *
 * Only inner products of profiles are needed: y_i·y_k over all genes once a screen, and everything else is as large as
 * the number of pairs.
 */
import { gemm, symmetricEigen } from '../../linalg/index.js';

/** Directions whose share of the largest variance is below this are rounding. */
const SMALLEST_SHARE = 1e-10;

export interface GeneDirections {
  /** How many there are, r. */
  readonly count: number;
  /** The pairs they are of, `(n)`: rows of the products. */
  readonly pairs: Int32Array;
  /** Coordinates of those pairs `(n, r)`, per √gene. */
  readonly coordinates: Float64Array;
  /** Turns centred products with those pairs `(m, n)` into coordinates: `(n, r)`. */
  readonly projection: Float64Array;
  /** Mean of the products of each pair with all of them `(n)`, and of those means. */
  readonly means: Float64Array;
  readonly mean: number;
}

/**
 * @param products inner products of all profiles `(nAll, nAll)`, divided by the number of genes
 * @param pairs those to learn from, `(n)`
 */
export function geneDirections(products: Float64Array, nAll: number, pairs: Int32Array): GeneDirections {
  const n = pairs.length;
  const means = Float64Array.from(pairs, (pair) => {
    let sum = 0;
    for (const other of pairs) sum += products[pair * nAll + other];
    return sum / n;
  });
  const mean = means.reduce((sum, value) => sum + value / n, 0);
  const centred = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      centred[i * n + k] = products[pairs[i] * nAll + pairs[k]] - means[i] - means[k] + mean;
    }
  }
  const { values, vectors } = symmetricEigen(centred, n);
  const largest = Math.max(values[n - 1] ?? 0, 0);
  const kept = Array.from(values.keys())
    .filter((k) => values[k] > SMALLEST_SHARE * largest)
    .reverse();
  const r = kept.length;
  const coordinates = new Float64Array(n * r);
  const projection = new Float64Array(n * r);
  kept.forEach((k, j) => {
    const size = Math.sqrt(values[k]);
    for (let i = 0; i < n; i++) {
      coordinates[i * r + j] = vectors[k * n + i] * size;
      projection[i * r + j] = vectors[k * n + i] / size;
    }
  });
  return { count: r, pairs, coordinates, projection, means, mean };
}

/** Coordinates `(m, r)` of other pairs: what of their profiles lies in the directions. */
export function coordinatesOf(
  { count: r, pairs, projection, means, mean }: GeneDirections,
  products: Float64Array,
  nAll: number,
  others: ArrayLike<number>,
): Float64Array {
  const [m, n] = [others.length, pairs.length];
  const centred = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    const own = others[i] * nAll;
    let ownMean = 0;
    for (const pair of pairs) ownMean += products[own + pair];
    ownMean /= n;
    for (let k = 0; k < n; k++) centred[i * n + k] = products[own + pairs[k]] - ownMean - means[k] + mean;
  }
  return gemm({ m, n: r, k: n, a: centred, b: projection });
}
