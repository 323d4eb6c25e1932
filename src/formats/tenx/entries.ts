/**
 * Collects (cell, gene, value) entries as they come out of a file and makes the CSR matrix of them.
 *
 * Grows with what really arrives, never with what a header claims. Values stay float32 while that loses
 * nothing (counts), and become float64 with the first value that needs it. Files sorted by cell, as
 * CellRanger writes them, are used as they are; others are sorted by counting, so nothing ever goes dense.
 */
import { emptyLike, type NumericArray, type SparseMatrix, swapCompression } from '../../data/matrix.js';
import type { RowRange } from '../row-range.js';

export class EntryCollector {
  #cells: Int32Array;
  #genes: Int32Array;
  #values: Float32Array | Float64Array;
  #length = 0;
  #lastCell = -1;
  #sortedByCell = true;

  /**
   * @param rows only entries of cells in `start … end − 1` are kept, and renumbered from 0
   * @param expected how many entries will come; only a promise, room is made as they do
   * @param capacity entries to make room for at once
   */
  constructor(
    readonly rows: RowRange,
    readonly nGenes: number,
    readonly expected: number,
    capacity = Math.min(expected, 1024),
  ) {
    this.#cells = new Int32Array(capacity);
    this.#genes = new Int32Array(capacity);
    this.#values = new Float32Array(capacity);
  }

  /** How many entries were kept. */
  get length(): number {
    return this.#length;
  }

  /** Both indices from 0, within the declared shape (the caller has checked). */
  add(cell: number, gene: number, value: number): void {
    if (cell < this.rows.start || cell >= this.rows.end) return;
    if (this.#length === this.#values.length) this.#grow();
    if (cell < this.#lastCell) this.#sortedByCell = false;
    this.#lastCell = cell;
    this.#cells[this.#length] = cell - this.rows.start;
    this.#genes[this.#length] = gene;
    this.#values[this.#length] = value;
    if (this.#values[this.#length] !== value && !Number.isNaN(value)) this.#widen(value);
    this.#length++;
  }

  /**
   * The matrix `(rows.end − rows.start, nGenes)`, genes sorted within each cell; entries given twice are
   * summed, `nRepeated` counts those that went into another.
   */
  toCsr(): { matrix: SparseMatrix; nRepeated: number } {
    const nCells = this.rows.end - this.rows.start;
    const cells = this.#cells.subarray(0, this.#length);
    let indices: Int32Array = cut(this.#genes, this.#length);
    let values: NumericArray = cut(this.#values, this.#length);
    const indptr = new Float64Array(nCells + 1);
    for (let k = 0; k < cells.length; k++) indptr[cells[k]! + 1]!++;
    for (let i = 0; i < nCells; i++) indptr[i + 1]! += indptr[i]!;
    if (!this.#sortedByCell) {
      const next = indptr.slice();
      const sortedGenes = new Int32Array(cells.length);
      const sortedValues = emptyLike(values, cells.length);
      for (let k = 0; k < cells.length; k++) {
        const at = next[cells[k]!]!++;
        sortedGenes[at] = indices[k]!;
        sortedValues[at] = values[k]!;
      }
      indices = sortedGenes;
      values = sortedValues;
    }
    const matrix: SparseMatrix = { kind: 'csr', nRows: nCells, nCols: this.nGenes, indptr, indices, values };
    return sumRepeated(genesRise(matrix) ? matrix : swapCompression(swapCompression(matrix)));
  }

  #grow(): void {
    const promised = this.expected > this.#length ? this.expected : Number.POSITIVE_INFINITY;
    const capacity = Math.min(promised, Math.max(1024, 2 * this.#length));
    const longer = <T extends NumericArray>(from: T): T => {
      const to = emptyLike(from, capacity);
      to.set(from as never);
      return to;
    };
    this.#cells = longer(this.#cells);
    this.#genes = longer(this.#genes);
    this.#values = longer(this.#values);
  }

  #widen(value: number): void {
    this.#values = Float64Array.from(this.#values);
    this.#values[this.#length] = value;
  }
}

/** The first `length` values, in a buffer of that length. */
function cut<T extends NumericArray>(values: T, length: number): T {
  return (values.length === length ? values : values.slice(0, length)) as T;
}

/** The same values as float32 when that loses nothing (NaN stays NaN). */
export function float32IfExact(values: Float64Array): Float32Array | Float64Array {
  const narrow = Float32Array.from(values);
  for (let k = 0; k < values.length; k++) {
    if (narrow[k] !== values[k] && !Number.isNaN(values[k])) return values;
  }
  return narrow;
}

/** Do the genes of every cell come in rising order (repeats allowed)? */
function genesRise({ nRows, indptr, indices }: SparseMatrix): boolean {
  for (let i = 0; i < nRows; i++) {
    for (let k = indptr[i]! + 1; k < indptr[i + 1]!; k++) if (indices[k]! < indices[k - 1]!) return false;
  }
  return true;
}

/** Adds up neighbouring entries of the same cell and gene, in place. */
function sumRepeated(matrix: SparseMatrix): { matrix: SparseMatrix; nRepeated: number } {
  const { nRows, indptr, indices } = matrix;
  if (!hasRepeats(matrix)) return { matrix, nRepeated: 0 };
  // sums of float32 counts may need more than float32
  const values = Float64Array.from(matrix.values);
  let to = 0;
  let from = 0;
  for (let i = 0; i < nRows; i++) {
    const rowStart = to;
    for (const end = indptr[i + 1]!; from < end; from++) {
      if (to > rowStart && indices[to - 1] === indices[from]) {
        values[to - 1]! += values[from]!;
      } else {
        indices[to] = indices[from]!;
        values[to++] = values[from]!;
      }
    }
    indptr[i + 1] = to;
  }
  const summed = { ...matrix, indices: indices.slice(0, to), values: float32IfExact(values.slice(0, to)) };
  return { matrix: summed, nRepeated: indices.length - to };
}

function hasRepeats({ nRows, indptr, indices }: SparseMatrix): boolean {
  for (let i = 0; i < nRows; i++) {
    for (let k = indptr[i]! + 1; k < indptr[i + 1]!; k++) if (indices[k] === indices[k - 1]) return true;
  }
  return false;
}
