/** Reading a parquet file: the footer, then of the row groups that hold wanted rows one column at a time. */
import { type FileHandle, open } from 'node:fs/promises';
import { PerturbationData } from '../../data/perturbation-data.js';
import { type Column, Table } from '../../data/table.js';
import { FileError, FormatError, InterruptedError, isMechanistError } from '../../errors.js';
import { fileError, unchanged } from '../files.node.js';
import type { ReadOptions } from '../format.js';
import { type RowRange, rowRange } from '../row-range.js';
import { checkFooter, type Footer } from './footer.js';
import { findParquetLayout, type ParquetLayout } from './layout.js';
import type { MatrixColumns } from './notes.js';
import { obsColumn, valueKind } from './obs-columns.js';
import { type Codec, decodeChunk, loadCodec } from './pages.js';
import { ColumnValues, DenseCollector, type MatrixCollector, SparseCollector, type Take } from './rows.js';

const WINDOW_BYTES = 8 << 20;
const MAGIC = 'PAR1';

/** Throws FileError and FormatError. */
export function readParquet(path: string, options: ReadOptions = {}): Promise<PerturbationData> {
  return unchanged(path, async () => {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path);
      const { size } = await handle.stat();
      return await new ParquetFile(path, handle, size, options).read();
    } catch (error) {
      throw fileError(error, path);
    } finally {
      await handle?.close();
    }
  });
}

class ParquetFile {
  private window: { start: number; bytes: Uint8Array<ArrayBuffer> } = { start: 0, bytes: new Uint8Array() };

  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly size: number,
    private readonly options: ReadOptions,
  ) {}

  async read(): Promise<PerturbationData> {
    const footer = await this.footer();
    const codec = await loadCodec();
    const layout = await findParquetLayout(
      footer,
      async (column) => {
        const values = new ColumnValues({ start: 0, end: footer.nRows });
        await this.pass(codec, footer, new Map([[column, values.take]]), values.rows);
        return !values.all.includes(null) && new Set(values.all).size === footer.nRows;
      },
      this.path,
    );
    const rows = rowRange(this.options.rows, footer.nRows);
    const takers = new Map<number, Take>();
    const values = [layout.index, ...layout.obs.map(({ column }) => column)].map((column) => {
      const found = new ColumnValues(rows);
      if (column >= 0) takers.set(column, found.take);
      return found;
    });
    const collectors = layout.matrices.map((matrix) => {
      const collector = this.collector(matrix, matrix.columns.length, rows);
      for (const [j, column] of matrix.columns.entries()) takers.set(column, collector.taker(j));
      return collector;
    });
    await this.pass(codec, footer, takers, rows);
    const [X, ...layers] = collectors.map((collector) => collector.finish());
    return new PerturbationData({
      X: X!,
      obs: this.obs(footer, layout, values, rows),
      var: new Table(layout.genes),
      layers: layers.map((layer, k) => [layout.matrices[1 + k]!.layer ?? '', layer]),
    });
  }

  private async footer(): Promise<Footer> {
    const { size } = this;
    const tail = await this.bytes(Math.max(0, size - 8), size);
    const magic = new TextDecoder('latin1').decode(tail.subarray(-4));
    if (size < 12 || magic !== MAGIC) {
      const what = magic === 'PARE' ? 'its footer is encrypted' : `it does not end with '${MAGIC}'`;
      throw new FormatError('parquet', `${what}; the file is cut short, encrypted or no parquet file`, {
        path: this.path,
        where: 'last 4 bytes',
      });
    }
    const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
    if (length > size - 12) {
      throw new FormatError('parquet', `a footer of ${length} bytes in a file of ${size}; it is cut short`, {
        path: this.path,
        where: 'last 8 bytes',
      });
    }
    const bytes = await this.bytes(size - 8 - length, size);
    const { parquetMetadata } = await import('hyparquet');
    const metadata = this.guard('footer', () => parquetMetadata(bytes, { geoparquet: false }));
    return this.guard('footer', () => checkFooter(metadata, size - 8 - length, this.path));
  }

  private obs(footer: Footer, layout: ParquetLayout, values: readonly ColumnValues[], rows: RowRange): Table {
    const columns = layout.obs.map(({ column, notes }, k): [string, Column] => {
      const kind = valueKind(footer.columns[column]!);
      const made = this.guard(`column '${notes.name}'`, () => obsColumn(values[1 + k]!.all, kind, notes));
      return [notes.name, made];
    });
    const names = values[0]!.all.map((name, i) =>
      layout.index < 0 ? `${rows.start + i}` : String(name ?? ''),
    );
    return new Table(names, columns, layout.indexName);
  }

  private collector({ type, sparse }: MatrixColumns, nGenes: number, rows: RowRange): MatrixCollector {
    try {
      return sparse ? new SparseCollector(type, nGenes, rows) : new DenseCollector(type, nGenes, rows);
    } catch (cause) {
      throw new FileError(
        this.path,
        'memory',
        `${this.path}: ${rows.end - rows.start} × ${nGenes} values do not fit in memory; read fewer rows at a time`,
        { cause },
      );
    }
  }

  /** One pass over the row groups that hold some of the rows, in the order of the file. */
  private async pass(
    codec: Codec,
    footer: Footer,
    takers: ReadonlyMap<number, Take>,
    rows: RowRange,
  ): Promise<void> {
    const columns = [...takers].sort(([a], [b]) => a - b);
    for (const [g, group] of footer.groups.entries()) {
      if (group.firstRow + group.nRows <= rows.start || group.firstRow >= rows.end) continue;
      for (const [column, take] of columns) {
        if (this.options.signal?.aborted) throw new InterruptedError();
        const element = footer.columns[column]!;
        const { meta, start, end } = group.chunks[column]!;
        const bytes = await this.bytes(start, end);
        this.guard(`row group ${g}, column '${element.name}'`, () => {
          let row = group.firstRow;
          for (const piece of decodeChunk(codec, bytes, meta, element, group.nRows)) {
            take(piece, row);
            row += piece.present?.length ?? piece.values.length;
          }
        });
      }
      this.options.onProgress?.(group.firstRow + group.nRows, footer.nRows);
    }
  }

  /** Bytes `[start … end)` of the file, through a window that makes few reads of many small ones. */
  private async bytes(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const { window } = this;
    if (start < window.start || end > window.start + window.bytes.length) {
      const length = Math.max(end - start, Math.min(WINDOW_BYTES, this.size - start));
      const buffer = new Uint8Array(length);
      const { bytesRead } = await this.handle.read(buffer, 0, length, start);
      if (bytesRead < end - start) {
        throw new FileError(
          this.path,
          'changed',
          `${this.path} became shorter while it was read; read it again`,
        );
      }
      this.window = { start, bytes: buffer.subarray(0, bytesRead) };
    }
    return this.window.bytes.subarray(start - this.window.start, end - this.window.start);
  }

  /** What the decoders throw on bad bytes becomes a FormatError that says where. */
  private guard<T>(where: string, decode: () => T): T {
    try {
      return decode();
    } catch (cause) {
      if (isMechanistError(cause)) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new FormatError('parquet', `cannot be decoded: ${why}`, { path: this.path, where }, { cause });
    }
  }
}
