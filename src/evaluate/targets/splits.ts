/**
 * Which perturbations a model may be trained on, and which it is judged by, so that the second are not in effect among the
 * first: Wu et al., section 4.1 and appendix B.1.
 */
import { OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { kMeans } from '../../stats/index.js';

export interface PerturbationSplit {
  /** Numbers of perturbations, rising. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Clusters of the paper. */
const CLUSTERS = 200;

/**
 * For contexts that training sees: perturbations (nPerturbations, nGenes) are clustered by their log fold changes, and a
 * cluster stays together. The largest trains, as it gathers those with small effects; the others go to training and test
 * in random order, each to the side that has fewer of them so far. `clusters`: default 200, at most one for every two.
 */
export function splitByClusters(
  logFoldChanges: Float64Array,
  nPerturbations: number,
  random: Random,
  clusters = Math.max(1, Math.min(CLUSTERS, Math.floor(nPerturbations / 2))),
): PerturbationSplit {
  const nGenes = logFoldChanges.length / nPerturbations;
  const { labels } = kMeans(logFoldChanges, nPerturbations, nGenes, clusters, { random, restarts: 3 });
  const members = Array.from({ length: clusters }, (_, cluster) =>
    Array.from(labels.keys()).filter((one) => labels[one] === cluster),
  ).filter((one) => one.length > 0);
  const [largest, ...others] = members.sort((a, b) => b.length - a.length || a[0] - b[0]);
  const [train, test]: [number[], number[]] = [[], []];
  for (const cluster of random.split('sides').shuffle(others)) {
    (test.length <= train.length ? test : train).push(...cluster);
  }
  const rising = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
  return { train: rising([...largest, ...train]), test: rising(test) };
}

/** For contexts that training does not see: everything of one is the test. Throws OptionError for one that is not there. */
export function splitByContext(contexts: readonly string[], heldOut: string): PerturbationSplit {
  if (!contexts.includes(heldOut)) throw new OptionError('held-out context', heldOut, [...new Set(contexts)]);
  const where = (wanted: (context: string) => boolean) =>
    contexts.flatMap((context, i) => (wanted(context) ? [i] : []));
  return { train: where((context) => context !== heldOut), test: where((context) => context === heldOut) };
}

/** Cells of M in a round of subsampling, equation 11: min(M, max(50, 0.8 M)), rounded down. */
export const subsampleSize = (cells: number): number =>
  Math.min(cells, Math.max(50, Math.floor(0.8 * cells)));

/** Rounds of `subsampleSize` different cells of 0 … cells − 1 each, rising. Default 5 rounds, as the paper. */
export function subsamples(cells: number, random: Random, rounds = 5): Int32Array[] {
  return Array.from({ length: rounds }, (_, round) =>
    random.split('subsample', round).sample(cells, subsampleSize(cells)).sort(),
  );
}
