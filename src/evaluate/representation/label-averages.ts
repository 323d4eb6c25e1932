/**
 * One number from a score per cell (a bound on the log-likelihood): over cells, or over perturbations first, so that
 * perturbations with many cells weigh no more than others. The second is the interventional NLL of Lopez et al. 2023.
 */

import { DataError, OptionError, ShapeError } from '../../errors.js';

export interface LabelMean {
  readonly label: string;
  readonly nCells: number;
  readonly mean: number;
  /** Whether it has cells enough to count in `overLabels`. */
  readonly counts: boolean;
}

export interface ScoreAverages {
  /** Mean over all cells. */
  readonly overCells: number;
  /** Mean over labels of the mean over their cells; of labels with cells enough. NaN where there is none. */
  readonly overLabels: number;
  /** All labels, in order of appearance. */
  readonly labels: readonly LabelMean[];
}

export interface ScoreAverageOptions {
  /** A label counts with more cells than this. Default 10, as in the authors' program. */
  readonly moreThan?: number;
}

/**
 * Averages `scores` (nCells) by `labels` (nCells). A bound and its negative go through alike: which one it is, is the
 * caller's to say.
 *
 * Throws `ShapeError` for different lengths, `DataError` without cells or naming one whose score is not finite,
 * `OptionError` unless `moreThan` is a number ≥ 0.
 */
export function averageScores(
  scores: ArrayLike<number>,
  labels: readonly string[],
  { moreThan = 10 }: ScoreAverageOptions = {},
): ScoreAverages {
  if (!(moreThan >= 0)) throw new OptionError('moreThan', moreThan, 'a number of cells ≥ 0');
  if (scores.length !== labels.length) {
    throw new ShapeError('labels', `${scores.length}, one a score`, String(labels.length));
  }
  if (scores.length === 0) throw new DataError('an average of scores was asked of no cells');
  const sums = new Map<string, { nCells: number; sum: number }>();
  let total = 0;
  labels.forEach((label, row) => {
    if (!Number.isFinite(scores[row])) {
      throw new DataError(`the score of cell ${row} ('${label}') is ${scores[row]}; it has no average`, {
        row,
      });
    }
    const entry = sums.get(label) ?? { nCells: 0, sum: 0 };
    entry.nCells++;
    entry.sum += scores[row];
    total += scores[row];
    sums.set(label, entry);
  });
  const means = [...sums].map(([label, { nCells, sum }]) => {
    return { label, nCells, mean: sum / nCells, counts: nCells > moreThan };
  });
  const counted = means.filter(({ counts }) => counts);
  return {
    overCells: total / scores.length,
    overLabels: counted.reduce((sum, { mean }) => sum + mean, 0) / counted.length,
    labels: means,
  };
}
