/**
 * Tables, matrices and `uns` as AnnData 0.8 to 0.13 write and read them: dataframe 0.2.0, categorical 0.2.0,
 * nullable-integer and nullable-boolean 0.1.0, string-array 0.2.0, csr_matrix 0.1.0, array 0.2.0, …
 */
import type { Matrix, NumericArray } from '../../data/matrix.js';
import type { Multi, NdArray, UnsDict, UnsValue } from '../../data/perturbation-data.js';
import { type CategoricalColumn, type Column, categorical, Table } from '../../data/table.js';
import type { Hdf5Writable, Hdf5Writer } from '../hdf5/index.js';
import { safeColumn, safeKey } from '../safe-names.js';
import { TEXT_MARK } from './read-column.js';

export interface PartOptions {
  /** Deflate level 1 to 9 for numbers; default none. */
  readonly gzip?: number;
}

/** What is asked of the file that the parts go to: HDF5, or a zarr store. */
export type PartFile = Pick<Hdf5Writer, 'group' | 'attr' | 'numbers' | 'booleans' | 'strings'>;

export class PartWriter {
  /** Sentences for the user: what was changed or left out. */
  readonly notes: string[] = [];
  constructor(
    private readonly file: PartFile,
    private readonly options: PartOptions = {},
  ) {}

  encode(path: string, type: string, version = '0.2.0'): void {
    this.file.attr(path, 'encoding-type', type);
    this.file.attr(path, 'encoding-version', version);
  }

  dict(path: string): void {
    this.file.group(path);
    this.encode(path, 'dict', '0.1.0');
  }

  numbers(path: string, values: Hdf5Writable, shape: readonly number[] = [values.length]): void {
    this.file.numbers(path, values, { shape, ...this.compression(shape) });
    this.encode(path, 'array');
  }

  booleans(path: string, values: Uint8Array, shape: readonly number[] = [values.length]): void {
    this.file.booleans(path, values, { shape, ...this.compression(shape) });
    this.encode(path, 'array');
  }

  strings(path: string, values: readonly string[], shape: readonly number[] = [values.length]): void {
    this.file.strings(path, values, { shape });
    this.encode(path, 'string-array');
  }

  table(path: string, table: Table): void {
    this.file.group(path);
    this.encode(path, 'dataframe');
    const taken = new Set<string>();
    const wanted = table.indexName && !table.has(table.indexName) ? table.indexName : '_index';
    const indexKey = safeKey(wanted, taken);
    const names = table.names;
    const order = names.map((name) => safeColumn(name, taken, [...names, indexKey]));
    this.file.attr(path, '_index', indexKey);
    this.file.attr(path, 'column-order', order);
    this.strings(`${path}/${indexKey}`, table.index);
    names.forEach((name, i) => {
      this.noteRenamed(`${path} column`, name, order[i]!);
      this.column(`${path}/${order[i]}`, table.column(name));
    });
  }

  matrix(path: string, matrix: Matrix): void {
    if (matrix.kind === 'dense') {
      this.numbers(path, matrix.values, [matrix.nRows, matrix.nCols]);
      return;
    }
    this.file.group(path);
    this.encode(path, `${matrix.kind}_matrix`, '0.1.0');
    this.file.attr(path, 'shape', BigInt64Array.of(BigInt(matrix.nRows), BigInt(matrix.nCols)));
    const { values, indices, indptr } = matrix;
    // indptr and indices have one type in scipy: 32 bits as long as the pointers fit
    const wide = values.length > 2147483647;
    const integers = (numbers: NumericArray) =>
      wide ? BigInt64Array.from(numbers, BigInt) : Int32Array.from(numbers);
    this.file.numbers(`${path}/data`, values, this.compression([values.length]));
    this.file.numbers(
      `${path}/indices`,
      wide ? integers(indices) : indices,
      this.compression([indices.length]),
    );
    this.file.numbers(`${path}/indptr`, integers(indptr), this.compression([indptr.length]));
  }

  /** A mapping of matrices and tables: `layers`, `obsm`, … */
  mapping(path: string, entries: ReadonlyMap<string, Multi>): void {
    this.dict(path);
    for (const [key, value] of this.named(path, entries)) {
      if (value instanceof Table) this.table(key, value);
      else this.matrix(key, value);
    }
  }

  uns(path: string, dict: UnsDict): void {
    this.dict(path);
    for (const [key, value] of this.named(path, dict)) this.value(key, value);
  }

