/**
 * How well predicted cells agree with measured ones: R² between the means of genes, over all and over those that the
 * action changes most (Lotfollahi, Wolf, Theis 2019).
 */
import { OptionError, ShapeError } from '../../errors.js';
import { pearson } from '../../stats/index.js';

/** Rows (nRows, nGenes), row-major. */
export interface CellRows {
  readonly nRows: number;
  readonly nCols: number;
  readonly values: ArrayLike<number>;
}

export interface Agreement {
  /** 1 − squared error over the variance of the true means: falls below 0 for what is worse than one number. */
  readonly r2: number;
  /** Squared correlation, what the paper calls R²: blind to a wrong slope and a wrong level. */
  readonly squaredCorrelation: number;
}

/** Between means (nGenes), over the genes `among` (default all). NaN where the true means are constant. */
export function agreementOfMeans(
  predicted: Float64Array,
  truth: Float64Array,
  among: ArrayLike<number> = Array.from(truth.keys()),
): Agreement {
  if (predicted.length !== truth.length) {
    throw new ShapeError('predicted means', `${truth.length} genes`, `${predicted.length}`);
  }
  const [p, t] = [predicted, truth].map((means) => Float64Array.from(among, (gene) => means[gene]));
  const level = t.reduce((sum, value) => sum + value, 0) / t.length;
  let [error, total] = [0, 0];
  for (let i = 0; i < t.length; i++) {
    error += (p[i] - t[i]) ** 2;
    total += (t[i] - level) ** 2;
  }
  return { r2: total > 0 ? 1 - error / total : Number.NaN, squaredCorrelation: pearson(p, t) ** 2 };
}

/** Means of the genes (nGenes). */
export function geneMeans({ nRows, nCols, values }: CellRows): Float64Array {
  const means = new Float64Array(nCols);
  for (let i = 0; i < nRows * nCols; i++) means[i % nCols] += values[i] / nRows;
  return means;
}

/**
 * The `count` genes that differ most between two groups of cells, by the size of Welch's t; genes that do not vary in
 * either come last, ties in the order of genes. Throws OptionError unless `count` is from 1 to the number of genes and
 * each group has two cells.
 */
export function differentialGenes(a: CellRows, b: CellRows, count: number): Int32Array {
  const nGenes = a.nCols;
  if (!(Number.isInteger(count) && count >= 1 && count <= nGenes)) {
    throw new OptionError('number of genes', count, `a whole number from 1 to ${nGenes}`);
  }
  if (a.nRows < 2 || b.nRows < 2) {
    throw new OptionError('cells', Math.min(a.nRows, b.nRows), 'two or more in each group');
  }
  const [meanA, meanB] = [geneMeans(a), geneMeans(b)];
  const [errorA, errorB] = [squaredErrors(a, meanA), squaredErrors(b, meanB)];
  const size = meanA.map((value, g) => {
    const error = Math.sqrt(errorA[g] + errorB[g]);
    return error > 0 ? Math.abs(value - meanB[g]) / error : 0;
  });
  return Int32Array.from(size.keys())
    .sort((g, h) => size[h] - size[g] || g - h)
    .slice(0, count);
}

/** Squared standard errors of the means: variances (n − 1) over n. */
function squaredErrors({ nRows, nCols, values }: CellRows, means: Float64Array): Float64Array {
  const errors = new Float64Array(nCols);
  for (let i = 0; i < nRows * nCols; i++) {
    errors[i % nCols] += (values[i] - means[i % nCols]) ** 2 / ((nRows - 1) * nRows);
  }
  return errors;
}
