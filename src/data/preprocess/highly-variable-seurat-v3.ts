/**
 * Highly variable genes of raw counts, as `scanpy.pp.highly_variable_genes(flavor='seurat_v3')`.
 *
 * The expected variance at each mean is a loess curve (span .3, degree 2) of log10 variance on log10 mean;
 * genes are ranked by the variance of their standardised counts, clipped at √n.
 * T. Stuart et al., "Comprehensive integration of single-cell data" (2019).
 */
import { DataError, OptionError, ShapeError } from '../../errors.js';
import { type Matrix, takeRows } from '../matrix.js';
import { forEachStored } from './elementwise.js';
import { checkCells, checkTop } from './highly-variable-seurat.js';
import { loess } from './loess.js';
import { columnMoments } from './moments.js';

export interface SeuratV3Options {
  /** Default 2000. */
  readonly nTop?: number;
  /** Share of genes in each local fit. Default .3. */
  readonly span?: number;
  /** Batch of each cell: genes are ranked in each batch and taken by their median rank. */
  readonly batches?: readonly (string | number)[];
}

export interface SeuratV3Genes {
  /** Of the counts, over all cells `(nGenes)`. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** Variance of the standardised clipped counts, averaged over batches. */
  readonly normalisedVariance: Float64Array;
  /** Median over batches of the rank (from 0) among the top; NaN where in none. */
  readonly rank: Float64Array;
  /** In how many batches it is among the top. */
  readonly nBatches: Int32Array;
  /** 1 where highly variable. */
  readonly highlyVariable: Uint8Array;
}

/**
 * `counts` `(nCells, nGenes)`, raw. Ties are broken by the order of genes. Throws DataError for negative or
 * missing values, a batch of one cell, or too few genes for the curve; ShapeError; OptionError.
 */
export function highlyVariableSeuratV3(counts: Matrix, options: SeuratV3Options = {}): SeuratV3Genes {
  const { nTop = 2000, span = 0.3, batches } = options;
  checkTop(nTop);
  if (!(span > 0 && span <= 1)) throw new OptionError('span', span, 'a number above 0, at most 1');
  checkCells(counts);
  const negative = counts.values.find((value: number) => value < 0);
  if (negative !== undefined) {
    throw new DataError(`seurat_v3 needs raw counts; found ${negative} (log data go to 'seurat')`);
  }
  if (batches && batches.length !== counts.nRows) {
    throw new ShapeError('batches', `${counts.nRows}, one a cell`, `${batches.length}`);
  }
  const { mean, variance } = columnMoments(counts);
  const nGenes = counts.nCols;
  const top = Math.min(nTop, nGenes);
  const ranksOf: number[][] = Array.from({ length: nGenes }, () => []);
  const normalisedVariance = new Float64Array(nGenes);
  const parts = batches ? splitByBatch(counts, batches) : [counts];
  for (const part of parts) {
    const scores = standardisedVariance(part, span);
    const order = Int32Array.from(scores, (_, gene) => gene).sort((a, b) => scores[b] - scores[a]);
    for (let rank = 0; rank < top; rank++) ranksOf[order[rank]].push(rank);
    scores.forEach((score, gene) => {
      normalisedVariance[gene] += score / parts.length;
    });
  }
  const rank = Float64Array.from(ranksOf, medianRank);
  const nBatches = Int32Array.from(ranksOf, (ranks) => ranks.length);
  const best = Int32Array.from(rank, (_, gene) => gene).sort(
    (a, b) =>
      (nBatches[b] > 0 ? 1 : 0) - (nBatches[a] > 0 ? 1 : 0) || rank[a] - rank[b] || nBatches[b] - nBatches[a],
  );
  const highlyVariable = new Uint8Array(nGenes);
  for (const gene of best.subarray(0, top)) highlyVariable[gene] = 1;
  return { mean, variance, normalisedVariance, rank, nBatches, highlyVariable };
}

/** Variance of (count − mean) / expected standard deviation, clipped above at √n; 0 where nothing varies. */
function standardisedVariance(counts: Matrix, span: number): Float64Array {
  const { nRows, nCols } = counts;
  const { mean, variance } = columnMoments(counts);
  const varying = Int32Array.from({ length: nCols }, (_, gene) => gene).filter((gene) => variance[gene] > 0);
  if (varying.length === 0) return new Float64Array(nCols);
  const curve = loess(
    Float64Array.from(varying, (gene) => Math.log10(mean[gene])),
    Float64Array.from(varying, (gene) => Math.log10(variance[gene])),
    { span },
  );
  const expected = new Float64Array(nCols).fill(1);
  varying.forEach((gene, i) => {
    expected[gene] = Math.sqrt(10 ** curve[i]);
  });
  const clip = expected.map((sd, gene) => sd * Math.sqrt(nRows) + mean[gene]);
  const sums = new Float64Array(nCols);
  const squares = new Float64Array(nCols);
  forEachStored(counts, (value, _row, gene) => {
    const clipped = Math.min(value, clip[gene]);
    sums[gene] += clipped;
    squares[gene] += clipped * clipped;
  });
  return sums.map((sum, gene) => {
    const around = nRows * mean[gene] ** 2 + squares[gene] - 2 * sum * mean[gene];
    return variance[gene] > 0 ? around / ((nRows - 1) * expected[gene] ** 2) : 0;
  });
}

function splitByBatch(counts: Matrix, batches: readonly (string | number)[]): Matrix[] {
  const rowsOf = new Map<string | number, number[]>();
  batches.forEach((batch, row) => {
    const rows = rowsOf.get(batch);
    if (rows) rows.push(row);
    else rowsOf.set(batch, [row]);
  });
  for (const [batch, rows] of rowsOf) {
    if (rows.length < 2) throw new DataError(`batch '${batch}' has one cell: no variance to speak of`);
  }
  return [...rowsOf.values()].map((rows) => takeRows(counts, rows));
}

/** NaN for a gene that is in no top. */
function medianRank(ranks: readonly number[]): number {
  if (ranks.length === 0) return Number.NaN;
  const sorted = [...ranks].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
