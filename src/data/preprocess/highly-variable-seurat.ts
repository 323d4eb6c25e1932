/**
 * Highly variable genes by binned dispersion, as `scanpy.pp.highly_variable_genes(flavor='seurat')`.
 *
 * Dispersion is variance over mean of the counts; it grows with the mean, so it is standardised among genes of
 * similar mean. R. Satija et al., "Spatial reconstruction of single-cell gene expression data" (2015).
 */
import { DataError, OptionError } from '../../errors.js';
import type { Matrix } from '../matrix.js';
import { columnMoments } from './moments.js';

export interface SeuratOptions {
  /** Take this many genes; without it, those within the four limits. */
  readonly nTop?: number;
  /** Limits of the mean, log(1 + mean of counts), both excluded. Default .0125 to 3. */
  readonly minMean?: number;
  readonly maxMean?: number;
  /** Limits of the normalised dispersion, both excluded. Default .5 to ∞. */
  readonly minDispersion?: number;
  readonly maxDispersion?: number;
  /** Bins of the mean. Default 20. */
  readonly nBins?: number;
}

export interface SeuratGenes {
  /** log(1 + mean of counts) `(nGenes)`. */
  readonly mean: Float64Array;
  /** log of variance over mean; NaN where nothing varies. */
  readonly dispersion: Float64Array;
  /** Standardised in its bin. */
  readonly normalisedDispersion: Float64Array;
  /** 1 where highly variable. */
  readonly highlyVariable: Uint8Array;
}

/**
 * `logged` `(nCells, nGenes)`: counts after total-count normalisation and `log1p`. With `nTop`, genes tied
 * with the last one taken are taken too, as scanpy does. Throws OptionError, DataError for fewer than two
 * cells, or values that are missing.
 */
export function highlyVariableSeurat(logged: Matrix, options: SeuratOptions = {}): SeuratGenes {
  const { minMean = 0.0125, maxMean = 3, minDispersion = 0.5, nBins = 20 } = options;
  const { maxDispersion = Number.POSITIVE_INFINITY, nTop } = options;
  if (!(Number.isInteger(nBins) && nBins >= 1)) {
    throw new OptionError('bins', nBins, 'a whole number of 1 or more');
  }
  checkTop(nTop);
  checkCells(logged);
  const { mean: counts, variance } = columnMoments(logged, Math.expm1);
  const mean = counts.map((value) => Math.log1p(Math.max(value, 1e-12)));
  const dispersion = variance.map((value, gene) => {
    const ratio = value / Math.max(counts[gene], 1e-12);
    return ratio === 0 ? Number.NaN : Math.log(ratio);
  });
  const normalisedDispersion = standardiseInBins(dispersion, binsOf(mean, nBins), nBins);
  let chosen: (gene: number) => boolean;
  if (nTop === undefined) {
    chosen = (gene) => {
      // scanpy counts a gene without dispersion as one of dispersion 0.
      const value = Number.isNaN(normalisedDispersion[gene]) ? 0 : normalisedDispersion[gene];
      const within = mean[gene] > minMean && mean[gene] < maxMean;
      return within && value > minDispersion && value < maxDispersion;
    };
  } else {
    const ranked = normalisedDispersion.filter((value) => !Number.isNaN(value)).sort();
    const cutOff = ranked[Math.max(0, ranked.length - nTop)] ?? Number.POSITIVE_INFINITY;
    chosen = (gene) => normalisedDispersion[gene] >= cutOff;
  }
  const highlyVariable = Uint8Array.from(mean, (_, gene) => (chosen(gene) ? 1 : 0));
  return { mean, dispersion, normalisedDispersion, highlyVariable };
}

/** Equal-width bins, closed on the right, the least value in the first: `pandas.cut(mean, bins=nBins)`. */
function binsOf(mean: Float64Array, nBins: number): Int32Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of mean) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low === high) {
    const margin = low === 0 ? 0.001 : 0.001 * Math.abs(low);
    low -= margin;
    high += margin;
  }
  const step = (high - low) / nBins;
  const edges = Float64Array.from({ length: nBins + 1 }, (_, i) => (i === nBins ? high : low + i * step));
  return Int32Array.from(mean, (value) => {
    let bin = Math.min(nBins - 1, Math.max(0, Math.floor((value - low) / step)));
    while (bin > 0 && value <= edges[bin]) bin--;
    while (bin < nBins - 1 && value > edges[bin + 1]) bin++;
    return bin;
  });
}

/** (dispersion − mean of bin) / standard deviation of bin; 1 in a bin with one gene. */
function standardiseInBins(dispersion: Float64Array, bins: Int32Array, nBins: number): Float64Array {
  const count = new Int32Array(nBins);
  const mean = new Float64Array(nBins);
  const squares = new Float64Array(nBins);
  const eachPresent = (visit: (value: number, bin: number) => void) =>
    dispersion.forEach((value, gene) => {
      if (!Number.isNaN(value)) visit(value, bins[gene]);
    });
  eachPresent((value, bin) => {
    count[bin]++;
    mean[bin] += value;
  });
  for (let bin = 0; bin < nBins; bin++) mean[bin] /= count[bin];
  eachPresent((value, bin) => {
    squares[bin] += (value - mean[bin]) ** 2;
  });
  return dispersion.map((value, gene) => {
    const bin = bins[gene];
    if (count[bin] === 1) return value / mean[bin];
    return (value - mean[bin]) / Math.sqrt(squares[bin] / (count[bin] - 1));
  });
}

export function checkTop(nTop: number | undefined): void {
  if (nTop !== undefined && !(Number.isInteger(nTop) && nTop >= 1)) {
    throw new OptionError('top genes', nTop, 'a whole number of 1 or more');
  }
}

/** At least two cells and one gene, nothing missing or infinite. */
export function checkCells(matrix: Matrix): void {
  if (matrix.nRows < 2 || matrix.nCols < 1) {
    throw new DataError(
      `highly variable genes need two cells and a gene; found ${matrix.nRows} × ${matrix.nCols}`,
    );
  }
  const at = matrix.values.findIndex((value: number) => !Number.isFinite(value));
  if (at >= 0) throw new DataError(`highly variable genes of missing values: found ${matrix.values[at]}`);
}
