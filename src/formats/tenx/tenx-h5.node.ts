/** CellRanger's HDF5 matrix: version 2 and 3 read, version 3 written. */
import { rm } from 'node:fs/promises';
import { type Matrix, type NumericArray, type SparseMatrix, swapCompression } from '../../data/matrix.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import { columnStrings, type Table } from '../../data/table.js';
import { listNames } from '../../errors.js';
import { unchanged } from '../files.node.js';
import type { Format } from '../format.js';
import { createHdf5, openHdf5 } from '../hdf5/hdf5.node.js';
import { isHdf5, mentions } from '../hdf5/index.js';
import { lostParts } from '../notes.js';
import { EntryCollector } from './entries.js';
import { readTenxH5 } from './tenx-h5.js';

export const tenxH5: Format = {
  name: 'tenx-h5',
  title: '10x Genomics matrix (HDF5)',
  extensions: ['.h5'],
  matches: ({ head, path }) =>
    isHdf5(head) &&
    (mentions(head, ['barcodes', 'indptr']) || (/\.h5$/i.test(path) && !mentions(head, ['obs', 'var']))),
  read: (path, options) =>
    unchanged(path, async () => {
      const file = await openHdf5(path, { format: 'tenx-h5' });
      try {
        return readTenxH5(file, options);
      } finally {
        file.close();
      }
    }),
  write,
};

/** What a feature is when nobody says. */
const EXPRESSION = 'Gene Expression';

async function write(path: string, data: PerturbationData): Promise<string[]> {
  const file = await createHdf5(path, { format: 'tenx-h5' });
  try {
    const { indptr, indices, values } = asCsr(data.X);
    file.group('matrix');
    file.strings('matrix/barcodes', data.obs.index);
    file.numbers('matrix/data', wholeNumbers(values));
    file.numbers('matrix/indices', BigInt64Array.from(indices, BigInt));
    file.numbers('matrix/indptr', BigInt64Array.from(indptr, BigInt));
    file.numbers('matrix/shape', Int32Array.of(data.nVars, data.nObs));
    const property = (name: string, fallback: (i: number) => string) => textColumn(data.var, name, fallback);
    file.group('matrix/features');
    file.strings('matrix/features/_all_tag_keys', ['genome']);
    file.strings(
      'matrix/features/id',
      property('gene_ids', (i) => data.var.index[i]!),
    );
    file.strings('matrix/features/name', data.var.index);
    file.strings(
      'matrix/features/feature_type',
      property('feature_types', () => EXPRESSION),
    );
    file.strings(
      'matrix/features/genome',
      property('genome', () => ''),
    );
    file.close();
  } catch (error) {
    file.abort();
    await rm(path, { force: true });
    throw error;
  }
  return whatIsLost(data);
}

function textColumn(table: Table, name: string, fallback: (i: number) => string): string[] {
  const found = table.columns.get(name);
  const texts = found ? columnStrings(found) : [];
  return table.index.map((_, i) => texts[i] ?? fallback(i));
}

function asCsr(matrix: Matrix): SparseMatrix {
  if (matrix.kind === 'csr') return matrix;
  if (matrix.kind === 'csc') return swapCompression(matrix);
  const { nRows, nCols, values } = matrix;
  const entries = new EntryCollector({ start: 0, end: nRows }, nCols, Number.POSITIVE_INFINITY);
  for (let k = 0; k < values.length; k++) {
    if (values[k] !== 0) entries.add(Math.floor(k / nCols), k % nCols, values[k]!);
  }
  return entries.toCsr().matrix;
}

/** Counts as CellRanger writes them, int32; other numbers as they are. */
function wholeNumbers(values: NumericArray): NumericArray {
  const whole = Int32Array.from(values);
  return whole.every((value, k) => value === values[k]) ? whole : values;
}

function whatIsLost(data: PerturbationData): string[] {
  const lost: string[] = [];
  const leftOut = (what: string, names: readonly string[]) => {
    if (names.length > 0) lost.push(`A 10x file has no ${what}: ${listNames(names)} left out.`);
  };
  leftOut('annotations of cells', data.obs.names);
  leftOut(
    'such annotations of genes',
    data.var.names.filter((name) => !KEPT.has(name)),
  );
  return [...lost, ...lostParts('A 10x file', data)];
}
const KEPT = new Set(['gene_ids', 'feature_types', 'genome']);
