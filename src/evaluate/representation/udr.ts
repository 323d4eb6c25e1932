/**
 * Unsupervised Disentanglement Ranking: which settings give latents that come out alike from every start? Needs no true
 * latents. Duan et al. 2020 (arXiv:1905.12614); how Lopez et al. 2023 choose their settings.
 *
 * For two runs a and b, R (d_a, d_b) says how alike the latent i of a and j of b are: |Spearman's correlation|
 * (UDR_S), or the |weight| of j in a lasso that predicts i (UDR_L). Only informative latents take part, those whose mean KL
 * from the prior is above a threshold. A latent scores best where it has one counterpart, strong and alone:
 *
 *   UDR(a, b) = 1 / (d_a + d_b) · [ Σ_j max_i R_ij² / Σ_i R_ij  +  Σ_i max_j R_ij² / Σ_j R_ij ]
 *
 * in [0, 1] by Spearman; with runs of one setting and several starts, the score of a run is the median over the others.
 */

import { type DenseMatrix, dense, takeCols } from '../../data/index.js';
import { DataError, OptionError, ShapeError } from '../../errors.js';
import { gemm } from '../../linalg/index.js';
import { mean, median } from '../../stats/index.js';
import { checkFinite, standardisedColumns } from './columns.js';
import { lassoFromCorrelations } from './lasso.js';

export interface UdrRun {
  /** (nCells, d), posterior means; the same cells in all runs. */
  readonly latents: DenseMatrix;
  /** (d), mean over cells of the KL divergence of each latent's posterior from the prior. All informative by default. */
  readonly kl?: ArrayLike<number>;
}

export interface UdrOptions {
  /** Default `spearman`. */
  readonly similarity?: 'spearman' | 'lasso';
  /** A latent is informative with a KL above it, in nats. Default 0.01. */
  readonly klThreshold?: number;
  /** Weight of the lasso's penalty, latents in standard deviations. Default 0.1. */
  readonly alpha?: number;
  /** How a run's scores with the others become one. Default `median`. */
  readonly over?: 'median' | 'mean';
}

export interface Udr {
  /** (nRuns), one a run. */
  readonly scores: Float64Array;
  /** (nRuns, nRuns), UDR(a, b) in row a; 0 on the diagonal. Symmetric by Spearman, nearly so by lasso. */
  readonly pairs: DenseMatrix;
}

/**
 * Scores of two runs or more. Two runs of which neither has an informative latent score 0 with each other, as has a
 * latent like none of the other's; a constant latent is like none.
 *
 * Throws `DataError` for fewer than two runs or values that are not finite, `ShapeError` for different cells,
 * `OptionError` for unknown options.
 */
export function udr(runs: readonly UdrRun[], options: UdrOptions = {}): Udr {
  const { similarity = 'spearman', klThreshold = 0.01, alpha = 0.1, over = 'median' } = options;
  checkChoice('similarity', similarity, ['spearman', 'lasso']);
  checkChoice('over', over, ['median', 'mean']);
  if (!(klThreshold >= 0)) throw new OptionError('klThreshold', klThreshold, 'a number ≥ 0');
  if (!(alpha >= 0 && alpha < Infinity)) throw new OptionError('alpha', alpha, 'a finite number ≥ 0');
  checkRuns(runs);
  const kind = similarity === 'spearman' ? 'spearman' : 'pearson';
  const columns = runs.map((run) => {
    const latents = informativeLatents(run, klThreshold);
    return { d: latents.nCols, values: standardisedColumns(latents, kind) };
  });
  const correlations = (a: number, b: number): Float64Array => {
    const [left, right] = [columns[a], columns[b]];
    const nCells = runs[0].latents.nRows;
    return gemm({ m: left.d, n: right.d, k: nCells, a: left.values, transposeA: true, b: right.values });
  };
  const grams = similarity === 'lasso' ? runs.map((_, b) => correlations(b, b)) : [];
  const n = runs.length;
  const pairs = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) {
      if (a === b) continue;
      const [dA, dB] = [columns[a].d, columns[b].d];
      const shared = correlations(a, b);
      const likeness = similarity === 'lasso' ? lassoWeights(grams[b], shared, dB, alpha) : shared;
      pairs[a * n + b] = relativeStrength(likeness.map(Math.abs), dA, dB);
    }
  }
  const scores = Float64Array.from(runs, (_, a) => {
    const others = pairs.subarray(a * n, (a + 1) * n).filter((_, b) => b !== a);
    return over === 'median' ? median(others) : mean(others);
  });
  return { scores, pairs: dense(n, n, pairs) };
}

