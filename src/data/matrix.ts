/**
 * Matrices in memory: dense row-major, or compressed sparse by row (CSR) or column (CSC).
 *
 * What they are: plain tagged objects over typed arrays, so that they cross worker threads and files without
 * copying. Why: AnnData's `X`, `layers`, `obsm` and `obsp` are these three, and sparse must stay sparse.
 */
import { ShapeError } from '../errors.js';

/** Any typed array of numbers that a JavaScript number holds exactly (no 64-bit integers). */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Dense `(nRows, nCols)`, row-major: element (i, j) is `values[i * nCols + j]`. */
export interface DenseMatrix {
  readonly kind: 'dense';
  readonly nRows: number;
  readonly nCols: number;
  readonly values: NumericArray;
}

/**
 * Sparse `(nRows, nCols)`: major axis rows for `csr`, columns for `csc`. The entries of major slice k are
 * `indices/values[indptr[k] … indptr[k + 1])`. Indices within a slice may be unsorted, never repeated.
 */
export interface SparseMatrix {
  readonly kind: 'csr' | 'csc';
  readonly nRows: number;
  readonly nCols: number;
  readonly indptr: Int32Array | Float64Array;
  readonly indices: Int32Array;
  readonly values: NumericArray;
}

export type Matrix = DenseMatrix | SparseMatrix;

/** A dense matrix; `values` has `nRows * nCols` entries, zeros in float64 when not given. Throws ShapeError. */
export function dense(nRows: number, nCols: number, values?: NumericArray): DenseMatrix {
  const data = values ?? new Float64Array(nRows * nCols);
  if (data.length !== nRows * nCols) {
    throw new ShapeError('dense matrix', `${nRows} × ${nCols} = ${nRows * nCols} values`, `${data.length}`);
  }
  return { kind: 'dense', nRows, nCols, values: data };
}

/** A checked sparse matrix. Throws ShapeError when pointers, indices and values do not fit together. */
export function sparse(
  kind: 'csr' | 'csc',
  nRows: number,
  nCols: number,
  indptr: Int32Array | Float64Array,
  indices: Int32Array,
  values: NumericArray,
): SparseMatrix {
  const nMajor = kind === 'csr' ? nRows : nCols;
  const nMinor = kind === 'csr' ? nCols : nRows;
  const what = `${kind.toUpperCase()} matrix`;
  if (indptr.length !== nMajor + 1) {
    throw new ShapeError(`${what} indptr`, `${nMajor + 1} entries`, `${indptr.length}`);
  }
  if (indices.length !== values.length) {
    throw new ShapeError(`${what} indices`, `${values.length} (one a value)`, `${indices.length}`);
  }
  if (indptr[0] !== 0 || indptr[nMajor] !== values.length) {
    throw new ShapeError(`${what} indptr`, `0 … ${values.length}`, `${indptr[0]} … ${indptr[nMajor]}`);
  }
  for (let k = 0; k < nMajor; k++) {
    if (!(indptr[k + 1] >= indptr[k])) {
      throw new ShapeError(`${what} indptr`, 'a rising sequence', `${indptr[k]} then ${indptr[k + 1]}`);
    }
  }
  for (let k = 0; k < indices.length; k++) {
    if (indices[k] < 0 || indices[k] >= nMinor) {
      throw new ShapeError(`${what} indices`, `0 … ${nMinor - 1}`, `${indices[k]}`);
    }
  }
  return { kind, nRows, nCols, indptr, indices, values };
}

/** Row `i` written into `out` `(nCols)` as numbers; works for every kind (slow for CSC: convert it first). */
export function readRow(matrix: Matrix, i: number, out: Float64Array): Float64Array {
  if (matrix.kind === 'dense') {
    const start = i * matrix.nCols;
    for (let j = 0; j < matrix.nCols; j++) out[j] = matrix.values[start + j];
    return out;
  }
  out.fill(0, 0, matrix.nCols);
  if (matrix.kind === 'csr') {
    for (let k = matrix.indptr[i]; k < matrix.indptr[i + 1]; k++) out[matrix.indices[k]] = matrix.values[k];
    return out;
  }
  for (let j = 0; j < matrix.nCols; j++) {
    for (let k = matrix.indptr[j]; k < matrix.indptr[j + 1]; k++) {
      if (matrix.indices[k] === i) out[j] = matrix.values[k];
    }
  }
  return out;
}