  private value(path: string, value: UnsValue): void {
    if (value === null) {
      this.notes.push(`${path} was left out: it is empty (None), which AnnData reads only since 0.11.`);
    } else if (typeof value === 'string') {
      this.file.strings(path, [value], { shape: [] });
      this.encode(path, 'string');
    } else if (typeof value === 'number') {
      const whole = Number.isSafeInteger(value) && !Object.is(value, -0);
      const cell = whole ? BigInt64Array.of(BigInt(value)) : Float64Array.of(value);
      this.file.numbers(path, cell, { shape: [] });
      this.encode(path, 'numeric-scalar');
    } else if (typeof value === 'boolean') {
      this.file.booleans(path, Uint8Array.of(value ? 1 : 0), { shape: [] });
      this.encode(path, 'numeric-scalar');
    } else if (value instanceof Table) {
      this.table(path, value);
    } else if (!('kind' in value)) {
      this.uns(path, value);
    } else if (value.kind === 'array') {
      this.array(path, value);
    } else {
      this.matrix(path, value);
    }
  }

  private array(path: string, { shape, values, boolean }: NdArray): void {
    if (!ArrayBuffer.isView(values)) {
      if (values.includes(null)) this.notes.push(`${path}: missing text was written as empty text.`);
      const texts = values.map((value) => value ?? '');
      this.strings(path, texts, shape);
    } else if (boolean) {
      this.booleans(path, Uint8Array.from(values as NumericArray), shape);
    } else {
      this.numbers(path, values as NumericArray, shape);
    }
  }

  private column(path: string, column: Column): void {
    switch (column.kind) {
      case 'categorical':
        this.categorical(path, column);
        return;
      case 'string':
        if (column.values.includes(null)) {
          // AnnData has no missing text before 0.11; a categorical has, in every version
          this.categorical(path, categorical(column.values));
          this.file.attr(path, TEXT_MARK, 'string');
        } else {
          this.strings(path, column.values as readonly string[]);
        }
        return;
      case 'boolean':
        if (column.mask) this.nullable(path, 'nullable-boolean', column.values, column.mask);
        else this.booleans(path, column.values);
        return;
      case 'numeric': {
        const { values, mask } = column;
        if (!mask) this.numbers(path, values);
        else if (values instanceof Float32Array || values instanceof Float64Array) {
          // AnnData's nullable numbers are whole; in others NaN is what is missing
          this.numbers(
            path,
            values.map((value, row) => (mask[row] ? Number.NaN : value)),
          );
        } else this.nullable(path, 'nullable-integer', values, mask);
      }
    }
  }

  private nullable(path: string, encoding: string, values: NumericArray, mask: Uint8Array): void {
    this.file.group(path);
    this.encode(path, encoding, '0.1.0');
    if (encoding === 'nullable-boolean') this.booleans(`${path}/values`, values as Uint8Array);
    else this.numbers(`${path}/values`, values);
    this.booleans(`${path}/mask`, mask);
  }

  private categorical(path: string, column: CategoricalColumn): void {
    const { codes, categories, categoryType, ordered } = column;
    this.file.group(path);
    this.encode(path, 'categorical');
    this.file.attr(path, 'ordered', ordered);
    const n = categories.length;
    const Codes = n < 128 ? Int8Array : n < 32768 ? Int16Array : Int32Array;
    this.numbers(`${path}/codes`, Codes.from(codes));
    const at = `${path}/categories`;
    const values = categories.map(Number);
    if (categoryType === 'boolean') {
      this.booleans(
        at,
        Uint8Array.from(categories, (name) => (name.toLowerCase() === 'true' ? 1 : 0)),
      );
    } else if (categoryType === 'integer' && values.every(Number.isSafeInteger)) {
      this.numbers(at, BigInt64Array.from(values, BigInt));
    } else if (categoryType === 'float' && !values.some(Number.isNaN)) {
      this.numbers(at, Float64Array.from(values));
    } else {
      this.strings(at, categories);
    }
  }

  private *named<T>(path: string, entries: ReadonlyMap<string, T>): Generator<[path: string, value: T]> {
    const taken = new Set<string>();
    for (const [key, value] of entries) {
      const safe = safeKey(key, taken);
      this.noteRenamed(path, key, safe);
      yield [`${path}/${safe}`, value];
    }
  }

  private noteRenamed(where: string, key: string, safe: string): void {
    if (safe !== key)
      this.notes.push(`${where} '${key}' was written as '${safe}': the file cannot hold that name.`);
  }

  private compression(shape: readonly number[]): { gzip?: number } {
    return shape.length > 0 && this.options.gzip ? { gzip: this.options.gzip } : {};
  }
}
