/**
 * A Matrix Market file, plain or gzipped, as a matrix of cells × genes. The file passes through in chunks;
 * only the entries of the wanted cells are kept.
 */
import type { Matrix } from '../../data/matrix.js';
import { FormatError } from '../../errors.js';
import type { ReadOptions } from '../format.js';
import { type RowRange, rowRange } from '../row-range.js';
import { inspect, readChunks } from '../table/chunks.node.js';
import { ElementCollector } from './elements.js';
import { EntryCollector } from './entries.js';
import { type EntryReceiver, type MatrixMarketHeader, MatrixMarketParser } from './matrix-market.js';

/** Deflate cannot make more than this of one byte. */
const MAX_GZIP_RATIO = 1032;

export interface ReadMatrix {
  /** `(rows, nGenes)`: CSR of a `coordinate` file, dense of an `array` one. */
  readonly X: Matrix;
  readonly nCells: number;
  readonly rows: RowRange;
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
  const { size, gzipped } = await inspect(path);
  let collected: Collected | undefined;
  const parser = new MatrixMarketParser((header) => {
    checkSize(header, size * (gzipped ? MAX_GZIP_RATIO : 1), path);
    collected = collect(header, cellsAre(header), options.rows, gzipped ? size : Number.POSITIVE_INFINITY);
    return collected.receiver;
  }, path);
  await readChunks(path, options, (chunk) => {
    parser.push(chunk);
    return true;
  });
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
  const rows = rowRange(wanted, nCells);
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
