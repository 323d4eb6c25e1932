/**
 * Matrices on disk, whole or by rows: dense datasets, CSR and CSC groups (also the `h5sparse_*` attributes
 * that AnnData wrote before 0.7).
 */
import { type Matrix, type NumericArray, type SparseMatrix, takeRows } from '../../data/matrix.js';
import type { Hdf5Dataset, Hdf5Group } from '../hdf5/reader.js';
import { type Element, encodingOf } from './walk.js';

export type RowRange = readonly [start: number, end: number];

/** A matrix that has not been read yet, `(nRows, nCols)`. */
export interface MatrixSource {
  readonly kind: Matrix['kind'];
  readonly nRows: number;
  readonly nCols: number;
  /** All rows, or `[start, end)`. CSC has no rows of its own: it is read whole (once) and cut. */
  read(rows?: RowRange): Matrix;
}

/** The matrix at `element`, `undefined` when there is something else. */
export function matrixSource(element: Element): MatrixSource | undefined {
  if (element.kind === 'dataset') return denseSource(element);
  const format = sparseFormat(element);
  if (!format) return undefined;
  return format === 'csr' ? csrSource(element) : cscSource(element);
}

const NUMBERS = new Set(['integer', 'float', 'boolean', 'enum']);

function denseSource(dataset: Hdf5Dataset): MatrixSource | undefined {
  const { shape, type } = dataset;
  if (!NUMBERS.has(type.kind) || shape === null || shape.length === 0 || shape.length > 2) return undefined;
  // one column is written as a plain list by old versions
  const [nRows, nCols] = [shape[0]!, shape[1] ?? 1];
  return {
    kind: 'dense',
    nRows,
    nCols,
    read(rows) {
      const values = dataset.numbers({ rows });
      return { kind: 'dense', nRows: rows ? rows[1] - rows[0] : nRows, nCols, values };
    },
  };
}

function sparseFormat(group: Hdf5Group): 'csr' | 'csc' | undefined {
  const encoding = encodingOf(group) || (group.text('h5sparse_format') ?? '');
  return /^(csr|csc)(_matrix|_array)?$/.exec(encoding)?.[1] as 'csr' | 'csc' | undefined;
}

/** The parts of a sparse group, sizes checked against each other before any is read whole. */
function sparseParts(group: Hdf5Group) {
  const shape = group.attr('shape') ?? group.attr('h5sparse_shape');
  const [nRows, nCols] = ArrayBuffer.isView(shape) ? Array.from(shape as NumericArray) : [];
  if (!isExtent(nRows) || !isExtent(nCols)) throw group.fail("has no usable 'shape'");
  const parts = {
    nRows,
    nCols,
    indptr: group.dataset('indptr'),
    indices: group.dataset('indices'),
    data: group.dataset('data'),
  };
  for (const part of [parts.indptr, parts.indices, parts.data]) {
    if (part.shape?.length !== 1) throw part.fail('a list was expected here');
  }
  if (parts.indices.shape![0] !== parts.data.shape![0]) {
    const [nData, nIndices] = [parts.data.shape![0], parts.indices.shape![0]];
    throw group.fail(`has ${nData} values and ${nIndices} indices`);
  }
  return parts;
}

const isExtent = (extent: number | undefined): extent is number =>
  Number.isSafeInteger(extent) && extent! >= 0 && extent! < 2 ** 31;

/** Pointers 0 … nValues, rising, one more than there are rows (or columns). Throws FormatError. */
function readPointers(dataset: Hdf5Dataset, nMajor: number, nValues: number): Int32Array | Float64Array {
  if (dataset.shape![0] !== nMajor + 1) {
    throw dataset.fail(`has ${dataset.shape![0]} entries, ${nMajor + 1} were expected`);
  }
  const read = dataset.numbers();
  const pointers = read instanceof Int32Array ? read : Float64Array.from(read);
  const inOrder = pointers.every((pointer, k) => k === 0 || pointer >= pointers[k - 1]!);
  if (pointers[0] !== 0 || pointers[nMajor] !== nValues || !inOrder) {
    throw dataset.fail(`must rise from 0 to the number of values, ${nValues}`);
  }
  return pointers;
}

/** Indices 0 … nMinor - 1, in 32 bits. Throws FormatError. */
function readIndices(dataset: Hdf5Dataset, nMinor: number, range?: RowRange): Int32Array {
  const read = dataset.numbers({ rows: range });
  const indices = read instanceof Int32Array ? read : Int32Array.from(read);
  let [least, most] = [0, -1];
  for (let k = 0; k < indices.length; k++) {
    const index = indices[k]!;
    if (index > most) most = index;
    else if (index < least) least = index;
  }
  if (least < 0 || most >= nMinor) {
    throw dataset.fail(`${least < 0 ? least : most} is not among 0 … ${nMinor - 1}`);
  }
  return indices;
}

function csrSource(group: Hdf5Group): MatrixSource {
  const { nRows, nCols, indptr, indices, data } = sparseParts(group);
  let pointers: Int32Array | Float64Array | undefined;
  return {
    kind: 'csr',
    nRows,
    nCols,
    read(rows = [0, nRows]) {
      pointers ??= readPointers(indptr, nRows, data.shape![0]!);
      const [start, end] = rows;
      const first = pointers[start]!;
      const range: RowRange = [first, pointers[end]!];
      const own =
        start === 0 ? pointers.slice(0, end + 1) : pointers.slice(start, end + 1).map((p) => p - first);
      return {
        kind: 'csr',
        nRows: end - start,
        nCols,
        indptr: own,
        indices: readIndices(indices, nCols, range),
        values: data.numbers({ rows: range }),
      };
    },
  };
}

function cscSource(group: Hdf5Group): MatrixSource {
  const { nRows, nCols, indptr, indices, data } = sparseParts(group);
  let whole: SparseMatrix | undefined;
  return {
    kind: 'csc',
    nRows,
    nCols,
    read(rows) {
      whole ??= {
        kind: 'csc',
        nRows,
        nCols,
        indptr: readPointers(indptr, nCols, data.shape![0]!),
        indices: readIndices(indices, nRows),
        values: data.numbers(),
      };
      if (!rows) return whole;
      return takeRows(
        whole,
        Int32Array.from({ length: rows[1] - rows[0] }, (_, i) => rows[0] + i),
      );
    },
  };
}

/** The row numbers of a range. */
export function counting([start, end]: RowRange): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

/** Rows `[start, end)` of a matrix in memory. */
export function cutRows(matrix: Matrix, rows: RowRange): Matrix {
  return takeRows(matrix, counting(rows));
}

/** All zero, without storage. */
export function emptyMatrix(nRows: number, nCols: number): SparseMatrix {
  const indptr = new Int32Array(nRows + 1);
  return { kind: 'csr', nRows, nCols, indptr, indices: new Int32Array(), values: new Float32Array() };
}
