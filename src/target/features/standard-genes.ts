/** Cells turned round and standardised: gene by gene, mean 0 and variance 1, as everything in this folder reads them. */
import { type DenseMatrix, transpose } from '../../data/index.js';
import { DataError } from '../../errors.js';
import { mean as meanOf, variance as varianceOf } from '../../stats/index.js';

export interface StandardGenes {
  readonly nGenes: number;
  readonly nCells: number;
  /** (nGenes, nCells), row-major: a gene's values lie together. Zeros where the gene is constant. */
  readonly values: Float64Array;
  /** (nGenes), in the units of the cells. */
  readonly mean: Float64Array;
  /** (nGenes), divided by the number of cells; exactly 0 where the gene is constant. */
  readonly variance: Float64Array;
}

/** From cells (nCells, nGenes). Throws DataError without cells or genes, and where a value is not finite. */
export function standardGenes(cells: DenseMatrix): StandardGenes {
  const { nRows: nCells, nCols: nGenes } = cells;
  if (nCells === 0 || nGenes === 0) {
    throw new DataError(
      `features were asked of ${nCells} cells and ${nGenes} genes; at least one of each is needed`,
    );
  }
  const values = Float64Array.from((transpose(cells) as DenseMatrix).values);
  const mean = new Float64Array(nGenes);
  const variance = new Float64Array(nGenes);
  for (let gene = 0; gene < nGenes; gene++) {
    const own = values.subarray(gene * nCells, (gene + 1) * nCells);
    const first = own[0];
    const isConstant = own.every((value) => value === first);
    mean[gene] = isConstant ? first : meanOf(own);
    variance[gene] = isConstant ? 0 : varianceOf(own, 0);
    if (!Number.isFinite(mean[gene] + variance[gene])) {
      throw new DataError(`a value of gene ${gene + 1} is not a finite number, or too large`, { gene });
    }
    const scale = variance[gene] > 0 ? 1 / Math.sqrt(variance[gene]) : 0;
    for (let cell = 0; cell < nCells; cell++) own[cell] = (own[cell] - mean[gene]) * scale;
  }
  return { nGenes, nCells, values, mean, variance };
}
