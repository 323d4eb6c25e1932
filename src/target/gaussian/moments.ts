/**
 * What methods for linear Gaussian mechanisms need of cells: their number, means and covariances, on a scale that makes
 * one ridge right for every gene.
 */
import { type DenseMatrix, readRow } from '../../data/index.js';
import type { Random } from '../../random/index.js';

export interface Cells {
  readonly nCells: number;
  readonly nGenes: number;
  /** (nCells, nGenes) */
  readonly values: Float64Array;
}

export interface Moments {
  readonly nCells: number;
  readonly nGenes: number;
  /** (nGenes) */
  readonly mean: Float64Array;
  /** (nGenes, nGenes), divided by nCells − 1, with a ridge on the diagonal. */
  readonly covariance: Float64Array;
}

/**
 * On the diagonal of every covariance of standardised genes. Far below what any test resolves; it keeps copies of a
 * gene and genes that do not vary from dividing by zero.
 */
const RIDGE = 1e-8;

/** At most `most` cells of `matrix`, drawn without replacement where there are more. */
export function drawCells(matrix: DenseMatrix, most: number, random: Random): Cells {
  const { nRows, nCols } = matrix;
  const chosen = nRows <= most ? Int32Array.from({ length: nRows }, (_, i) => i) : random.sample(nRows, most);
  const values = new Float64Array(chosen.length * nCols);
  chosen.forEach((row, i) => readRow(matrix, row, values.subarray(i * nCols, (i + 1) * nCols)));
  return { nCells: chosen.length, nGenes: nCols, values };
}

/** The cells at `rows`. */
export function cellsAt({ nGenes, values }: Cells, rows: Int32Array): Cells {
  const taken = new Float64Array(rows.length * nGenes);
  rows.forEach((row, i) => taken.set(values.subarray(row * nGenes, (row + 1) * nGenes), i * nGenes));
  return { nCells: rows.length, nGenes, values: taken };
}

/** The cells with the genes at `columns` only. */
export function genesAt({ nCells, nGenes, values }: Cells, columns: readonly number[]): Cells {
  const taken = new Float64Array(nCells * columns.length);
  for (let k = 0, row = 0; row < nCells; row++)
    for (const column of columns) taken[k++] = values[row * nGenes + column];
  return { nCells, nGenes: columns.length, values: taken };
}

/**
 * All sets of cells less the mean of the first set and over a standard deviation, gene by gene: the root mean square
 * of those of the sets. Changes the sets in place. Genes that are constant in each stay unscaled.
 */
export function standardise(sets: readonly Cells[]): void {
  const { nGenes } = sets[0];
  const variance = new Float64Array(nGenes);
  const centre = meanOf(sets[0]);
  for (const set of sets) {
    const mean = meanOf(set);
    for (let k = 0; k < set.values.length; k++) {
      const gene = k % nGenes;
      variance[gene] += (set.values[k] - mean[gene]) ** 2 / set.nCells / sets.length;
    }
  }
  for (const { values } of sets)
    for (let k = 0; k < values.length; k++) {
      const gene = k % nGenes;
      values[k] = (values[k] - centre[gene]) / (Math.sqrt(variance[gene]) || 1);
    }
}

function meanOf({ nCells, nGenes, values }: Cells): Float64Array {
  const mean = new Float64Array(nGenes);
  for (let k = 0; k < values.length; k++) mean[k % nGenes] += values[k] / nCells;
  return mean;
}

/** Moments of cells; of standardised genes, for the ridge to be small. */
export function momentsOf({ nGenes, values, nCells: n }: Cells): Moments {
  const mean = new Float64Array(nGenes);
  const covariance = new Float64Array(nGenes * nGenes);
  for (let k = 0; k < n; k++) {
    const start = k * nGenes;
    for (let i = 0; i < nGenes; i++) mean[i] += values[start + i] / n;
  }
  const centred = new Float64Array(nGenes);
  for (let k = 0; k < n; k++) {
    const start = k * nGenes;
    for (let i = 0; i < nGenes; i++) {
      centred[i] = values[start + i] - mean[i];
      const at = i * nGenes;
      for (let j = 0; j <= i; j++) covariance[at + j] += centred[i] * centred[j];
    }
  }
  for (let i = 0; i < nGenes; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance[i * nGenes + j] / (n - 1) + (i === j ? RIDGE : 0);
      covariance[i * nGenes + j] = value;
      covariance[j * nGenes + i] = value;
    }
  }
  return { nCells: n, nGenes, mean, covariance };
}
