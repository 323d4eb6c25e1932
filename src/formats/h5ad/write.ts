/** A whole data set to an AnnData file, or rows as they come. */
import { mergeTables } from '../../data/merge-tables.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import type { Table } from '../../data/table.js';
import { InterruptedError, ShapeError } from '../../errors.js';
import type { RowBlock, RowSink, SinkHeader, WriteOptions } from '../format.js';
import type { Hdf5Rows, Hdf5Writer } from '../hdf5/index.js';
import { withoutNotes } from '../notes.js';
import { safeKey } from '../safe-names.js';
import { type PartFile, type PartOptions, PartWriter } from './write-parts.js';

export interface H5adWriteOptions extends WriteOptions, PartOptions {}

/** Writes everything; the sentences say what the file could not hold. The caller closes `file`. */
export function writeData(file: PartFile, data: PerturbationData, options: H5adWriteOptions): string[] {
  const parts = new PartWriter(file, options);
  parts.encode('', 'anndata', '0.1.0');
  const { raw } = data;
  const work: (() => void)[] = [
    () => parts.matrix('X', data.X),
    () => parts.table('obs', data.obs),
    () => parts.table('var', data.var),
    () => parts.mapping('layers', data.layers),
    () => parts.mapping('obsm', data.obsm),
    () => parts.mapping('varm', data.varm),
    () => parts.mapping('obsp', data.obsp),
    () => parts.mapping('varp', data.varp),
    () => parts.uns('uns', withoutNotes(data.uns)),
  ];
  if (raw) {
    work.push(() => {
      file.group('raw');
      parts.encode('raw', 'raw', '0.1.0');
      parts.matrix('raw/X', raw.X);
      parts.table('raw/var', raw.var);
      parts.mapping('raw/varm', raw.varm ?? new Map());
    });
  }
  for (const [done, step] of work.entries()) {
    if (options.signal?.aborted) throw new InterruptedError();
    options.onProgress?.(done, work.length);
    step();
  }
  options.onProgress?.(work.length, work.length);
  return parts.notes;
}

/** Rows as they come: `X` and the layers go to disk, `obs` is gathered and written at the end. */
export class H5adSink implements RowSink {
  private readonly parts: PartWriter;
  private readonly X: Hdf5Rows;
  private readonly layers: readonly (readonly [name: string, rows: Hdf5Rows])[];
  private readonly obs: Table[] = [];

  constructor(
    private readonly file: Hdf5Writer,
    private readonly header: SinkHeader,
  ) {
    this.parts = new PartWriter(file);
    this.parts.encode('', 'anndata', '0.1.0');
    this.parts.table('var', header.var);
    this.parts.uns('uns', withoutNotes(header.uns ?? new Map()));
    for (const key of ['layers', 'obsm', 'varm', 'obsp', 'varp']) this.parts.dict(key);
    this.X = this.matrix('X');
    const taken = new Set<string>();
    this.layers = (header.layers ?? []).map((name) => [name, this.matrix(`layers/${safeKey(name, taken)}`)]);
  }

  /** Throws ShapeError when `X` or a layer does not have the rows of `obs`, FileError. */
  async append({ obs, X, layers }: RowBlock): Promise<void> {
    const expected = obs.nRows * this.header.var.nRows;
    const blocks = [
      ['X', this.X, X] as const,
      ...this.layers.map(([name, rows]) => [name, rows, layers?.get(name)] as const),
    ];
    for (const [name, , values] of blocks) {
      if (values?.length === expected) continue;
      const found = values ? `${values.length}` : 'none';
      throw new ShapeError(`${name} of a block of ${obs.nRows} rows`, `${expected} values`, found);
    }
    for (const [, rows, values] of blocks) rows.append(values!);
    this.obs.push(obs);
  }

  /** Throws ShapeError when rows are missing, FileError. */
  async finish(): Promise<void> {
    const obs = mergeTables(this.obs);
    if (obs.nRows !== this.header.nRows)
      throw new ShapeError('the file', `${this.header.nRows} rows`, `${obs.nRows}`);
    for (const rows of [this.X, ...this.layers.map(([, matrix]) => matrix)]) rows.finish();
    this.parts.table('obs', obs);
    this.file.close();
  }

  async abort(): Promise<void> {
    this.file.abort();
  }

  private matrix(path: string): Hdf5Rows {
    const { nRows, dtype } = this.header;
    const rows = this.file.rows(path, { nRows, nCols: this.header.var.nRows, dtype });
    this.parts.encode(path, 'array');
    return rows;
  }
}
