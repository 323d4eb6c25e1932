/**
 * Collects the elements of a dense Matrix Market file, which come column by column, and makes the matrix
 * `(nCells, nGenes)` of them. Grows with what really arrives, like `EntryCollector`.
 */
import { type DenseMatrix, dense } from '../../data/matrix.js';
import type { RowRange } from '../row-range.js';
import { float32IfExact } from './entries.js';
import type { MatrixMarketHeader } from './matrix-market.js';

export class ElementCollector {
  #values = new Float64Array(1024);
  #length = 0;
  /** Position of the next element in the file. */
  #next = 0;

  /**
   * @param cellsAre what of the file's matrix is a cell
   * @param rows only these cells are kept
   */
  constructor(
    readonly header: MatrixMarketHeader,
    readonly cellsAre: 'rows' | 'columns',
    readonly rows: RowRange,
  ) {}

  append(value: number): void {
    const { nRows, symmetry } = this.header;
    const at = this.#next++;
    if (symmetry === 'general') {
      const cell = this.cellsAre === 'rows' ? at % nRows : Math.floor(at / nRows);
      if (cell < this.rows.start || cell >= this.rows.end) return;
    }
    if (this.#length === this.#values.length) {
      const longer = new Float64Array(2 * this.#length);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }

  /** The matrix of the kept cells, float32 where that loses nothing. */
  toDense(): DenseMatrix {
    const nCells = this.rows.end - this.rows.start;
    const nGenes = this.cellsAre === 'rows' ? this.header.nCols : this.header.nRows;
    const values =
      this.header.symmetry === 'general' ? this.#general(nCells, nGenes) : this.#mirrored(nCells, nGenes);
    return dense(nCells, nGenes, float32IfExact(values));
  }

  #general(nCells: number, nGenes: number): Float64Array {
    // column by column with cells as columns is row by row with cells as rows
    if (this.cellsAre === 'columns') return this.#values.slice(0, this.#length);
    const values = new Float64Array(nCells * nGenes);
    for (let gene = 0, k = 0; gene < nGenes; gene++) {
      for (let cell = 0; cell < nCells; cell++) values[cell * nGenes + gene] = this.#values[k++]!;
    }
    return values;
  }

  /** The lower triangle gives both sides, the upper one with the other sign for skew-symmetric. */
  #mirrored(nCells: number, nGenes: number): Float64Array {
    const skew = this.header.symmetry === 'skew-symmetric';
    const values = new Float64Array(nCells * nGenes);
    const put = (row: number, col: number, value: number) => {
      const [cell, gene] = this.cellsAre === 'rows' ? [row, col] : [col, row];
      if (cell >= this.rows.start && cell < this.rows.end) {
        values[(cell - this.rows.start) * nGenes + gene] = value;
      }
    };
    for (let col = 0, k = 0; col < nGenes; col++) {
      for (let row = skew ? col + 1 : col; row < nGenes; row++, k++) {
        put(row, col, this.#values[k]!);
        if (row !== col) put(col, row, skew ? -this.#values[k]! : this.#values[k]!);
      }
    }
    return values;
  }
}
