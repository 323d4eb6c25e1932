/** A matrix written block by block: rows are gathered until they fill whole chunks, so that none is touched twice. */
import type { NumericArray } from '../../data/matrix.js';
import { ShapeError } from '../../errors.js';
import { defaultChunks } from './chunks.js';

export interface RowsOptions {
  /** How many rows will come in all. */
  readonly nRows: number;
  readonly nCols: number;
  readonly dtype: 'float32' | 'float64';
  /** Deflate level 1 to 9; default none. */
  readonly gzip?: number;
}

/** What is asked of the file that the rows go to. */
export interface RowsFile {
  numbers(path: string, values: NumericArray, options: { shape: readonly number[] }): void;
  createEmpty(
    path: string,
    shape: readonly number[],
    chunks: readonly number[],
    like: NumericArray,
    gzip: number,
  ): void;
  put(path: string, values: NumericArray, offset: readonly number[], count: readonly number[]): void;
}

/** Bytes gathered before they are written. */
const BUFFER_BYTES = 2 ** 23;

export class Hdf5Rows {
  private readonly buffer: Float32Array | Float64Array;
  private readonly bufferRows: number;
  private buffered = 0;
  private written = 0;

  constructor(
    private readonly writer: RowsFile,
    private readonly path: string,
    private readonly options: RowsOptions,
  ) {
    const { nRows, nCols, dtype, gzip = 0 } = options;
    const Values = dtype === 'float32' ? Float32Array : Float64Array;
    const chunks = defaultChunks([nRows, nCols], Values.BYTES_PER_ELEMENT, gzip);
    const chunkBytes = chunks[0]! * chunks[1]! * Values.BYTES_PER_ELEMENT;
    this.bufferRows = chunks[0]! * Math.max(1, Math.floor(BUFFER_BYTES / chunkBytes));
    this.buffer = new Values(Math.min(this.bufferRows, nRows) * nCols);
    if (nRows === 0 || nCols === 0) writer.numbers(path, new Values(0), { shape: [nRows, nCols] });
    else writer.createEmpty(path, [nRows, nCols], chunks, new Values(0), gzip);
  }

  /** Rows `(n, nCols)`, row-major. Throws ShapeError when they are not whole rows or too many. */
  append(values: NumericArray): void {
    const { nRows, nCols } = this.options;
    const rows = nCols === 0 ? 0 : values.length / nCols;
    if (!Number.isInteger(rows))
      throw new ShapeError(this.path, `rows of ${nCols} values`, `${values.length} values`);
    if (this.written + this.buffered + rows > nRows) {
      throw new ShapeError(this.path, `${nRows} rows`, `${this.written + this.buffered + rows}`);
    }
    for (let at = 0; at < rows; ) {
      const take = Math.min(rows - at, this.bufferRows - this.buffered);
      this.buffer.set(values.subarray(at * nCols, (at + take) * nCols), this.buffered * nCols);
      this.buffered += take;
      at += take;
      if (this.buffered === this.bufferRows) this.flush();
    }
  }

  /** Writes what is left. Throws ShapeError when rows are missing. */
  finish(): void {
    this.flush();
    const { nRows, nCols } = this.options;
    if (nCols > 0 && this.written !== nRows)
      throw new ShapeError(this.path, `${nRows} rows`, `${this.written}`);
  }

  private flush(): void {
    if (this.buffered === 0) return;
    const { nCols } = this.options;
    const values = this.buffer.subarray(0, this.buffered * nCols);
    this.writer.put(this.path, values, [this.written, 0], [this.buffered, nCols]);
    this.written += this.buffered;
    this.buffered = 0;
  }
}