/**
 * Mean over cells of KL(N(mean, variance) ‖ N(0, 1)) of each latent, for `UdrRun.kl`; `means` and `variances` (nCells, d).
 * Throws `ShapeError` for different sizes, `DataError` without cells, on NaN or a variance not above 0.
 */
export function meanKlOfLatents(means: DenseMatrix, variances: DenseMatrix): Float64Array {
  checkFinite('posterior means', means);
  checkFinite('posterior variances', variances);
  const { nRows, nCols } = means;
  if (variances.nRows !== nRows || variances.nCols !== nCols) {
    throw new ShapeError(
      'posterior variances',
      `${nRows} × ${nCols}`,
      `${variances.nRows} × ${variances.nCols}`,
    );
  }
  if (nRows === 0) throw new DataError('the mean KL of latents was asked of no cells');
  const kl = new Float64Array(nCols);
  variances.values.forEach((variance, at) => {
    const row = Math.floor(at / nCols);
    if (!(variance > 0)) {
      throw new DataError(`posterior variances: row ${row} has ${variance}; variances are above 0`, { row });
    }
    kl[at % nCols] += (means.values[at] ** 2 + variance - 1 - Math.log(variance)) / (2 * nRows);
  });
  return kl;
}

function checkChoice(option: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new OptionError(option, value, allowed);
}

function checkRuns(runs: readonly UdrRun[]): void {
  if (runs.length < 2) {
    throw new DataError(
      `runs are ranked by how alike they are: two or more are needed, found ${runs.length}`,
    );
  }
  const { nRows } = runs[0].latents;
  if (nRows < 2) throw new ShapeError('latents', 'two rows or more', String(nRows));
  runs.forEach(({ latents, kl }, run) => {
    checkFinite(`latents of run ${run}`, latents);
    if (latents.nRows !== nRows) {
      throw new ShapeError(`latents of run ${run}`, `${nRows} cells, as run 0`, String(latents.nRows));
    }
    if (kl && kl.length !== latents.nCols) {
      throw new ShapeError(`KL of run ${run}`, `${latents.nCols}, one a latent`, String(kl.length));
    }
    const bad = kl ? Array.prototype.findIndex.call(kl, Number.isNaN) : -1;
    if (bad >= 0) throw new DataError(`the KL of latent ${bad} of run ${run} is NaN`, { run, latent: bad });
  });
}

function informativeLatents({ latents, kl }: UdrRun, threshold: number): DenseMatrix {
  if (!kl) return latents;
  const kept = Array.from({ length: latents.nCols }, (_, j) => j).filter((j) => kl[j] > threshold);
  return takeCols(latents, kept) as DenseMatrix;
}

/** Lasso weights (nTargets, k) of predictors with correlations `gram` (k, k), from `cross` (nTargets, k). */
function lassoWeights(gram: Float64Array, cross: Float64Array, k: number, alpha: number): Float64Array {
  const weights = new Float64Array(cross.length);
  for (let at = 0; at < cross.length; at += k) {
    weights.set(lassoFromCorrelations(gram, cross.subarray(at, at + k), alpha), at);
  }
  return weights;
}

/** UDR of a pair from `likeness` (dA, dB), not negative. */
function relativeStrength(likeness: Float64Array, dA: number, dB: number): number {
  const strength = (length: number, entry: (i: number) => number): number => {
    let [largest, sum] = [0, 0];
    for (let i = 0; i < length; i++) {
      largest = Math.max(largest, entry(i));
      sum += entry(i);
    }
    return sum > 0 ? largest ** 2 / sum : 0;
  };
  let total = 0;
  for (let i = 0; i < dA; i++) total += strength(dB, (j) => likeness[i * dB + j]);
  for (let j = 0; j < dB; j++) total += strength(dA, (i) => likeness[i * dB + j]);
  return dA + dB > 0 ? total / (dA + dB) : 0;
}
