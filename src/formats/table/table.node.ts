/** csv and tsv files, plain or gzipped: `Format` objects over the reader and the writer beside this file. */
import { totalmem } from 'node:os';
import type { NumericArray } from '../../data/matrix.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import { Table } from '../../data/table.js';
import { InterruptedError, ShapeError } from '../../errors.js';
import type { Format, Probe, ReadOptions, RowBlock, RowSink, SinkHeader, WriteOptions } from '../format.js';
import { readChunks } from './chunks.node.js';
import { looksLikeTable } from './dialect.js';
import { type TableOptions, TableReader } from './reader.js';
import { TextFile } from './text-file.node.js';
import { checkBlock, rowReader, TableWriter, whatIsLost } from './writer.js';

const [TAB, COMMA] = [9, 44];
/** Share of the machine's memory that the values of one table may take. */
const MEMORY_SHARE = 0.4;
const PROGRESS_ROWS = 256;

/** Comma-separated values; any delimiter is read. */
export const csv: Format = tableFormat('csv', 'Comma-separated values', ['.csv.gz', '.csv'], COMMA);
/** Tab-separated values; any delimiter is read. */
export const tsv: Format = tableFormat(
  'tsv',
  'Tab-separated values',
  ['.tsv.gz', '.txt.gz', '.tsv', '.txt'],
  TAB,
);

/**
 * A table of annotations (cells, genes, pairs): typed columns, the index an unnamed first column or row
 * numbers. Throws FileError and FormatError as `csv.read` does.
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  return (await load(path, options, { annotationsOnly: true })).finishAnnotations();
}

function tableFormat(name: string, title: string, extensions: string[], delimiter: number): Format {
  return {
    name,
    title,
    extensions,
    matches: (probe) => matches(probe, extensions),
    read: async (path, options = {}) => (await load(path, options)).finish(),
    write: (path, data, options = {}) => write(path, data, options, delimiter),
    openSink: (path, header) => openSink(path, header, delimiter),
  };
}

function matches({ path, head, isDirectory, gzipped }: Probe, extensions: readonly string[]): boolean {
  if (isDirectory) return false;
  const named = extensions.some((extension) => path.toLowerCase().endsWith(extension));
  // a head of gzip data that unpacks to very much is not shown
  return (head.length === 0 && gzipped && named) || looksLikeTable(head, named);
}

async function load(path: string, options: ReadOptions, more: TableOptions = {}): Promise<TableReader> {
  const reader = new TableReader({ path, rows: options.rows, maxBytes: MEMORY_SHARE * totalmem(), ...more });
  await readChunks(path, options, (chunk) => reader.push(chunk));
  return reader;
}

async function write(
  path: string,
  data: PerturbationData,
  options: WriteOptions,
  delimiter: number,
): Promise<string[]> {
  const writer = new TableWriter(delimiter);
  const file = await TextFile.create(path);
  try {
    await file.write(writer.header(data.obs, data.var.index));
    const { row, single } = rowReader(data.X);
    for (let i = 0; i < data.nObs; i++) {
      if (i % PROGRESS_ROWS === 0) {
        if (options.signal?.aborted) throw new InterruptedError();
        options.onProgress?.(i, data.nObs);
      }
      await file.write(writer.row(data.obs, i, row(i), single));
    }
    await file.finish();
  } catch (error) {
    await file.abort();
    throw error;
  }
  return whatIsLost(data, delimiter);
}

/** Rows as they come; layers are left out, a table has none. */
async function openSink(path: string, header: SinkHeader, delimiter: number): Promise<RowSink> {
  const writer = new TableWriter(delimiter);
  const genes = header.var.index;
  const single = header.dtype === 'float32';
  const file = await TextFile.create(path);
  let columns: string[] | undefined;
  let nRows = 0;
  return {
    async append({ obs, X }: RowBlock): Promise<void> {
      if (!columns) await file.write(writer.header(obs, genes));
      columns ??= obs.names;
      checkBlock(columns, genes.length, obs, X);
      for (let i = 0; i < obs.nRows; i++) {
        await file.write(writer.row(obs, i, rowOf(X, i, genes.length), single));
      }
      nRows += obs.nRows;
    },
    async finish(): Promise<void> {
      if (nRows !== header.nRows) throw new ShapeError(path, `${header.nRows} rows`, `${nRows}`);
      if (!columns) await file.write(writer.header(new Table([]), genes));
      await file.finish();
    },
    abort: () => file.abort(),
  };
}

function rowOf(X: NumericArray, i: number, nGenes: number): NumericArray {
  return X.subarray(i * nGenes, (i + 1) * nGenes);
}
