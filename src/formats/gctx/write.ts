/** `PerturbationData`, or rows as they come, to a GCTX file that cmapPy and cmapR read. See `layout.ts`. */
import { readRow } from '../../data/matrix.js';
import { mergeTables } from '../../data/merge-tables.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import { type Column, columnNumbers, columnStrings, type Table } from '../../data/table.js';
import { InterruptedError, ShapeError } from '../../errors.js';
import type { RowBlock, RowSink, SinkHeader, WriteOptions } from '../format.js';
import type { Hdf5Rows, Hdf5Writer } from '../hdf5/index.js';
import { lostParts } from '../notes.js';
import { safeKey } from '../safe-names.js';
import { GENES, ID, MATRIX, MISSING_TEXT, SAMPLES, VERSION } from './layout.js';

/** Rows that are made dense at a time. */
const BLOCK_ROWS = 256;

/** Writes all but closing the file; the sentences say what a GCTX cannot hold. */
export function writeGctx(file: Hdf5Writer, data: PerturbationData, options: WriteOptions): string[] {
  const { X, nObs, nVars } = data;
  const dtype = X.values instanceof Float32Array ? 'float32' : 'float64';
  const Values = dtype === 'float32' ? Float32Array : Float64Array;
  const matrix = begin(file, { nRows: nObs, var: data.var, dtype });
  const row = new Float64Array(nVars);
  for (let start = 0; start < nObs; start += BLOCK_ROWS) {
    if (options.signal?.aborted) throw new InterruptedError();
    options.onProgress?.(start, nObs);
    const nRows = Math.min(BLOCK_ROWS, nObs - start);
    const block = new Values(nRows * nVars);
    for (let i = 0; i < nRows; i++) block.set(readRow(X, start + i, row), i * nVars);
    matrix.append(block);
  }
  matrix.finish();
  return [
    ...lostParts('A GCTX', data),
    ...writeTable(file, SAMPLES, data.obs),
    ...writeTable(file, GENES, data.var),
  ];
}

/** Rows as they come; annotations of samples are gathered. Layers are left out, a GCTX has one matrix. */
export class GctxSink implements RowSink {
  private readonly matrix: Hdf5Rows;
  private readonly obs: Table[] = [];

  constructor(
    private readonly file: Hdf5Writer,
    private readonly header: SinkHeader,
  ) {
    this.matrix = begin(file, header);
  }

  /** Throws ShapeError when `X` does not have the rows of `obs`, FileError. */
  async append({ obs, X }: RowBlock): Promise<void> {
    const expected = obs.nRows * this.header.var.nRows;
    if (X.length !== expected) {
      throw new ShapeError(`X of a block of ${obs.nRows} rows`, `${expected} values`, `${X.length}`);
    }
    this.matrix.append(X);
    this.obs.push(obs);
  }

  /** Throws ShapeError when rows are missing, FileError. */
  async finish(): Promise<void> {
    const obs = mergeTables(this.obs);
    if (obs.nRows !== this.header.nRows) {
      throw new ShapeError('the file', `${this.header.nRows} rows`, `${obs.nRows}`);
    }
    this.matrix.finish();
    writeTable(this.file, SAMPLES, obs);
    writeTable(this.file, GENES, this.header.var);
    this.file.close();
  }

  async abort(): Promise<void> {
    this.file.abort();
  }
}

function begin(file: Hdf5Writer, header: Pick<SinkHeader, 'nRows' | 'var' | 'dtype'>): Hdf5Rows {
  file.attr('', 'version', VERSION);
  return file.rows(MATRIX, { nRows: header.nRows, nCols: header.var.nRows, dtype: header.dtype });
}

/** One dataset a column; returns sentences about names that had to change. */
function writeTable(file: Hdf5Writer, group: string, table: Table): string[] {
  file.strings(`${group}/${ID}`, table.index);
  const taken = new Set([ID]);
  const changed: string[] = [];
  for (const [name, column] of table.columns) {
    const key = safeKey(name, taken);
    if (key !== name) changed.push(`The annotation '${name}' is called '${key}' in a GCTX.`);
    writeColumn(file, `${group}/${key}`, column);
  }
  return changed;
}

function writeColumn(file: Hdf5Writer, path: string, column: Column): void {
  const complete = !('mask' in column && column.mask?.some((bit) => bit === 1));
  if (column.kind === 'boolean' && complete) file.booleans(path, column.values);
  else if (column.kind === 'numeric') file.numbers(path, complete ? column.values : columnNumbers(column));
  else
    file.strings(
      path,
      columnStrings(column).map((cell) => cell ?? MISSING_TEXT),
    );
}
