/**
 * The moments that everything in this folder is made of: products of a constant, the genes and their squares, summed
 * over the cells of one set. Genes are scaled by the control's mean and deviation, so that units do not matter; a
 * regression on genes and squares is exact for linear and for polynomial mechanisms, and needs these sums only.
 */
import type { DenseMatrix } from '../../data/index.js';
import { gram } from '../../linalg/index.js';
import { type ValueRuns, valueRuns } from '../../stats/index.js';

/** How the genes of a screen are scaled, from its control. */
export interface GeneScales {
  /** (nGenes) */
  readonly mean: Float64Array;
  /** (nGenes), 0 where the control does not vary. */
  readonly deviation: Float64Array;
  /** (nGenes), mean and deviation of the squares of the scaled gene. */
  readonly squareMean: Float64Array;
  readonly squareDeviation: Float64Array;
}

export interface Moments {
  readonly cells: number;
  readonly genes: number;
  /** Columns of `products`: 1 + 2 · genes. Column 0 is the constant, 1 + i gene i, 1 + genes + i its square. */
  readonly width: number;
  /** (width, width), symmetric. */
  readonly products: Float64Array;
  /** (nGenes): of the scaled gene. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly skewness: Float64Array;
  /** Fourth standardised moment; 3 for a normal gene, and where the gene is constant. */
  readonly kurtosis: Float64Array;
  /** (nGenes, cells): the scaled genes. */
  readonly scaled: Float32Array;
  readonly scales: GeneScales;
  /** (nGenes): its values sorted, as they are. */
  readonly sorted: readonly ValueRuns[];
}

/** Below this share of the gene's size a deviation is rounding. */
const ROUNDING = 1e-9;

export function scalesOf(control: DenseMatrix): GeneScales {
  const { nRows, nCols } = control;
  const mean = columnMeans(control, (value) => value);
  const size = columnMeans(control, Math.abs);
  const variance = columnMeans(control, (value, j) => (value - mean[j]) ** 2);
  const deviation = variance.map((v, j) => (Math.sqrt(v) > ROUNDING * size[j] ? Math.sqrt(v) : 0));
  const squared = (value: number, j: number) =>
    deviation[j] > 0 ? ((value - mean[j]) / deviation[j]) ** 2 : 0;
  const squareMean = columnMeans(control, squared);
  const squareDeviation = columnMeans(control, (value, j) => (squared(value, j) - squareMean[j]) ** 2).map(
    (v) => (nRows > 1 && Math.sqrt(v) > ROUNDING ? Math.sqrt(v) : 1),
  );
  return { mean: mean.slice(0, nCols), deviation, squareMean, squareDeviation };
}

/** Cells whose products are summed at a time. */
const BLOCK = 1024;

/** Sums over the cells of a set; genes that the control does not vary in are scaled by the set's own deviation. */
export function momentsOf(set: DenseMatrix, scales: GeneScales): Moments {
  const { nRows: cells, nCols: genes, values } = set;
  const width = 1 + 2 * genes;
  const own = ownDeviation(set, scales);
  const scaled = (value: number, j: number) => (own[j] > 0 ? (value - scales.mean[j]) / own[j] : 0);
  const mean = columnMeans(set, scaled);
  const central = [2, 3, 4].map(() => new Float64Array(genes));
  const kept = new Float32Array(genes * cells);
  let products: Float64Array = new Float64Array(0);
  for (let first = 0; first < cells; first += BLOCK) {
    const count = Math.min(BLOCK, cells - first);
    const columns = new Float64Array(width * count).fill(1, 0, count);
    for (let c = 0; c < count; c++) {
      for (let j = 0; j < genes; j++) {
        const x = scaled(Number(values[(first + c) * genes + j]), j);
        kept[j * cells + first + c] = x;
        columns[(1 + j) * count + c] = x;
        columns[(1 + genes + j) * count + c] = (x * x - scales.squareMean[j]) / scales.squareDeviation[j];
        const d = x - mean[j];
        const d2 = d * d;
        central[0][j] += d2;
        central[1][j] += d2 * d;
        central[2][j] += d2 * d2;
      }
    }
    const ofBlock = gram(columns, width, count);
    products = first === 0 ? ofBlock : ofBlock.map((sum, at) => sum + products[at]);
  }
  const [variance, third, fourth] = central.map((sums) => sums.map((sum) => sum / cells));
  const varies = (j: number) => variance[j] > ROUNDING ** 2 * (1 + mean[j] ** 2);
  return {
    cells,
    genes,
    width,
    products,
    mean,
    variance: variance.map((v, j) => (varies(j) ? v : 0)),
    skewness: third.map((m, j) => (varies(j) ? m / variance[j] ** 1.5 : 0)),
    kurtosis: fourth.map((m, j) => (varies(j) ? m / variance[j] ** 2 : 3)),
    scaled: kept,
    scales,
    sorted: Array.from({ length: genes }, (_, j) => {
      return valueRuns(Float64Array.from({ length: cells }, (_, c) => Number(values[c * genes + j])));
    }),
  };
}

/** Of cells, how many have another value than most have: of counts, those in which the gene was seen. */
export function seenIn({ sorted, cells }: Moments, i: number): number {
  const { values, starts } = sorted[i];
  let most = 0;
  for (let run = 0; run < values.length; run++) most = Math.max(most, starts[run + 1] - starts[run]);
  return cells - most;
}

/** Of a gene over the cells of both sets, each around its own mean; at least 3, as few cells show lighter tails only. */
export function kurtosisOf(sets: readonly [Moments, Moments], gene: number): number {
  const [a, b] = sets;
  const mean = (a.cells * a.kurtosis[gene] + b.cells * b.kurtosis[gene]) / (a.cells + b.cells);
  return Math.max(mean, 3);
}

/**
 * Variance of a gene in each set, with κ − 1 cells of both sets together added, κ its kurtosis: the fewer cells a
 * variance is of and the heavier the tails, the less it says. 0 where the gene is constant in both.
 */
export function temperedVariances(sets: readonly [Moments, Moments], gene: number): [number, number] {
  const [a, b] = sets;
  const added = kurtosisOf(sets, gene) - 1;
  const pooled = (a.cells * a.variance[gene] + b.cells * b.variance[gene]) / (a.cells + b.cells);
  const of = ({ cells, variance }: Moments) => (cells * variance[gene] + added * pooled) / (cells + added);
  return [of(a), of(b)];
}

function ownDeviation(set: DenseMatrix, { mean, deviation }: GeneScales): Float64Array {
  if (!deviation.includes(0)) return deviation;
  const around = columnMeans(set, (value, j) => (value - mean[j]) ** 2);
  const size = columnMeans(set, (value, j) => Math.abs(value) + Math.abs(mean[j]));
  return deviation.map((s, j) =>
    s > 0 ? s : Math.sqrt(around[j]) > ROUNDING * size[j] ? Math.sqrt(around[j]) : 0,
  );
}

function columnMeans(
  { nRows, nCols, values }: DenseMatrix,
  of: (value: number, column: number) => number,
): Float64Array {
  const sums = new Float64Array(nCols);
  for (let i = 0; i < nRows; i++) {
    for (let j = 0; j < nCols; j++) sums[j] += of(Number(values[i * nCols + j]), j);
  }
  return sums.map((sum) => sum / nRows);
}
