/**
 * Annotation tables (`obs`, `var`): a string index and named, typed columns.
 *
 * The column kinds are AnnData's on disk (numeric, boolean, string, categorical, and the nullable ones), so
 * that a round trip through h5ad keeps them. A missing value is NaN in numeric columns, `null` in string
 * columns, code −1 in categoricals, and a set bit of `mask` where there is one.
 */
import { ColumnError, ShapeError } from '../errors.js';
import { emptyLike, type NumericArray } from './matrix.js';

export interface NumericColumn {
  readonly kind: 'numeric';
  readonly values: NumericArray;
  /** 1 where missing (AnnData's nullable-integer); absent: nothing missing but NaN. */
  readonly mask?: Uint8Array;
}
export interface BooleanColumn {
  readonly kind: 'boolean';
  /** 0 or 1 */
  readonly values: Uint8Array;
  /** 1 where missing (AnnData's nullable-boolean). */
  readonly mask?: Uint8Array;
}
export interface StringColumn {
  readonly kind: 'string';
  readonly values: readonly (string | null)[];
}
export interface CategoricalColumn {
  readonly kind: 'categorical';
  /** Position in `categories`, −1 where missing. */
  readonly codes: Int32Array;
  readonly categories: readonly string[];
  readonly ordered: boolean;
  /** What the categories are on disk when not strings; the strings here are then their decimal form. */
  readonly categoryType?: 'integer' | 'float' | 'boolean';
}
export type Column = NumericColumn | BooleanColumn | StringColumn | CategoricalColumn;
export type Cell = string | number | boolean | null;

/** A table of `nRows` named rows; every column has as many entries as the index. */
export class Table {
  readonly columns: ReadonlyMap<string, Column>;
  constructor(
    readonly index: readonly string[],
    columns: Iterable<readonly [string, Column]> = [],
    /** The name the index had in the file, if any. */
    readonly indexName?: string,
  ) {
    this.columns = new Map(columns);
    for (const [name, column] of this.columns) {
      if (columnLength(column) !== index.length) {
        throw new ShapeError(`column '${name}'`, `${index.length} rows`, `${columnLength(column)}`);
      }
    }
  }

  get nRows(): number {
    return this.index.length;
  }
  get names(): string[] {
    return [...this.columns.keys()];
  }
  has(name: string): boolean {
    return this.columns.has(name);
  }
  /** The column; throws ColumnError naming `table` and what is there. */
  column(name: string, table = 'the table', advice = ''): Column {
    const column = this.columns.get(name);
    if (!column) throw new ColumnError(name, table, this.names, advice);
    return column;
  }
  /** A copy with this column added or replaced. */
  with(name: string, column: Column): Table {
    return new Table(this.index, [...this.columns.entries(), [name, column]], this.indexName);
  }
  without(...names: string[]): Table {
    return new Table(
      this.index,
      [...this.columns].filter(([name]) => !names.includes(name)),
      this.indexName,
    );
  }
  /** The rows `rows` in that order. */
  take(rows: ArrayLike<number>): Table {
    const index = Array.from(rows, (row) => this.index[row]);
    const columns = [...this.columns].map(([name, column]) => [name, takeColumn(column, rows)] as const);
    return new Table(index, columns, this.indexName);
  }
}

export function columnLength(column: Column): number {
  return column.kind === 'categorical' ? column.codes.length : column.values.length;
}

/** One entry as a plain value, `null` where missing (NaN counts as missing). */
export function cellAt(column: Column, row: number): Cell {
  switch (column.kind) {
    case 'categorical':
      return column.codes[row] < 0 ? null : column.categories[column.codes[row]];
    case 'string':
      return column.values[row];
    case 'boolean':
      return column.mask?.[row] ? null : column.values[row] === 1;
    case 'numeric': {
      const value = column.values[row];
      return column.mask?.[row] || Number.isNaN(value) ? null : value;
    }
  }
}

/** Every entry as a string, `null` where missing: what roles and names are made of. */
export function columnStrings(column: Column): (string | null)[] {
  if (column.kind === 'string') return [...column.values];
  return Array.from({ length: columnLength(column) }, (_, row) => {
    const cell = cellAt(column, row);
    return cell === null ? null : String(cell);
  });
}

/** Every entry as a number, NaN where missing or not a number. */
export function columnNumbers(column: Column): Float64Array {
  return Float64Array.from({ length: columnLength(column) }, (_, row) => {
    const cell = cellAt(column, row);
    return cell === null || cell === '' ? Number.NaN : Number(cell);
  });
}

export function takeColumn(column: Column, rows: ArrayLike<number>): Column {
  const pick = <T extends NumericArray>(values: T): T => {
    const out = emptyLike(values, rows.length);
    for (let r = 0; r < rows.length; r++) out[r] = values[rows[r]];
    return out;
  };
  switch (column.kind) {
    case 'categorical':
      return { ...column, codes: pick(column.codes) };
    case 'string':
      return { kind: 'string', values: Array.from(rows, (row) => column.values[row]) };
    case 'boolean':
    case 'numeric': {
      const taken = { ...column, values: pick(column.values as NumericArray) };
      return (column.mask ? { ...taken, mask: pick(column.mask) } : taken) as Column;
    }
  }
}

/** Strings as a categorical column, categories sorted by code unit (as pandas does). */
export function categorical(values: readonly (string | null)[]): CategoricalColumn {
  const categories = [...new Set(values.filter((value): value is string => value !== null))].sort();
  const code = new Map(categories.map((category, i) => [category, i]));
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : code.get(value)!));
  return { kind: 'categorical', codes, categories, ordered: false };
}
export const strings = (values: readonly (string | null)[]): StringColumn => ({ kind: 'string', values });
export const numeric = (values: NumericArray): NumericColumn => ({ kind: 'numeric', values });
export const booleans = (values: ArrayLike<number | boolean>): BooleanColumn => ({
  kind: 'boolean',
  values: Uint8Array.from(values as ArrayLike<number>, Number),
});
