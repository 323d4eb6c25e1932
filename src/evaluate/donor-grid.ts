/**
 * Error of SI-A against the number of donor actions and of training contexts (Squires et al. 2022, Fig. 5c).
 *
 * For every held-out pair with enough of both (10 and 5 in the paper), i of its greedy donors and j of its
 * training contexts are drawn at random, for every i and j; the cell (i, j) is the mean NRMSE over pairs.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import { type ImputerOptions, SubsetInterventions } from '../impute/index.js';
import type { Random } from '../random/index.js';
import { normalisedError } from './metrics.js';

export interface DonorGridOptions {
  /** Default 10 and 5. */
  readonly mostDonors?: number;
  readonly mostContexts?: number;
  readonly random: Random;
  readonly imputer: ImputerOptions;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DonorGridCell {
  readonly donors: number;
  readonly trainingContexts: number;
  readonly meanNrmse: number;
  readonly pairs: number;
}

/** One cell for every (donors, training contexts), empty when no pair has enough of both. */
export function donorGrid(tensor: OutcomeTensor, options: DonorGridOptions): DonorGridCell[] {
  const { mostDonors = 10, mostContexts = 5, random, onProgress } = options;
  const subsets = new SubsetInterventions(tensor, options.imputer);
  const sums = new Float64Array(mostDonors * mostContexts);
  const counts = new Int32Array(mostDonors * mostContexts);
  const pairs = tensor.treatedPairs();
  pairs.forEach((pair, at) => {
    onProgress?.(at + 1, pairs.length);
    const set = subsets.donorsFor(pair);
    if (!set || set.donors.length < mostDonors || set.units.length < mostContexts) return;
    for (let i = 1; i <= mostDonors; i++) {
      for (let j = 1; j <= mostContexts; j++) {
        const draw = random.split('donor grid', pair, i, j);
        const donors = draw
          .sample(set.donors.length, i)
          .map((k) => set.donors[k])
          .sort();
        const units = draw
          .sample(set.units.length, j)
          .map((k) => set.units[k])
          .sort();
        const error = normalisedError(subsets.predict(pair, { donors, units }), tensor.profile(pair));
        if (Number.isNaN(error)) continue;
        const cell = (i - 1) * mostContexts + (j - 1);
        sums[cell] += error;
        counts[cell]++;
      }
    }
  });
  return Array.from(counts, (count, cell) => ({
    donors: Math.floor(cell / mostContexts) + 1,
    trainingContexts: (cell % mostContexts) + 1,
    meanNrmse: count > 0 ? sums[cell] / count : Number.NaN,
    pairs: count,
  })).filter(({ pairs: n }) => n > 0);
}
