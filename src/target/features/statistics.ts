/**
 * What is said of all genes at once: means, variances, correlations, and how every gene depends on all others, which the
 * inverse of the correlations tells. There are often more genes than cells, so the correlations are shrunk towards none
 * before, by the share that Ledoit and Wolf (2004, doi:10.1016/S0047-259X(03)00096-4) estimate.
 *
 * Their estimate is applied to standardised genes, not to covariances, so that the units of a gene have no influence.
 */
import { NumericalError } from '../../errors.js';
import { cholesky, choleskySolve, gram, identity } from '../../linalg/index.js';
import type { StandardGenes } from './standard-genes.js';

export interface GlobalStatistics {
  /** (nGenes), in the units of the cells. */
  readonly mean: Float64Array;
  /** (nGenes), divided by the number of cells. */
  readonly variance: Float64Array;
  /** (nGenes, nGenes), Pearson; ones on the diagonal, 0 beside it for constant genes. */
  readonly correlation: Float64Array;
  /** (nGenes, nGenes): of the shrunk correlations, the inverse; a constant gene has 1 on the diagonal and 0 beside it. */
  readonly inverseCorrelation: Float64Array;
  /** (nGenes): the variance that a gene keeps when all others are known; 0 for constant genes. */
  readonly residualVariance: Float64Array;
  /** Share of the correlations that was taken away, 0 to 1. */
  readonly shrinkage: number;
}

/** Below this many cells correlations are noise, and the estimate of their error as well. */
const FEWEST_CELLS = 4;
/** Keeps copies of a gene from making the correlations singular. */
const LEAST_SHRINKAGE = 1e-8;

/** Finite for constant genes, copies of genes, more genes than cells and a single cell. */
export function globalStatistics(genes: StandardGenes): GlobalStatistics {
  const { nGenes, nCells, values, mean, variance } = genes;
  const correlation = gram(values, nGenes, nCells);
  for (let at = 0; at < correlation.length; at++) {
    correlation[at] = Math.max(-1, Math.min(1, correlation[at] / nCells));
  }
  for (let i = 0; i < nGenes; i++) correlation[i * nGenes + i] = 1;
  const shrinkage = ledoitWolf(genes, correlation);
  const inverseCorrelation = shrunkInverse(correlation, nGenes, shrinkage);
  const residualVariance = variance.map((own, i) => own / inverseCorrelation[i * nGenes + i]);
  return { mean, variance, correlation, inverseCorrelation, residualVariance, shrinkage };
}

/** (nGenes, nGenes): the shrunk inverse covariance in the units of the cells; 0 with constant genes. */
export function inverseCovariance({ inverseCorrelation, variance }: GlobalStatistics): Float64Array {
  const scale = variance.map((own) => (own > 0 ? 1 / Math.sqrt(own) : 0));
  const n = scale.length;
  return inverseCorrelation.map((value, at) => value * scale[Math.floor(at / n)] * scale[at % n]);
}

/**
 * The expected squared error of the correlations over their squared distance from none, over the genes that vary:
 * both from ‖x‖⁴ of the cells, without a matrix for each of them.
 */
function ledoitWolf({ nGenes, nCells, values, variance }: StandardGenes, correlation: Float64Array): number {
  if (nCells < FEWEST_CELLS) return 1;
  let varying = 0;
  for (const own of variance) if (own > 0) varying++;
  const lengths = new Float64Array(nCells);
  for (let gene = 0, at = 0; gene < nGenes; gene++) {
    for (let cell = 0; cell < nCells; cell++, at++) lengths[cell] += values[at] * values[at];
  }
  let fourth = 0;
  for (const length of lengths) fourth += length * length;
  let besideDiagonal = -nGenes;
  for (const r of correlation) besideDiagonal += r * r;
  const error = (fourth / nCells - (varying + besideDiagonal)) / nCells;
  if (error >= besideDiagonal) return 1;
  return Math.max(LEAST_SHRINKAGE, error / besideDiagonal);
}

function shrunkInverse(correlation: Float64Array, n: number, shrinkage: number): Float64Array {
  const factor = correlation.map((r) => (1 - shrinkage) * r);
  for (let i = 0; i < n; i++) factor[i * n + i] = 1;
  const pivot = cholesky(factor, n);
  if (pivot >= 0)
    throw new NumericalError(`shrunk correlations are not positive definite at gene ${pivot + 1}`);
  return choleskySolve(factor, n, identity(n), n);
}
