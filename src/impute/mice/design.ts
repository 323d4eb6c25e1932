/**
 * The matrix that chained equations see: one row a visible pair, columns the genes, then the context and the action,
 * each one-hot.
 *
 * As in the program of Squires et al. 2022 (Appendix E). The row of a missing pair lacks all of its genes at once, so
 * the complete rows are the same in every round: what is learned from them is learned once.
 */
import type { Training } from '../training.js';

export class Design {
  /** The visible pairs in the order of contexts and actions, whatever their order in memory. */
  readonly pairs: Int32Array;
  readonly nRows: number;
  readonly nGenes: number;
  readonly nColumns: number;

  constructor(readonly training: Training) {
    const { tensor } = training;
    this.pairs = training.visiblePairs();
    this.nRows = this.pairs.length;
    this.nGenes = tensor.nGenes;
    this.nColumns = tensor.nGenes + tensor.nContexts + tensor.nActions;
  }

  /** Has this target a one-hot column that any row knows? */
  knows(context: number, action: number): boolean {
    const { training } = this;
    return training.pairsOfContext(context).length > 0 && training.pairsOfAction(action).length > 0;
  }

  /** The two one-hot columns of a target. */
  hotColumns(context: number, action: number): [number, number] {
    return [this.nGenes + context, this.nGenes + this.training.tensor.nContexts + action];
  }

  /** The matrix by columns, `(nColumns, nRows)`. */
  columns(): Float64Array {
    const { nRows, nGenes } = this;
    const { tensor } = this.training;
    const columns = new Float64Array(this.nColumns * nRows);
    this.pairs.forEach((pair, row) => {
      const profile = tensor.profile(pair);
      for (let gene = 0; gene < nGenes; gene++) columns[gene * nRows + row] = profile[gene];
      for (const hot of this.hotColumns(tensor.pairContext[pair], tensor.pairAction[pair]))
        columns[hot * nRows + row] = 1;
    });
    return columns;
  }
}