/** The same numbers as a dense matrix; a dense one is returned as it is. */
export function toDense(matrix: Matrix): DenseMatrix {
  if (matrix.kind === 'dense') return matrix;
  const { nRows, nCols, indptr, indices } = matrix;
  const values = emptyLike(matrix.values, nRows * nCols);
  const nMajor = matrix.kind === 'csr' ? nRows : nCols;
  for (let major = 0; major < nMajor; major++) {
    for (let k = indptr[major]; k < indptr[major + 1]; k++) {
      const at = matrix.kind === 'csr' ? major * nCols + indices[k] : indices[k] * nCols + major;
      values[at] = matrix.values[k];
    }
  }
  return { kind: 'dense', nRows, nCols, values };
}

/** The same numbers compressed along the other axis (CSR ↔ CSC), indices sorted. */
export function swapCompression(matrix: SparseMatrix): SparseMatrix {
  const { nRows, nCols, indptr, indices, values } = matrix;
  const nMajor = matrix.kind === 'csr' ? nRows : nCols;
  const nMinor = matrix.kind === 'csr' ? nCols : nRows;
  const pointers = new Float64Array(nMinor + 1);
  for (let k = 0; k < indices.length; k++) pointers[indices[k] + 1]++;
  for (let k = 0; k < nMinor; k++) pointers[k + 1] += pointers[k];
  const next = pointers.slice();
  const outIndices = new Int32Array(indices.length);
  const outValues = emptyLike(values, values.length);
  for (let major = 0; major < nMajor; major++) {
    for (let k = indptr[major]; k < indptr[major + 1]; k++) {
      const at = next[indices[k]]++;
      outIndices[at] = major;
      outValues[at] = values[k];
    }
  }
  const kind = matrix.kind === 'csr' ? 'csc' : 'csr';
  return { kind, nRows, nCols, indptr: pointers, indices: outIndices, values: outValues };
}

/** A dense copy transposed, or the sparse one seen the other way round (no copy). */
export function transpose(matrix: Matrix): Matrix {
  const { nRows, nCols } = matrix;
  if (matrix.kind !== 'dense') {
    return { ...matrix, kind: matrix.kind === 'csr' ? 'csc' : 'csr', nRows: nCols, nCols: nRows };
  }
  const values = emptyLike(matrix.values, matrix.values.length);
  for (let i = 0; i < nRows; i++) {
    for (let j = 0; j < nCols; j++) values[j * nRows + i] = matrix.values[i * nCols + j];
  }
  return { kind: 'dense', nRows: nCols, nCols: nRows, values };
}

/** The rows `rows` in that order (repeats allowed), of the same kind; CSC comes back as CSR. */
export function takeRows(matrix: Matrix, rows: ArrayLike<number>): Matrix {
  const { nCols } = matrix;
  if (matrix.kind === 'dense') {
    const values = emptyLike(matrix.values, rows.length * nCols);
    for (let r = 0; r < rows.length; r++) {
      values.set(matrix.values.subarray(rows[r] * nCols, (rows[r] + 1) * nCols) as never, r * nCols);
    }
    return { kind: 'dense', nRows: rows.length, nCols, values };
  }
  const csr = matrix.kind === 'csr' ? matrix : swapCompression(matrix);
  const indptr = new Float64Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++) {
    indptr[r + 1] = indptr[r] + csr.indptr[rows[r] + 1] - csr.indptr[rows[r]];
  }
  const indices = new Int32Array(indptr[rows.length]);
  const values = emptyLike(csr.values, indices.length);
  for (let r = 0; r < rows.length; r++) {
    const start = csr.indptr[rows[r]];
    const end = csr.indptr[rows[r] + 1];
    indices.set(csr.indices.subarray(start, end), indptr[r]);
    values.set(csr.values.subarray(start, end) as never, indptr[r]);
  }
  return { kind: 'csr', nRows: rows.length, nCols, indptr, indices, values };
}

/** The columns `cols` in that order, without repeats for sparse matrices. */
export function takeCols(matrix: Matrix, cols: ArrayLike<number>): Matrix {
  if (matrix.kind !== 'dense') {
    const turned = takeRows(transpose(matrix), cols);
    const back = transpose(turned) as SparseMatrix;
    return matrix.kind === back.kind ? back : swapCompression(back);
  }
  const values = emptyLike(matrix.values, matrix.nRows * cols.length);
  for (let i = 0; i < matrix.nRows; i++) {
    for (let j = 0; j < cols.length; j++) {
      values[i * cols.length + j] = matrix.values[i * matrix.nCols + cols[j]];
    }
  }
  return { kind: 'dense', nRows: matrix.nRows, nCols: cols.length, values };
}

/** A zeroed typed array of the same type. */
export function emptyLike<T extends NumericArray>(like: T, length: number): T {
  return new (like.constructor as new (n: number) => T)(length);
}
