/** Parquet: one row an observation, one column an annotation or a gene. */
import { type Matrix, type NumericArray, type SparseMatrix, swapCompression } from '../../data/matrix.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import { InterruptedError, listNames } from '../../errors.js';
import type { Format, WriteOptions } from '../format.js';
import { lostParts } from '../notes.js';
import type { MatrixColumns, NumberType } from './notes.js';
import { readParquet } from './read.node.js';
import { ParquetSink } from './write.node.js';

/** Values in a row group, about: small enough for any machine, large enough for columns to be worth it. */
const GROUP_VALUES = 1 << 22;

export const parquet: Format = {
  name: 'parquet',
  title: 'Parquet table',
  extensions: ['.parquet'],
  matches: ({ head, isDirectory }) =>
    !isDirectory && head.length >= 4 && /^PAR[1E]/.test(String.fromCharCode(...head.subarray(0, 4))),
  read: readParquet,
  write,
  streamsLayers: true,
  openSink: (path, { var: genes, nRows, dtype, layers = [] }) => {
    const type: NumberType = dtype === 'float32' ? 'Float32Array' : 'Float64Array';
    const matrices = [null, ...layers].map((layer): MatrixColumns => ({ layer, type, sparse: false }));
    return ParquetSink.create(path, { genes: genes.index, nRows, matrices });
  },
};

async function write(path: string, data: PerturbationData, options: WriteOptions = {}): Promise<string[]> {
  const parts: [string | null, Matrix][] = [[null, data.X], ...data.layers];
  const matrices = parts.map(
    ([layer, matrix]): MatrixColumns => ({
      layer,
      type: matrix.values.constructor.name as NumberType,
      sparse: matrix.kind !== 'dense',
    }),
  );
  const sink = await ParquetSink.create(path, { genes: data.var.index, nRows: data.nObs, matrices });
  try {
    const blocks = parts.map(([, matrix]) => denseRows(matrix));
    const step = Math.max(1, Math.min(65536, Math.floor(GROUP_VALUES / Math.max(1, data.nVars))));
    // at least one block, so that a file without rows has its annotations
    for (let start = 0; start === 0 || start < data.nObs; start += step) {
      if (options.signal?.aborted) throw new InterruptedError();
      options.onProgress?.(start, data.nObs);
      const end = Math.min(start + step, data.nObs);
      const rows = Array.from({ length: end - start }, (_, i) => start + i);
      const [X, ...others] = blocks.map((block) => block(start, end));
      const layers = new Map(others.map((values, k) => [parts[1 + k]![0]!, values]));
      await sink.append({ obs: data.obs.take(rows), X: X!, layers });
    }
    await sink.finish();
  } catch (error) {
    await sink.abort();
    throw error;
  }
  return whatIsLost(data);
}

/** Rows `[start, end)` of a matrix as dense values, row by row, of its own number type. */
function denseRows(matrix: Matrix): (start: number, end: number) => NumericArray {
  const { nCols } = matrix;
  if (matrix.kind === 'dense') return (start, end) => matrix.values.subarray(start * nCols, end * nCols);
  const csr: SparseMatrix = matrix.kind === 'csr' ? matrix : swapCompression(matrix);
  return (start, end) => {
    const block = new (csr.values.constructor as Float64ArrayConstructor)((end - start) * nCols);
    for (let i = start; i < end; i++) {
      for (let k = csr.indptr[i]!; k < csr.indptr[i + 1]!; k++) {
        block[(i - start) * nCols + csr.indices[k]!] = csr.values[k]!;
      }
    }
    return block;
  };
}

function whatIsLost(data: PerturbationData): string[] {
  const lost = lostParts('Parquet', data, ['layers']);
  if (data.var.names.length > 0) {
    lost.push(`Parquet keeps only the names of genes: ${listNames(data.var.names)} left out.`);
  }
  return lost;
}
