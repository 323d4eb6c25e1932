/**
 * Responses of a linear model as inner products: profiles of pairs, or what they differ from the control of their
 * context by.
 */
import type { PairProducts } from './pair-products.js';

export interface Responses {
  /** `(nRows)` */
  readonly pairs: Int32Array;
  /** Subtracted from each, `(nRows)`; `null`: nothing is. */
  readonly controls: Int32Array | null;
  /** ⟨y_i, y_j⟩ `(nRows, nRows)`; without controls up to one constant for all genes and rows. */
  readonly table: Float64Array;
}

/** The profiles of `pairs`; their common mean is taken out, so the model must have an intercept. */
export function profileResponses(products: PairProducts, pairs: Int32Array): Responses {
  const means = pairs.length ? Float64Array.from(pairs, (pair) => products.means[pair]) : new Float64Array();
  const centre = means.reduce((sum, mean) => sum + mean / means.length, 0);
  const shifted = means.map((mean) => mean - centre);
  return { pairs, controls: null, table: innerProducts(products, pairs, shifted) };
}

/** Profiles of `pairs` less those of `controls`, row by row. */
export function shiftResponses(products: PairProducts, pairs: Int32Array, controls: Int32Array): Responses {
  const { table: all, nPairs, nGenes, means } = products;
  const n = pairs.length;
  const table = new Float64Array(n * n);
  const shift = Float64Array.from(pairs, (pair, i) => means[pair] - means[controls[i]]);
  for (let i = 0; i < n; i++) {
    const [x, x0] = [pairs[i] * nPairs, controls[i] * nPairs];
    for (let j = 0; j < n; j++) {
      const [y, y0] = [pairs[j], controls[j]];
      table[i * n + j] =
        all[x + y] - all[x + y0] - (all[x0 + y] - all[x0 + y0]) + nGenes * shift[i] * shift[j];
    }
  }
  return { pairs, controls, table };
}

function innerProducts(products: PairProducts, pairs: Int32Array, means: Float64Array): Float64Array {
  const { table: all, nPairs, nGenes } = products;
  const n = pairs.length;
  const table = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = pairs[i] * nPairs;
    const mean = nGenes * means[i];
    for (let j = 0; j < n; j++) table[i * n + j] = all[row + pairs[j]] + mean * means[j];
  }
  return table;
}
