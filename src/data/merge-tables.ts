/** Tables that came block by block, put together: what a streaming writer needs when the last row is there. */

import { DataError } from '../errors.js';
import type { NumericArray } from './matrix.js';
import { type CategoricalColumn, type Column, columnLength, columnStrings, Table } from './table.js';

/**
 * One table of all rows, in order. Every block has the same columns (DataError otherwise); categories are
 * united in the order of their first appearance, numbers of different types become float64, and a column that
 * is of different kinds in different blocks becomes text.
 */
export function mergeTables(blocks: readonly Table[]): Table {
  const [first, ...others] = blocks;
  if (!first) return new Table([]);
  for (const block of others) {
    if (block.names.length !== first.names.length || !first.names.every((name) => block.has(name))) {
      throw new DataError('the blocks of rows have different columns', {
        first: first.names,
        other: block.names,
      });
    }
  }
  const index = blocks.flatMap((block) => block.index);
  const columns = first.names.map((name): [string, Column] => [
    name,
    mergeColumns(blocks.map((block) => block.column(name))),
  ]);
  return new Table(index, columns, first.indexName);
}

function mergeColumns(parts: readonly Column[]): Column {
  const [first] = parts;
  if (parts.length === 1) return first!;
  if (all(parts, 'categorical')) return mergeCategories(parts);
  if (all(parts, 'boolean')) {
    const values = joined(
      Uint8Array,
      parts.map((part) => part.values),
    );
    return { kind: 'boolean', values, ...mergedMask(parts) };
  }
  if (all(parts, 'numeric')) {
    const Types = new Set(
      parts.map((part) => part.values.constructor as new (length: number) => NumericArray),
    );
    const [Values] = Types.size === 1 ? [...Types] : [Float64Array];
    const values = joined(
      Values!,
      parts.map((part) => part.values),
    );
    return { kind: 'numeric', values, ...mergedMask(parts) };
  }
  return { kind: 'string', values: parts.flatMap((part) => columnStrings(part)) };
}

type OfKind<K extends Column['kind']> = Extract<Column, { kind: K }>;

function all<K extends Column['kind']>(parts: readonly Column[], kind: K): parts is readonly OfKind<K>[] {
  return parts.every((part) => part.kind === kind);
}

function mergeCategories(parts: readonly CategoricalColumn[]): Column {
  const codeOf = new Map<string, number>();
  for (const { categories } of parts) {
    for (const category of categories) if (!codeOf.has(category)) codeOf.set(category, codeOf.size);
  }
  const recoded = parts.map(({ codes, categories }) => {
    const translation = categories.map((category) => codeOf.get(category)!);
    return codes.map((code) => (code < 0 ? -1 : translation[code]!));
  });
  const types = new Set(parts.map((part) => part.categoryType));
  const [categoryType] = types.size === 1 ? types : [];
  return {
    kind: 'categorical',
    codes: joined(Int32Array, recoded),
    categories: [...codeOf.keys()],
    ordered: parts.every((part) => part.ordered),
    ...(categoryType && { categoryType }),
  };
}

function mergedMask(parts: readonly OfKind<'boolean' | 'numeric'>[]): { mask?: Uint8Array } {
  if (!parts.some((part) => part.mask)) return {};
  return {
    mask: joined(
      Uint8Array,
      parts.map((part) => part.mask ?? new Uint8Array(columnLength(part))),
    ),
  };
}

function joined<T extends NumericArray>(
  Values: new (length: number) => T,
  parts: readonly NumericArray[],
): T {
  const all = new Values(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
