/**
 * The cells of a screen gene by gene: what tests of one gene at a time read. Sparse data give only what is not 0, and
 * are never made dense.
 */
import { type Matrix, swapCompression } from '../../data/index.js';
import { ShapeError } from '../../errors.js';
import type { TargetScreen } from '../screen.js';

export interface GeneColumns {
  readonly nGenes: number;
  /** Cells of the control, then of each group. */
  readonly sizes: readonly number[];
  /** Values of a gene that are not 0: of the control, then of each group. */
  nonZero(gene: number): readonly Float64Array[];
}

export function columnsOfScreen({ genes, control, groups }: TargetScreen): GeneColumns {
  const sets = [control, ...groups.map(({ cells }) => cells)];
  return {
    nGenes: genes.length,
    sizes: sets.map(({ nRows }) => nRows),
    nonZero: (gene) =>
      sets.map(({ nRows, nCols, values }) => {
        const found = new Float64Array(nRows);
        let count = 0;
        for (let at = gene; at < values.length; at += nCols)
          if (values[at] !== 0) found[count++] = values[at];
        return found.subarray(0, count);
      }),
  };
}

/**
 * Of a matrix (nCells, nGenes) whose row i belongs to the set `setOf[i]`: 0 the control, 1 … `nSets` − 1 groups, −1 none.
 * Throws ShapeError.
 */
export function columnsOfMatrix(X: Matrix, setOf: Int32Array, nSets: number): GeneColumns {
  if (setOf.length !== X.nRows) throw new ShapeError('sets', `${X.nRows}, one a cell`, `${setOf.length}`);
  const sizes = new Array<number>(nSets).fill(0);
  for (const set of setOf) if (set >= 0) sizes[set]++;
  const room = sizes.map((size) => new Float64Array(size));
  const counts = new Int32Array(nSets);
  const put = (row: number, value: number) => {
    const set = setOf[row];
    if (set >= 0 && value !== 0) room[set][counts[set]++] = value;
  };
  const columns = X.kind === 'csr' ? swapCompression(X) : X;
  return {
    nGenes: X.nCols,
    sizes,
    nonZero(gene) {
      counts.fill(0);
      const { values } = columns;
      if (columns.kind === 'dense') {
        for (let row = 0; row < X.nRows; row++) put(row, values[row * X.nCols + gene]);
      } else {
        const { indptr, indices } = columns;
        for (let at = indptr[gene]; at < indptr[gene + 1]; at++) put(indices[at], values[at]);
      }
      return room.map((found, set) => found.subarray(0, counts[set]));
    },
  };
}
