/** Annotation columns to and from parquet: which physical type they have, and what decoded values become. */
import type { SchemaElement } from 'hyparquet/src/types.js';
import type { NumericArray } from '../../data/matrix.js';
import { type CategoricalColumn, type Column, categorical, cellAt, columnLength } from '../../data/table.js';
import type { NumberType, ObsColumn } from './notes.js';

/** What the values of a parquet column are to us. `undefined`: nothing that a table can hold. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'time' | undefined;

export function valueKind({ type, converted_type, logical_type }: SchemaElement): ValueKind {
  const meaning = logical_type?.type;
  if (converted_type === 'BSON' || converted_type === 'INTERVAL') return undefined;
  if (meaning === 'GEOMETRY' || meaning === 'GEOGRAPHY' || meaning === 'VARIANT') return undefined;
  if (meaning === 'UUID') return 'text';
  if (converted_type === 'DECIMAL' || meaning === 'FLOAT16') return 'number';
  if (type === 'INT96' || meaning === 'TIMESTAMP' || /^(DATE|TIMESTAMP)/.test(converted_type ?? ''))
    return 'time';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'BYTE_ARRAY') return 'text';
  return type === 'FIXED_LEN_BYTE_ARRAY' || type === undefined ? undefined : 'number';
}

/** A number from whatever a decoded number is. Throws RangeError where that would lose digits. */
export function exactNumber(value: unknown): number {
  if (typeof value !== 'bigint') return value as number;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`the whole number ${value} is beyond ±2^53 and would lose digits`);
  }
  return number;
}

const CONSTRUCTORS: Record<NumberType, { new (n: number): NumericArray }> = {
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
};

/** A zeroed array of that type. */
export function numbersOfType(type: NumberType, length: number): NumericArray {
  return new CONSTRUCTORS[type](length);
}

/**
 * The column that decoded values (`null` where missing) are.
 *
 * @param notes our own description, which is followed where the values allow it
 */
export function obsColumn(
  values: readonly unknown[],
  kind: ValueKind,
  notes: Partial<ObsColumn> = {},
): Column {
  switch (kind) {
    case 'number':
      return numberColumn(values, notes);
    case 'boolean': {
      const truth = Uint8Array.from(values, (value) => (value === true ? 1 : 0));
      return { kind: 'boolean', values: truth, ...maskOf(values, notes.nullable ?? false, true) };
    }
    case 'time': {
      const texts = values.map((value) => (value === null ? null : timeText(value as Date)));
      return { kind: 'string', values: texts };
    }
    default: {
      const texts = values as readonly (string | null)[];
      return notes.kind === 'categorical'
        ? categoricalColumn(texts, notes)
        : { kind: 'string', values: texts };
    }
  }
}

/** A missing float is NaN; a missing whole number needs a mask. */
function numberColumn(values: readonly unknown[], notes: Partial<ObsColumn>): Column {
  const type = notes.type ?? 'Float64Array';
  const isFloat = type.startsWith('Float');
  const numbers = numbersOfType(type, values.length);
  for (let k = 0; k < numbers.length; k++) {
    numbers[k] = values[k] === null ? (isFloat ? Number.NaN : 0) : exactNumber(values[k]);
  }
  return { kind: 'numeric', values: numbers, ...maskOf(values, notes.nullable ?? false, !isFloat) };
}

function maskOf(values: readonly unknown[], always: boolean, whereMissing: boolean): { mask?: Uint8Array } {
  if (!always && !(whereMissing && values.includes(null))) return {};
  return { mask: Uint8Array.from(values, (value) => (value === null ? 1 : 0)) };
}

function categoricalColumn(texts: readonly (string | null)[], notes: Partial<ObsColumn>): CategoricalColumn {
  const { categories, ordered = false, categoryType } = notes;
  const code = new Map(categories?.map((category, k) => [category, k]));
  if (!categories || texts.some((text) => text !== null && !code.has(text))) {
    return { ...categorical(texts), ordered };
  }
  const codes = Int32Array.from(texts, (text) => (text === null ? -1 : code.get(text)!));
  return { kind: 'categorical', codes, categories, ordered, ...(categoryType && { categoryType }) };
}

/** ISO 8601, the date alone at midnight. */
function timeText(time: Date): string {
  return time.toISOString().replace(/T00:00:00\.000Z$/, '');
}

/** How a column is stored. Whole numbers of 32 bits without sign need 64 here. */
export function obsElement(column: Column): Omit<SchemaElement, 'name'> {
  const optional = { repetition_type: 'OPTIONAL' } as const;
  if (column.kind === 'boolean') return { ...optional, type: 'BOOLEAN' };
  if (column.kind === 'numeric') {
    return { ...optional, type: physicalType(column.values.constructor.name as NumberType) };
  }
  return { ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
}

export function physicalType(type: NumberType): 'FLOAT' | 'DOUBLE' | 'INT64' | 'INT32' {
  if (type === 'Float32Array') return 'FLOAT';
  if (type === 'Float64Array') return 'DOUBLE';
  return type === 'Uint32Array' ? 'INT64' : 'INT32';
}

/** The column's values as the writer takes them, `null` where missing; a NaN stays a NaN. */
export function obsValues(column: Column): unknown[] {
  if (column.kind !== 'numeric') {
    return Array.from({ length: columnLength(column) }, (_, row) => cellAt(column, row));
  }
  const { values, mask } = column;
  const big = values instanceof Uint32Array;
  return Array.from(values, (value, row) => (mask?.[row] ? null : big ? BigInt(value) : value));
}
