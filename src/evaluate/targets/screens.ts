/**
 * How well the targets of a screen are found: one true gene (or a few) among the candidates of each perturbation. Metrics
 * of Wu et al., section 4.1.
 */
import { pearson } from '../../stats/index.js';
import { normalisedRank, placesOf, recallAt } from './ranking.js';

export interface RankedPerturbation {
  readonly name: string;
  /** Candidates, any order. */
  readonly genes: readonly string[];
  /** (genes.length) */
  readonly score: ArrayLike<number>;
  /** What was hit. */
  readonly targets: readonly string[];
}

export interface ScreenMetrics {
  /** Mean over targets that are candidates: 1 where they are first, 0 where last. NaN without any. */
  readonly rank: number;
  /** Share of all targets, those that are no candidates included, within the first 1, 5 and 20. */
  readonly recall: Readonly<Record<1 | 5 | 20, number>>;
  /** Mean of `topPearson` where it is defined. */
  readonly r: number;
  readonly targets: number;
  /** Targets that are candidates. */
  readonly ranked: number;
}

/** Places of the targets of a perturbation, equal scores sharing theirs; Infinity for one that is no candidate. */
export function targetPlaces({ genes, score, targets }: RankedPerturbation): number[] {
  const places = placesOf(score);
  return targets.map((target) => {
    const at = genes.indexOf(target);
    return at < 0 ? Number.POSITIVE_INFINITY : places[at];
  });
}

/** `changes`: log fold changes over all genes of the screen by perturbation; without them r is NaN. */
export function screenMetrics(
  perturbations: readonly RankedPerturbation[],
  changes: ReadonlyMap<string, ArrayLike<number>> = new Map(),
): ScreenMetrics {
  const found = perturbations.map((one) => ({ places: targetPlaces(one), n: one.genes.length }));
  const places = found.flatMap((one) => one.places);
  const ranks = found
    .flatMap(({ places, n }) => places.filter(Number.isFinite).map((place) => normalisedRank(place, n)))
    .filter((rank) => !Number.isNaN(rank));
  const r = perturbations.map((one) => topPearson(one, changes)).filter((value) => !Number.isNaN(value));
  return {
    rank: mean(ranks),
    recall: { 1: recallAt(places, 1), 5: recallAt(places, 5), 20: recallAt(places, 20) },
    r: mean(r),
    targets: places.length,
    ranked: places.filter(Number.isFinite).length,
  };
}

/**
 * Pearson's correlation between what a perturbation changed and what the perturbation of its best candidate changed: a
 * wrong gene of the same effect is no bad answer. The best candidate is the first that was perturbed in the screen under
 * its own name; 1 where it is the right one. NaN where none was.
 */
export function topPearson(
  { name, genes, score }: RankedPerturbation,
  changes: ReadonlyMap<string, ArrayLike<number>>,
): number {
  const own = changes.get(name);
  let best = -1;
  genes.forEach((gene, i) => {
    if (changes.has(gene) && (best < 0 || score[i] > score[best])) best = i;
  });
  const other = best < 0 ? undefined : changes.get(genes[best]);
  return own && other ? pearson(own, other) : Number.NaN;
}

/** Is the target simply the gene with the largest |log fold change| of all? */
export function isTrivial(
  genes: readonly string[],
  logFoldChange: ArrayLike<number>,
  targets: readonly string[],
): boolean {
  let largest = 0;
  for (let gene = 1; gene < logFoldChange.length; gene++) {
    if (Math.abs(logFoldChange[gene]) > Math.abs(logFoldChange[largest])) largest = gene;
  }
  return targets.includes(genes[largest]);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
