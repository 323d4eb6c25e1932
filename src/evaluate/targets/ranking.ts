/**
 * How well one list of scores puts the genes that were hit before the others: closed definitions, ties counted as scikit-learn
 * counts them.
 */
import { ShapeError } from '../../errors.js';
import { ranks } from '../../stats/index.js';

/** Places of all scores, the largest first; equal scores share the mean of their places, from 1. */
export function placesOf(scores: ArrayLike<number>): Float64Array {
  return ranks(Float64Array.from(scores, (score) => -score));
}

/**
 * Average precision Σ (R_k − R_{k−1}) P_k over the different thresholds: `sklearn.metrics.average_precision_score`. NaN
 * where nothing is true. Throws ShapeError.
 */
export function averagePrecision(truth: ArrayLike<number | boolean>, scores: ArrayLike<number>): number {
  const blocks = thresholds(truth, scores);
  const positives = blocks.reduce((sum, { hits }) => sum + hits, 0);
  let [seen, hitsSeen, precision] = [0, 0, 0];
  for (const { size, hits } of blocks) {
    seen += size;
    hitsSeen += hits;
    precision += (hits / positives) * (hitsSeen / seen);
  }
  return positives === 0 ? Number.NaN : precision;
}

/**
 * Area under the receiver operating curve: the chance that a true one has the larger score, equal ones counted half;
 * `sklearn.metrics.roc_auc_score`. NaN where nothing, or everything, is true. Throws ShapeError.
 */
export function rocAuc(truth: ArrayLike<number | boolean>, scores: ArrayLike<number>): number {
  let [positives, negatives, won] = [0, 0, 0];
  for (const { size, hits } of thresholds(truth, scores)) {
    const misses = size - hits;
    won += misses * (positives + hits / 2);
    positives += hits;
    negatives += misses;
  }
  return won / (positives * negatives);
}

/** Blocks of equal scores from the largest on: how many, and how many of them are true. */
function thresholds(truth: ArrayLike<number | boolean>, scores: ArrayLike<number>) {
  if (truth.length !== scores.length)
    throw new ShapeError('truth', `${scores.length} values, one a score`, `${truth.length}`);
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const blocks: { size: number; hits: number }[] = [];
  order.forEach((at, i) => {
    if (i === 0 || scores[at] !== scores[order[i - 1]]) blocks.push({ size: 0, hits: 0 });
    const block = blocks[blocks.length - 1];
    block.size++;
    if (truth[at]) block.hits++;
  });
  return blocks;
}

/** 1 for place 1 of `n`, 0 for place n. NaN for a single candidate. */
export const normalisedRank = (place: number, n: number): number => (n - place) / (n - 1);

/** Share of `places` that are at most `k`; a target that is no candidate has the place Infinity. NaN of none. */
export const recallAt = (places: ArrayLike<number>, k: number): number =>
  Array.from(places).filter((place) => place <= k).length / places.length;
