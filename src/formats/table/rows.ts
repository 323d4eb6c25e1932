/** A float64 matrix whose number of rows is known only at the end: filled in blocks, joined once. */
import { FileError } from '../../errors.js';

/** Blocks double in length from the first size to the last. */
const FIRST_BLOCK_VALUES = 2 ** 10;
const LAST_BLOCK_VALUES = 2 ** 20;

export class GrowingRows {
  nRows = 0;
  /** The block being filled and the position of the next value in it. */
  block: Float64Array;
  at = 0;
  private readonly full: Float64Array[] = [];
  private blockValues = FIRST_BLOCK_VALUES;

  /** `maxBytes`: more values than that are refused with a FileError 'memory'. */
  constructor(
    readonly nCols: number,
    private readonly maxBytes: number,
    private readonly path = 'the table',
  ) {
    this.block = this.newBlock();
  }

  /** To be called before the values of each row go to `block[at …]`. */
  beginRow(): void {
    if (this.at === this.block.length && this.nCols > 0) {
      this.full.push(this.block);
      this.block = this.newBlock();
      this.at = 0;
    }
    this.nRows++;
  }

  /** All values `(nRows, nCols)`, row-major; gives the blocks up. */
  finish(): Float64Array {
    const values = this.inMemory(() => new Float64Array(this.nRows * this.nCols));
    let to = 0;
    for (let block = this.full.shift(); block; block = this.full.shift()) {
      values.set(block, to);
      to += block.length;
    }
    values.set(this.block.subarray(0, this.at), to);
    return values;
  }

  private newBlock(): Float64Array {
    const rows = Math.max(1, Math.floor(this.blockValues / Math.max(1, this.nCols)));
    this.blockValues = Math.min(2 * this.blockValues, LAST_BLOCK_VALUES);
    if (8 * (this.nRows + rows) * this.nCols > this.maxBytes) throw this.tooLarge();
    return this.inMemory(() => new Float64Array(rows * this.nCols));
  }

  private inMemory<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (error instanceof RangeError) throw this.tooLarge(error);
      throw error;
    }
  }

  private tooLarge(cause?: unknown): FileError {
    const size = `${this.nRows} × ${this.nCols} values`;
    const text = `${this.path}: not enough memory after ${size}; read fewer rows at a time`;
    return new FileError(this.path, 'memory', text, { cause });
  }
}
