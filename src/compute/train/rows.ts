/**
 * The data that batches are made of: fields of one row an observation, dense or CSR. A field writes chosen rows into
 * an array that is used again for every batch.
 */
import { DataError, ShapeError } from '../../errors.js';
import type { DType, Values } from '../graph/index.js';

export interface DenseRows {
  /** Row-major; floats are rounded to the network's type, whole numbers stay. */
  readonly values: Float32Array | Float64Array | Int32Array | BigInt64Array;
  /** `(rows, …)`. */
  readonly shape: readonly number[];
  /** The values are labels 0 … classes − 1; others are refused. Default: any value. */
  readonly classes?: number;
}

/** Compressed sparse rows `(rows, columns)`: row i holds `data` at `indices` from indptr[i] to indptr[i + 1]. */
export interface SparseRows {
  readonly data: Float32Array | Float64Array;
  readonly indices: Int32Array | Uint32Array | Float64Array;
  readonly indptr: ArrayLike<number>;
  readonly shape: readonly [rows: number, columns: number];
}

export type Rows = DenseRows | SparseRows;

/** One field, ready to be read by row. */
export interface Field {
  readonly name: string;
  readonly rows: number;
  /** Of one row. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Writes rows order[start] … order[start + count − 1] one after the other into `out`. */
  gather(order: Int32Array, start: number, count: number, out: Values): void;
}

/**
 * Checks all of `rows` once. Throws ShapeError where sizes differ, DataError on values that are not finite, labels out
 * of range and indices that are no columns, each naming the row.
 */
export function fieldOf(name: string, rows: Rows, floats: 'float32' | 'float64'): Field {
  return 'indptr' in rows ? sparseField(name, rows, floats) : denseField(name, rows, floats);
}

/** The number of rows of all `fields`. Throws DataError where there are none, ShapeError where they differ. */
export function commonRows(fields: readonly Field[]): number {
  if (fields.length === 0) throw new DataError('there are no fields to train on');
  const [first] = fields;
  for (const { name, rows } of fields) {
    if (rows !== first.rows)
      throw new ShapeError(`field '${name}'`, `${first.rows} rows as '${first.name}'`, `${rows}`);
  }
  return first.rows;
}

function denseField(
  name: string,
  { values, shape, classes }: DenseRows,
  floats: 'float32' | 'float64',
): Field {
  const [rows, ...rest] = shape;
  const width = rest.reduce((size, n) => size * n, 1);
  if (shape.length === 0 || values.length !== rows * width) {
    throw new ShapeError(`field '${name}'`, `values of shape (${shape})`, `${values.length} values`);
  }
  const dtype = dtypeOf(values) ?? floats;
  if (dtype === floats) checkFinite(name, values as Float32Array, width, floats);
  if (classes !== undefined) checkLabels(name, values, classes, width);
  return {
    name,
    rows,
    shape: rest,
    dtype,
    gather(order, start, count, out) {
      if (width === 1) {
        for (let i = 0; i < count; i++) out[i] = values[order[start + i]];
        return;
      }
      for (let i = 0; i < count; i++) {
        const row = order[start + i];
        out.set(values.subarray(row * width, (row + 1) * width) as never, i * width);
      }
    },
  };
}

function sparseField(name: string, source: SparseRows, floats: 'float32' | 'float64'): Field {
  const { data, indices, indptr, shape } = source;
  const [rows, columns] = shape;
  const entries = indptr[rows];
  if (
    indptr.length !== rows + 1 ||
    indptr[0] !== 0 ||
    entries !== data.length ||
    entries !== indices.length
  ) {
    const found = `${indptr.length} row pointers up to ${entries}, ${data.length} values, ${indices.length} indices`;
    throw new ShapeError(`field '${name}'`, `compressed rows of shape (${shape})`, found);
  }
  for (let row = 0; row < rows; row++) {
    if (!(indptr[row] <= indptr[row + 1])) {
      throw new DataError(`field '${name}': the row pointers go back at row ${row}`, { row });
    }
    for (let k = indptr[row]; k < indptr[row + 1]; k++) {
      const column = indices[k];
      if (!(column >= 0 && column < columns && Number.isInteger(column))) {
        const message = `field '${name}': row ${row} has column ${column}; there are ${columns}`;
        throw new DataError(message, { row, column });
      }
      if (!isFiniteIn(floats, data[k])) throw notFinite(name, row, data[k], floats);
    }
  }
  return {
    name,
    rows,
    shape: [columns],
    dtype: floats,
    gather(order, start, count, out) {
      const dense = out as Float32Array;
      dense.fill(0);
      for (let i = 0; i < count; i++) {
        const row = order[start + i];
        const offset = i * columns;
        const end = indptr[row + 1];
        // entries of one place add up, as everywhere in sparse matrices
        for (let k = indptr[row]; k < end; k++) dense[offset + indices[k]] += data[k];
      }
    },
  };
}

function dtypeOf(values: DenseRows['values']): DType | undefined {
  if (values instanceof Int32Array) return 'int32';
  return values instanceof BigInt64Array ? 'int64' : undefined;
}

/** Is `value` finite once it is rounded to the network's type? */
const isFiniteIn = (floats: 'float32' | 'float64', value: number): boolean =>
  Number.isFinite(floats === 'float32' ? Math.fround(value) : value);

function checkFinite(
  name: string,
  values: Float32Array | Float64Array,
  width: number,
  floats: 'float32' | 'float64',
): void {
  for (let i = 0; i < values.length; i++) {
    if (!isFiniteIn(floats, values[i])) throw notFinite(name, Math.floor(i / width), values[i], floats);
  }
}

function checkLabels(name: string, values: DenseRows['values'], classes: number, width: number): void {
  for (let i = 0; i < values.length; i++) {
    const label = Number(values[i]);
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    const row = Math.floor(i / width);
    const message = `field '${name}': row ${row} has the label ${label}; labels are 0 to ${classes - 1}`;
    throw new DataError(message, { row, label });
  }
}

function notFinite(name: string, row: number, value: number, floats: 'float32' | 'float64'): DataError {
  const reason = Number.isFinite(value)
    ? `, which is beyond ${floats}; scale the values down, or train in float64`
    : '; only finite values can be trained on';
  return new DataError(`field '${name}': row ${row} holds ${value}${reason}`, { row });
}
