/**
 * Do edge probabilities mean what they say? Of the edges given 0.8, eight in ten should be there (calibration), and
 * true edges should have higher ones than others (ranking).
 */

import type { DenseMatrix } from '../../data/index.js';
import { dense } from '../../data/index.js';
import { DataError, OptionError, ShapeError } from '../../errors.js';
import { normalQuantile, ranks } from '../../stats/index.js';
import type { LatentMatching } from './matching.js';

export interface ReliabilityBin {
  /** The bin is [from, to), the last one [from, 1]. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability of its entries. */
  readonly meanProbability: number;
  /** Share of them that are true, and its 95 % interval by Wilson's score. */
  readonly observed: number;
  readonly lower: number;
  readonly upper: number;
}

export interface EdgeCalibration {
  /** Bins that hold something, of equal width. */
  readonly bins: readonly ReliabilityBin[];
  /** Mean over entries of |mean probability − observed| of their bins. 0 is perfect; depends on the bins. */
  readonly expectedCalibrationError: number;
  /** Mean squared difference of probability and truth. */
  readonly brierScore: number;
  /** Mean −log of the probability of what is true, natural, probabilities kept 2.2e-16 away from 0 and 1 as sklearn. */
  readonly logLoss: number;
  /** Area under the ROC curve: the probability that a true edge has the higher value, ties half. NaN without both kinds. */
  readonly areaUnderRoc: number;
  /** Area under the precision-recall curve in steps, without interpolation: average precision. NaN without true edges. */
  readonly averagePrecision: number;
}

/**
 * Compares `probabilities` with `truth`, of 0 and 1, entry by entry; matrices of edges by their `values`, the columns of
 * both in the same order (`alignEdges`). `nBins` defaults to 10.
 *
 * Throws `ShapeError` for different lengths, `DataError` without entries or naming one that is no probability or
 * neither 0 nor 1, `OptionError` unless `nBins` is a whole number ≥ 1.
 */
export function edgeCalibration(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  nBins = 10,
): EdgeCalibration {
  if (!(Number.isSafeInteger(nBins) && nBins >= 1))
    throw new OptionError('nBins', nBins, 'a whole number ≥ 1');
  checkEntries(probabilities, truth);
  const n = truth.length;
  let [brierScore, logLoss] = [0, 0];
  for (let i = 0; i < n; i++) {
    brierScore += (probabilities[i] - truth[i]) ** 2 / n;
    const ofTrue = truth[i] === 1 ? probabilities[i] : 1 - probabilities[i];
    logLoss -= Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, ofTrue))) / n;
  }
  const bins = reliability(probabilities, truth, nBins);
  return {
    bins,
    expectedCalibrationError: bins.reduce(
      (sum, bin) => sum + (bin.count / n) * Math.abs(bin.meanProbability - bin.observed),
      0,
    ),
    brierScore,
    logLoss,
    areaUnderRoc: areaUnderRoc(probabilities, truth),
    averagePrecision: averagePrecision(probabilities, truth),
  };
}

/**
 * `edges` (K, k) with the columns of the true latents (K, d): column i is that of the estimated latent that stands for
 * true latent i, of zeros where none does.
 */
export function alignEdges(
  edges: DenseMatrix,
  { estimateOf }: Pick<LatentMatching, 'estimateOf'>,
): DenseMatrix {
  const d = estimateOf.length;
  const values = new Float64Array(edges.nRows * d);
  estimateOf.forEach((j, i) => {
    if (j >= edges.nCols)
      throw new ShapeError('matching', `estimated latents below ${edges.nCols}`, String(j));
    if (j < 0) return;
    for (let row = 0; row < edges.nRows; row++) values[row * d + i] = edges.values[row * edges.nCols + j];
  });
  return dense(edges.nRows, d, values);
}

function checkEntries(probabilities: ArrayLike<number>, truth: ArrayLike<number>): void {
  if (probabilities.length !== truth.length) {
    throw new ShapeError(
      'probabilities',
      `${truth.length}, one an entry of the truth`,
      `${probabilities.length}`,
    );
  }
  if (truth.length === 0) throw new DataError('calibration was asked of no edges');
  for (let i = 0; i < truth.length; i++) {
    if (!(probabilities[i] >= 0 && probabilities[i] <= 1)) {
      throw new DataError(`probability number ${i} is ${probabilities[i]}, not between 0 and 1`, { row: i });
    }
    if (truth[i] !== 0 && truth[i] !== 1) {
      throw new DataError(`truth number ${i} is ${truth[i]}, neither 0 nor 1`, { row: i });
    }
  }
}

function reliability(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  nBins: number,
): ReliabilityBin[] {
  const sums = Array.from({ length: nBins }, () => ({ count: 0, probability: 0, hits: 0 }));
  for (let i = 0; i < truth.length; i++) {
    const bin = sums[Math.min(nBins - 1, Math.floor(probabilities[i] * nBins))];
    bin.count++;
    bin.probability += probabilities[i];
    bin.hits += truth[i];
  }
  return sums.flatMap(({ count, probability, hits }, b) => {
    if (count === 0) return [];
    const meanProbability = probability / count;
    return [{ from: b / nBins, to: (b + 1) / nBins, count, meanProbability, ...wilson(hits, count) }];
  });
}

/** A share and its 95 % interval. Wilson 1927, doi:10.1080/01621459.1927.10502953. */
function wilson(hits: number, count: number): { observed: number; lower: number; upper: number } {
  const z = normalQuantile(0.975);
  const observed = hits / count;
  const weight = (z * z) / count;
  const centre = (observed + weight / 2) / (1 + weight);
  const half = Math.sqrt(weight * (observed * (1 - observed) + weight / 4)) / (1 + weight);
  // At 0 and 1 the bound is exact, which rounding is not.
  return {
    observed,
    lower: hits === 0 ? 0 : centre - half,
    upper: hits === count ? 1 : centre + half,
  };
}

function areaUnderRoc(scores: ArrayLike<number>, truth: ArrayLike<number>): number {
  const rank = ranks(scores);
  let [rankSum, hits] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    rankSum += truth[i] * rank[i];
    hits += truth[i];
  }
  return (rankSum - (hits * (hits + 1)) / 2) / (hits * (truth.length - hits));
}

/** Σ (recall gained) × precision, from the highest score down; equal scores are one step. */
function averagePrecision(scores: ArrayLike<number>, truth: ArrayLike<number>): number {
  const falling = Uint32Array.from({ length: truth.length }, (_, i) => i).sort(
    (i, j) => scores[j] - scores[i],
  );
  let [sum, hits, counted] = [0, 0, 0];
  falling.forEach((entry, i) => {
    hits += truth[entry];
    if (i + 1 < falling.length && scores[falling[i + 1]] === scores[entry]) return;
    sum += ((hits - counted) * hits) / (i + 1);
    counted = hits;
  });
  return sum / hits;
}
