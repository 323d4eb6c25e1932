/**
 * A Matrix Market file, plain or gzipped, as a matrix of cells × genes. The file passes through in chunks;
 * only the entries of the wanted cells are kept.
 */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Matrix } from '../../data/matrix.js';
import { FormatError, InterruptedError } from '../../errors.js';
import { fileError, fileState, probe, unchanged } from '../files.node.js';
import type { ReadOptions } from '../format.js';
import { ElementCollector } from './elements.js';
import { EntryCollector } from './entries.js';
import { type EntryReceiver, type MatrixMarketHeader, MatrixMarketParser } from './matrix-market.js';

const CHUNK_BYTES = 1 << 20;
/** Deflate cannot make more than this of one byte. */
const MAX_GZIP_RATIO = 1032;

export interface ReadMatrix {
  /** `(rows, nGenes)`: CSR of a `coordinate` file, dense of an `array` one. */
  readonly X: Matrix;
  readonly nCells: number;
  readonly rows: { readonly start: number; readonly end: number };
  /** Sentences for `uns.reading_notes`. */
  readonly notes: readonly string[];
}

/**
 * @param cellsAre told the declared shape before anything is kept, says what a cell is; throws to refuse
 * @throws FileError, FormatError naming the line, InterruptedError
 */
export async function readMatrix(
  path: string,
  cellsAre: (header: MatrixMarketHeader) => 'rows' | 'columns',
  options: ReadOptions = {},
): Promise<ReadMatrix> {
  const { gzipped } = await probe(path);
  const { size } = await fileState(path);
  let collected: Collected | undefined;
  const parser = new MatrixMarketParser((header) => {
    checkSize(header, size * (gzipped ? MAX_GZIP_RATIO : 1), path);
    collected = collect(header, cellsAre(header), options.rows, gzipped ? size : Number.POSITIVE_INFINITY);
    return collected.receiver;
  }, path);
  await unchanged(path, () => stream(path, gzipped, size, (chunk) => parser.push(chunk), options));
  parser.finish();
  return collected!.result();
}

interface Collected {
  readonly receiver: EntryReceiver;
  result(): ReadMatrix;
}

function collect(
  header: MatrixMarketHeader,
  cellsAre: 'rows' | 'columns',
  wanted: ReadOptions['rows'],
  roomAtOnce: number,
): Collected {
  const byRow = cellsAre === 'rows';
  const nCells = byRow ? header.nRows : header.nCols;
  const nGenes = byRow ? header.nCols : header.nRows;
  const start = Math.min(Math.max(wanted?.start ?? 0, 0), nCells);
  const end = Math.min(Math.max(wanted?.end ?? nCells, start), nCells);
  const rows = { start, end };
  const elements = new ElementCollector(header, cellsAre, rows);
  const mirrored = header.symmetry !== 'general';
  const sign = header.symmetry === 'skew-symmetric' ? -1 : 1;
  const nExpected = header.layout === 'coordinate' ? header.nEntries * (mirrored ? 2 : 1) : 0;
  const capacity = wanted ? 1024 : roomAtOnce;
  const entries = new EntryCollector(rows, nGenes, nExpected, Math.min(nExpected, capacity));
  const add = byRow
    ? (row: number, col: number, value: number) => entries.add(row, col, value)
    : (row: number, col: number, value: number) => entries.add(col, row, value);
  return {
    receiver: {
      add: mirrored
        ? (row, col, value) => {
            add(row, col, value);
            if (row !== col) add(col, row, sign * value);
          }
        : add,
      append: (value) => elements.append(value),
    },
    result() {
      if (header.layout === 'array') return { X: elements.toDense(), nCells, rows, notes: [] };
      const { matrix, nRepeated } = entries.toCsr();
      const notes =
        nRepeated === 0 ? [] : [`${nRepeated} entries gave a cell and gene again; they were summed.`];
      return { X: matrix, nCells, rows, notes };
    },
  };
}

/** Refuses at once what cannot be in a file of this size: an entry takes a few bytes at the least. */
function checkSize(header: MatrixMarketHeader, maxBytes: number, path: string): void {
  const smallest = header.layout === 'array' ? 2 : header.field === 'pattern' ? 4 : 6;
  const needed = header.nEntries * smallest - 1;
  if (needed > maxBytes) {
    throw new FormatError(
      'mtx',
      `declares ${header.nRows} × ${header.nCols} with ${header.nEntries} entries, which take ${needed} bytes ` +
        `or more, but holds at most ${maxBytes}; it is cut short or the size line is wrong`,
      { path, where: 'size line' },
    );
  }
}

/** Hands the (gunzipped) bytes of the file to `take`, chunk by chunk. */
async function stream(
  path: string,
  gzipped: boolean,
  size: number,
  take: (chunk: Uint8Array) => void,
  { signal, onProgress }: ReadOptions,
): Promise<void> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const chunks: Readable = gzipped ? source.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : source;
  // pipe does not hand on errors
  source.on('error', (error) => chunks.destroy(error));
  try {
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
      if (signal?.aborted) throw new InterruptedError();
      take(chunk);
      onProgress?.(source.bytesRead, size);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException)?.code ?? '';
    if (code.startsWith('Z_')) {
      const what = code === 'Z_BUF_ERROR' ? 'the gzip data is cut short' : 'corrupt gzip data';
      throw new FormatError('gzip', `${what}; get the file again`, { path }, { cause: error });
    }
    throw fileError(error, path);
  } finally {
    source.destroy();
  }
}
