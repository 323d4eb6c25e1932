/**
 * Dataframes of AnnData in zarr: plain arrays, categoricals (a group, or codes with the name of their
 * categories as 0.7 wrote them) and the nullable groups of values and mask. The encodings are those of h5ad:
 * https://anndata.readthedocs.io/en/latest/fileformat-prose.html.
 */
import type { NumericArray } from '../../data/matrix.js';
import {
  booleans,
  type CategoricalColumn,
  type Column,
  columnStrings,
  numeric,
  strings,
  Table,
} from '../../data/table.js';
import { TEXT_MARK } from '../h5ad/read-column.js';
import type { Note } from '../notes.js';
import { isUnsafeInteger, type ZarrArray, type ZarrGroup, type ZarrNode, type ZarrValues } from './node.js';

export type Rows = readonly [start: number, end: number] | undefined;

/** The node when it is a dataframe. */
export function asTable(node: ZarrNode | undefined): ZarrGroup | undefined {
  if (node?.kind !== 'group') return undefined;
  return node.encoding === 'dataframe' || '_index' in node.attrs ? node : undefined;
}

/** The table, or its `rows`. Throws FormatError. */
export async function readTable(group: ZarrGroup, note: Note, rows?: Rows): Promise<Table> {
  const indexKey = typeof group.attrs._index === 'string' ? group.attrs._index : '_index';
  const at = await group.get(indexKey);
  if (!at) throw group.fail(`has no index '${indexKey}'`);
  const nAll = await lengthOf(at);
  const nRows = rows ? rows[1] - rows[0] : nAll;
  const index = await readColumn(at, nAll, note, rows);
  if (!index) throw at.fail('cannot be the index of a table');
  const columns: [string, Column][] = [];
  for (const key of await columnOrder(group, indexKey)) {
    const node = await group.get(key);
    if (!node) throw group.fail(`has no column '${key}', which its 'column-order' names`);
    const column = await readColumn(node, nAll, note, rows);
    if (column) columns.push([key, column]);
  }
  return new Table(textOf(index, nRows), columns, indexKey === '_index' ? undefined : indexKey);
}

/** Rows of a dataframe, without reading it. */
export async function tableLength(group: ZarrGroup): Promise<number> {
  const indexKey = typeof group.attrs._index === 'string' ? group.attrs._index : '_index';
  const at = await group.get(indexKey);
  if (!at) throw group.fail(`has no index '${indexKey}'`);
  return lengthOf(at);
}

async function columnOrder(group: ZarrGroup, indexKey: string): Promise<string[]> {
  const order = group.attrs['column-order'];
  if (Array.isArray(order)) return order.map(String);
  return (await group.keys()).filter((key) => key !== indexKey && key !== '__categories');
}

function textOf(column: Column, nRows: number): string[] {
  if (column.kind === 'categorical') return Array.from(column.codes, (code) => column.categories[code] ?? '');
  return Array.from({ length: nRows }, (_, row) => String(column.values[row] ?? ''));
}

async function lengthOf(node: ZarrNode): Promise<number> {
  if (node.kind === 'array') {
    if (node.shape.length !== 1) throw node.fail('an index has one axis');
    return node.shape[0]!;
  }
  return lengthOf(await node.array(node.encoding === 'categorical' ? 'codes' : 'values'));
}

/** The column of `nRows` entries (or its `rows`), `undefined` and a note when it is of a kind not read. */
export async function readColumn(
  node: ZarrNode,
  nRows: number,
  note: Note,
  rows?: Rows,
): Promise<Column | undefined> {
  try {
    if (node.kind === 'array') return await readPlain(node, nRows, note, rows);
    if (node.encoding === 'categorical') return await readCategorical(node, nRows, rows);
    if (node.encoding.startsWith('nullable-')) return await readNullable(node, nRows, note, rows);
  } catch (error) {
    if (!isUnsafeInteger(error)) throw error;
    note(`${node.path} was left out: it has integers beyond 2^53.`);
    return undefined;
  }
  const what = node.encoding ? `the encoding '${node.encoding}'` : 'a group without an encoding';
  note(`${node.path} was left out: ${what} is not read as a column.`);
  return undefined;
}

async function readCategorical(group: ZarrGroup, nRows: number, rows?: Rows): Promise<Column> {
  const [codes, categories] = [await group.array('codes'), await group.array('categories')];
  const column = await categorical(codes, categories, group.attrs.ordered === true, nRows, rows);
  return group.attrs[TEXT_MARK] === 'string' ? strings(columnStrings(column)) : column;
}

async function readPlain(
  array: ZarrArray,
  nRows: number,
  note: Note,
  rows?: Rows,
): Promise<Column | undefined> {
  const { categories } = array.attrs;
  if (typeof categories === 'string') {
    // 0.7: a path from the table that the column is in
    const parent = array.path.slice(0, array.path.lastIndexOf('/'));
    const target = await array.sibling(`${parent}/${categories}`);
    if (target?.kind !== 'array') throw array.fail(`its categories '${categories}' are not there`);
    return categorical(array, target, target.attrs.ordered === true, nRows, rows);
  }
  if (array.shape.length !== 1) {
    note(`${array.path} was left out: a column has one axis, this has ${array.shape.length}.`);
    return undefined;
  }
  checkLength(array, nRows);
  return columnOf(await array.read(rows));
}

function columnOf({ kind, values }: ZarrValues): Column {
  if (kind === 'string') return strings(values as readonly string[]);
  return kind === 'boolean' ? booleans(values as Uint8Array) : numeric(values as NumericArray);
}

async function readNullable(
  group: ZarrGroup,
  nRows: number,
  note: Note,
  rows?: Rows,
): Promise<Column | undefined> {
  const values = await readPlain(await group.array('values'), nRows, note, rows);
  const maskAt = await group.array('mask');
  checkLength(maskAt, nRows);
  const mask = Uint8Array.from(await maskAt.numbers(rows), (value) => (value ? 1 : 0));
  if (!values || values.kind === 'categorical') return undefined;
  if (values.kind === 'string') return strings(values.values.map((value, row) => (mask[row] ? null : value)));
  return { ...values, mask };
}

async function categorical(
  codesAt: ZarrArray,
  categoriesAt: ZarrArray,
  ordered: boolean,
  nRows: number,
  rows?: Rows,
): Promise<CategoricalColumn> {
  checkLength(codesAt, nRows);
  const { kind, values } = await categoriesAt.read();
  const categories =
    kind === 'boolean'
      ? Array.from(values as Uint8Array, (value) => (value ? 'true' : 'false'))
      : Array.from(values as ArrayLike<unknown>, String);
  const codes = Int32Array.from(await codesAt.numbers(rows));
  if (codes.some((code) => code < -1 || code >= categories.length)) {
    throw codesAt.fail(`codes do not fit the ${categories.length} categories`);
  }
  const column: CategoricalColumn = { kind: 'categorical', codes, categories, ordered };
  if (kind === 'string') return column;
  const isFloat = categoriesAt.dtype.startsWith('float');
  return { ...column, categoryType: kind === 'boolean' ? 'boolean' : isFloat ? 'float' : 'integer' };
}

function checkLength(array: ZarrArray, nRows: number): void {
  if (array.shape.length !== 1 || array.shape[0] !== nRows) {
    throw array.fail(`has ${array.shape.join(' × ')} entries, ${nRows} were expected`);
  }
}
