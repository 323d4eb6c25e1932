/**
 * Which latents each perturbation moves: precision, recall and F1 of the edges (perturbation, latent).
 *
 * The result depends on how latents were matched and on which perturbations count. Ours: matched by absolute
 * correlation, on perturbations that the caller names, as a rule those the model was trained on. The authors' program
 * (Lopez et al. 2023, arXiv:2211.03553): by signed correlation, on all perturbations, held-out ones too, whose edges
 * were never trained on data.
 */

import { type DenseMatrix, dense } from '../../data/index.js';
import { DataError, OptionError, ShapeError } from '../../errors.js';
import { checkFinite } from './columns.js';
import type { LatentMatching } from './matching.js';

export interface GraphRecoveryOptions {
  /** Of `matchLatents` or `meanCorrelationCoefficient`. By default estimated latent i stands for true latent i. */
  readonly matching?: Pick<LatentMatching, 'estimateOf'>;
  /** An edge is an entry above it. Default 0.5. */
  readonly threshold?: number;
  /** The perturbations that count. Default all. */
  readonly rows?: ArrayLike<number>;
}

export interface GraphRecovery {
  /** Share of estimated edges that are true; 0 where none is estimated. */
  readonly precision: number;
  /** Share of true edges that are estimated; 0 where there is no true one. */
  readonly recall: number;
  /** Their harmonic mean, 2 TP / (2 TP + FP + FN); 0 where that is 0 / 0. */
  readonly f1: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/**
 * Compares the estimated `edges` (K, k), probabilities or 0 and 1, with `graph` (K, d) of 0 and 1. True edges of a
 * latent without partner are missed; estimated edges of a latent that stands for no true one (k > d) are false.
 * 0 / 0 is 0, as sklearn's `precision_recall_fscore_support(..., zero_division=0)`; the counts tell such cases apart.
 *
 * Throws `ShapeError` when sizes do not fit, `DataError` on entries that are neither 0 nor 1 in `graph` or not finite
 * in `edges`, `OptionError` on a threshold that is not finite or a row that is not there.
 */
export function graphRecovery(
  graph: DenseMatrix,
  edges: DenseMatrix,
  { matching, threshold = 0.5, rows }: GraphRecoveryOptions = {},
): GraphRecovery {
  checkGraphs(graph, edges);
  if (!Number.isFinite(threshold)) throw new OptionError('threshold', threshold, 'a finite number');
  const trueLatentOf = inverse(matching?.estimateOf, graph.nCols, edges.nCols);
  let [truePositives, estimated, actual] = [0, 0, 0];
  const count = (row: number): void => {
    if (!(Number.isInteger(row) && row >= 0 && row < graph.nRows)) {
      throw new OptionError('rows', row, `a perturbation's row, 0 to ${graph.nRows - 1}`);
    }
    for (let i = 0; i < graph.nCols; i++) actual += graph.values[row * graph.nCols + i];
    for (let j = 0; j < edges.nCols; j++) {
      if (!(edges.values[row * edges.nCols + j] > threshold)) continue;
      estimated++;
      if (trueLatentOf[j] >= 0) truePositives += graph.values[row * graph.nCols + trueLatentOf[j]];
    }
  };
  if (rows) for (let r = 0; r < rows.length; r++) count(rows[r]);
  else for (let row = 0; row < graph.nRows; row++) count(row);
  return {
    precision: estimated > 0 ? truePositives / estimated : 0,
    recall: actual > 0 ? truePositives / actual : 0,
    f1: estimated + actual > 0 ? (2 * truePositives) / (estimated + actual) : 0,
    truePositives,
    falsePositives: estimated - truePositives,
    falseNegatives: actual - truePositives,
  };
}

/**
 * A graph for models without one (VAE, iVAE): for each perturbation the `count` latents it shifts most, by |shift|. Of
 * equal ones the first. `shifts` (K, k); the result, of 0 and 1, has its shape. Default 2, as in Lopez et al. 2023,
 * Appendix D. A perturbation has as many edges whether it does anything or not: an exact zero shift only is no edge.
 *
 * Throws `OptionError` unless `count` is a whole number ≥ 0, `DataError` naming the row of a NaN or infinity.
 */
export function topTargets(shifts: DenseMatrix, count = 2): DenseMatrix {
  if (!(Number.isInteger(count) && count >= 0)) throw new OptionError('count', count, 'a whole number ≥ 0');
  checkFinite('shifts', shifts);
  const { nRows, nCols, values } = shifts;
  const mask = new Float64Array(nRows * nCols);
  for (let start = 0; start < values.length; start += nCols) {
    const size = (j: number): number => Math.abs(values[start + j]);
    const order = Array.from({ length: nCols }, (_, j) => j).sort((i, j) => size(j) - size(i) || i - j);
    for (const j of order.slice(0, count)) if (size(j) > 0) mask[start + j] = 1;
  }
  return dense(nRows, nCols, mask);
}

function checkGraphs(graph: DenseMatrix, edges: DenseMatrix): void {
  checkFinite('true graph', graph);
  checkFinite('estimated edges', edges);
  if (graph.nRows !== edges.nRows) {
    throw new ShapeError(
      'estimated edges',
      `${graph.nRows} perturbations, as the true graph`,
      `${edges.nRows}`,
    );
  }
  const bad = graph.values.findIndex((value) => value !== 0 && value !== 1);
  if (bad < 0) return;
  const row = Math.floor(bad / graph.nCols);
  throw new DataError(`true graph: row ${row} has the entry ${graph.values[bad]}; entries are 0 or 1`, {
    row,
  });
}

/** (k), the true latent of each estimated one, −1 for none. */
function inverse(estimateOf: Int32Array | undefined, d: number, k: number): Int32Array {
  if (!estimateOf && d !== k) {
    throw new ShapeError(
      'estimated edges',
      `${d} latents, as the true graph, where no matching is given`,
      `${k}`,
    );
  }
  if (estimateOf && estimateOf.length !== d) {
    throw new ShapeError('matching', `${d} true latents`, String(estimateOf.length));
  }
  const trueLatentOf = new Int32Array(k).fill(-1);
  for (let i = 0; i < d; i++) {
    const j = estimateOf ? estimateOf[i] : i;
    if (j >= k || (j >= 0 && trueLatentOf[j] >= 0)) {
      throw new ShapeError('matching', `estimated latents 0 to ${k - 1}, each once, or −1`, String(j));
    }
    if (j >= 0) trueLatentOf[j] = i;
  }
  return trueLatentOf;
}
