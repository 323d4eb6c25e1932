/**
 * Held-out error inside a training: which visible pairs are left out together, and how far a combination of residuals
 * is from the residual of a pair.
 */
import type { Random } from '../../random/index.js';
import { answerable } from '../linear/linear.js';
import type { Training } from '../training.js';

export interface InnerFold {
  /** Positions among the visible pairs. */
  readonly trained: readonly number[];
  readonly heldOut: readonly number[];
}

/** Groups of the pairs that a method is judged by, shuffled; every one of them is held out once. */
export function innerFolds(
  training: Training,
  pairs: Int32Array,
  nFolds: number,
  random: Random,
): InnerFold[] {
  const judged = answerable(training, pairs);
  const order = random.permutation(judged.length);
  const folds: InnerFold[] = [];
  for (let fold = 0; fold < Math.min(nFolds, judged.length); fold++) {
    const heldOut = Array.from(order).flatMap((at, i) => (i % nFolds === fold ? [judged[at]] : []));
    const out = new Set(heldOut);
    const trained = Array.from(pairs.keys()).filter((i) => !out.has(i));
    if (trained.length > 0) folds.push({ trained, heldOut: heldOut.sort((a, b) => a - b) });
  }
  return folds;
}

/** ‖r_i − Σ_k weights_k r_{rows_k}‖² from inner products of residuals `(n, n)`. */
export function combinationError(
  gram: Float64Array,
  n: number,
  i: number,
  rows: ArrayLike<number>,
  weights: ArrayLike<number>,
): number {
  let error = gram[i * n + i];
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] * n;
    let inner = 0;
    for (let l = 0; l < rows.length; l++) inner += weights[l] * gram[row + rows[l]];
    error += weights[k] * (inner - 2 * gram[row + i]);
  }
  return error;
}
