/**
 * Which estimated latent stands for which true one, and how well: the mean correlation coefficient.
 *
 * Latents are known up to their order and sign, so each true latent is matched with an estimated one of its own by
 * their correlation (Hungarian algorithm). Hyvärinen & Morioka 2016 (arXiv:1605.06336) and Khemakhem et al. 2020
 * (arXiv:1907.04809); as in Lopez et al. 2023 (arXiv:2211.03553), section 4.
 */

import { type DenseMatrix, dense } from '../../data/index.js';
import { OptionError } from '../../errors.js';
import { gemm } from '../../linalg/index.js';
import { assignment } from '../../stats/index.js';
import { type CorrelationKind, checkFinite, checkLatents, standardisedColumns } from './columns.js';

/**
 * What the matching makes largest: the sum of absolute correlations, so that a latent of the other sign is as good,
 * or of signed ones (the authors' program, where it compares graphs).
 */
export type MatchingRule = 'absolute-correlation' | 'signed-correlation';

export interface LatentMatching {
  /** (d), the estimated latent of each true one; −1 where there are fewer estimated latents and it got none. */
  readonly estimateOf: Int32Array;
  /** (d), 1 or −1: the sign of their correlation (1 for a correlation of zero), 0 where there is none. */
  readonly signs: Int8Array;
}

export interface MeanCorrelation extends LatentMatching {
  /** In [0, 1]: mean over the d true latents of |correlation| with their partners, 0 for those without one. */
  readonly value: number;
  /** (d, k) correlations of true latents (rows) and estimated ones, signed. */
  readonly correlations: DenseMatrix;
}

export interface CorrelationOptions {
  /** Default `pearson`. */
  readonly kind?: CorrelationKind;
}

/**
 * Correlations (d, k) of the columns of `truth` (n, d) and `estimate` (n, k), in [−1, 1]; 0 where a column is
 * constant. Throws `ShapeError` for different or fewer than two rows, `DataError` naming the row of a NaN or infinity.
 */
export function latentCorrelations(
  truth: DenseMatrix,
  estimate: DenseMatrix,
  { kind = 'pearson' }: CorrelationOptions = {},
): DenseMatrix {
  const kinds = ['pearson', 'spearman'];
  if (!kinds.includes(kind)) throw new OptionError('kind', kind, kinds);
  checkLatents(truth, estimate);
  const [d, k] = [truth.nCols, estimate.nCols];
  const a = standardisedColumns(truth, kind);
  const b = standardisedColumns(estimate, kind);
  const products = gemm({ m: d, n: k, k: truth.nRows, a, transposeA: true, b });
  return dense(
    d,
    k,
    products.map((value) => Math.max(-1, Math.min(1, value))),
  );
}

/**
 * Matches true latents (rows of `correlations` (d, k)) with estimated ones, min(d, k) pairs, so that the sum of what
 * `rule` says is largest. Default `absolute-correlation`. Throws `DataError` on NaN.
 */
export function matchLatents(
  correlations: DenseMatrix,
  rule: MatchingRule = 'absolute-correlation',
): LatentMatching {
  const rules = ['absolute-correlation', 'signed-correlation'];
  if (!rules.includes(rule)) throw new OptionError('rule', rule, rules);
  checkFinite('correlations', correlations);
  const { nRows, nCols, values } = correlations;
  const costs = Float64Array.from(
    values,
    (value) => -(rule === 'signed-correlation' ? value : Math.abs(value)),
  );
  const estimateOf = assignment(costs, nRows, nCols).columns;
  const signs = Int8Array.from(estimateOf, (j, i) => (j < 0 ? 0 : values[i * nCols + j] < 0 ? -1 : 1));
  return { estimateOf, signs };
}

/**
 * Mean correlation coefficient (MCC) of `estimate` (n, k) with `truth` (n, d): 1 where each true latent is an
 * estimated one up to shift, scale and sign (with `spearman`, up to any rising or falling function). Independent
 * latents do not give 0, since the best matching is taken: about 0.06 with 15 of each and 1,000 rows. With k < d,
 * unmatched true latents count 0; with k > d superfluous estimated ones cost nothing, and the value rises with k.
 *
 * Throws as `latentCorrelations`.
 */
export function meanCorrelationCoefficient(
  truth: DenseMatrix,
  estimate: DenseMatrix,
  options: CorrelationOptions = {},
): MeanCorrelation {
  const correlations = latentCorrelations(truth, estimate, options);
  const matching = matchLatents(correlations);
  let sum = 0;
  matching.estimateOf.forEach((j, i) => {
    if (j >= 0) sum += Math.abs(correlations.values[i * correlations.nCols + j]);
  });
  return { value: sum / truth.nCols, correlations, ...matching };
}
