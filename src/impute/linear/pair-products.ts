/**
 * Inner products among all profiles of a screen: what the linear methods need of the genes.
 *
 * Their predictions are weighted sums of visible profiles, and the weights depend on the profiles through these
 * products alone, so that leave-one-out touches the genes once per prediction. Every profile is split into its own
 * mean and the rest, x = z + m 1, which keeps digits where values lie far from zero. A product of two pairs depends
 * on these two only: those of hidden pairs can lie in the table, as long as nobody reads them.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { gram } from '../../linalg/index.js';

/** More pairs are refused: their table would need more than 0.8 GB. */
export const MOST_PAIRS = 10_000;

export class PairProducts {
  readonly nPairs: number;
  readonly nGenes: number;
  /** Mean m of each profile, `(nPairs)`. */
  readonly means: Float64Array;
  /** z_i · z_j, `(nPairs, nPairs)`. */
  readonly table: Float64Array;

  /**
   * @param method who asks, for the message
   * @param weights of the genes in every product, `(nGenes)`; default 1
   * Throws DataError for more than `MOST_PAIRS` pairs.
   */
  constructor(
    readonly tensor: OutcomeTensor,
    method: string,
    weights?: Float64Array,
  ) {
    const { nPairs, nGenes } = tensor;
    this.nPairs = nPairs;
    this.nGenes = nGenes;
    if (nPairs > MOST_PAIRS) {
      throw new DataError(
        `${method} compares every profile with every other: ${nPairs} pairs are more than ${MOST_PAIRS}; ` +
          'use si-a or an average, or a part of the screen',
        { nPairs },
      );
    }
    this.means = new Float64Array(nPairs);
    const rows = new Float64Array(nPairs * nGenes);
    for (let pair = 0; pair < nPairs; pair++) {
      const profile = tensor.profile(pair);
      const at = pair * nGenes;
      let sum = 0;
      for (let g = 0; g < nGenes; g++) sum += rows[at + g] = weights ? profile[g] * weights[g] : profile[g];
      this.means[pair] = sum / nGenes;
      for (let g = 0; g < nGenes; g++) rows[at + g] -= this.means[pair];
    }
    this.table = gram(rows, nPairs, nGenes);
  }
}
