/** Dataframes: groups since AnnData 0.7, one compound dataset before. */
import { type Column, Table } from '../../data/table.js';
import type { Hdf5Array } from '../hdf5/hdf5.js';
import type { Hdf5Dataset, Hdf5Group } from '../hdf5/reader.js';
import { columnOf, isReadable, readColumn } from './read-column.js';
import { type Element, encodingOf, type Walk } from './walk.js';

/** The table; columns that cannot be read are left out with a note. Throws FormatError. */
export function readTable(element: Element, walk: Walk): Table {
  return element.kind === 'dataset' ? readCompound(element, walk) : readGroup(element, walk);
}

export function isTable(element: Element): boolean {
  return element.kind === 'group' && encodingOf(element) === 'dataframe';
}

function readGroup(group: Hdf5Group, walk: Walk): Table {
  const indexKey = group.text('_index') ?? '_index';
  const index = readIndex(group, indexKey, walk);
  const columns: [string, Column][] = [];
  for (const key of columnOrder(group, indexKey)) {
    const element = group.get(key);
    if (!element) throw group.fail(`has no column '${key}', which its 'column-order' names`);
    const column = readColumn(element, index.length, walk);
    if (column) columns.push([key, column]);
  }
  return new Table(index, columns, indexKey === '_index' ? undefined : indexKey);
}

function columnOrder(group: Hdf5Group, indexKey: string): string[] {
  const order = group.attr('column-order');
  // pandas' column names may be numbers; an empty list is written as an empty array of floats
  if (order !== undefined && typeof order === 'object')
    return Array.from(order as ArrayLike<unknown>, String);
  return group.keys().filter((key) => key !== indexKey && key !== '__categories');
}

/** Row names: text since 0.7; numbers (of a table in `uns`) and the nullable strings of 0.13 as text too. */
function readIndex(group: Hdf5Group, key: string, walk: Walk): string[] {
  const element = group.get(key);
  if (!element) throw group.fail(`has no index '${key}'`);
  const length = element.kind === 'dataset' ? lengthOf(element) : lengthOf(indexValues(element));
  const column = readColumn(element, length, walk);
  if (!column) throw element.fail('cannot be the index of a table');
  if (column.kind === 'categorical') return Array.from(column.codes, (code) => column.categories[code] ?? '');
  return Array.from(column.values as ArrayLike<unknown>, (value) => (value === null ? '' : String(value)));
}

function indexValues(group: Hdf5Group): Hdf5Dataset {
  return group.dataset(encodingOf(group) === 'categorical' ? 'codes' : 'values');
}

function lengthOf(dataset: Hdf5Dataset): number {
  if (dataset.shape?.length !== 1) throw dataset.fail('an index has one axis');
  return dataset.shape[0]!;
}

/** Before 0.7: one record a row, the first field is the index. */
function readCompound(dataset: Hdf5Dataset, walk: Walk): Table {
  if (dataset.type.kind !== 'compound' || dataset.shape?.length !== 1) {
    throw dataset.fail('a table was expected here: a group, or a list of records');
  }
  if (!isReadable(dataset.type)) throw dataset.fail('has fields of a type that is not read');
  const fields = [...(dataset.read().values as ReadonlyMap<string, Hdf5Array>)];
  const [first] = fields;
  const names = first && columnOf(first[1]);
  if (!first || !names || names.kind === 'categorical') throw dataset.fail('has no index field');
  const index = Array.from(names.values as ArrayLike<unknown>, String);
  return new Table(index, compoundColumns(dataset, fields.slice(1), walk), first[0]);
}

function compoundColumns(
  dataset: Hdf5Dataset,
  fields: readonly (readonly [string, Hdf5Array])[],
  walk: Walk,
): [string, Column][] {
  return fields.flatMap(([name, array]): [string, Column][] => {
    const column = columnOf(array);
    if (column) return [[name, column]];
    walk.note(`${dataset.path}: the field '${name}' was left out, it cannot be a column.`);
    return [];
  });
}

/** A structured array of `uns` (scanpy's `rank_genes_groups`): a table, its rows numbered from 0. */
export function readRecords(dataset: Hdf5Dataset, walk: Walk): Table {
  const { values, shape } = dataset.read();
  const index = Array.from({ length: shape[0] ?? 1 }, (_, row) => String(row));
  const fields = [...(values as ReadonlyMap<string, Hdf5Array>)];
  return new Table(index, compoundColumns(dataset, fields, walk));
}
