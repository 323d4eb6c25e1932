/**
 * One column of a dataframe, in every encoding from AnnData 0.5 on: plain datasets, categoricals (a group, or
 * codes with a reference to `__categories` as 0.7 wrote them), and the nullable groups of values and mask.
 */
import type { NumericArray } from '../../data/matrix.js';
import { type CategoricalColumn, type Column, numeric, strings } from '../../data/table.js';
import { typeName } from '../hdf5/datatype.js';
import { isUnsafeInteger } from '../hdf5/decode.js';
import type { Hdf5Array, Hdf5Type } from '../hdf5/hdf5.js';
import type { Hdf5Dataset, Hdf5Group } from '../hdf5/reader.js';
import { type Element, encodingOf, type Walk } from './walk.js';

/** Set on a categorical that was a text column with missing entries (our own; others ignore it). */
export const TEXT_MARK = 'mechanist-column';

/** The column of `nRows` entries, `undefined` (and a note) when it is of a kind that is not read. */
export function readColumn(element: Element, nRows: number, walk: Walk): Column | undefined {
  try {
    return element.kind === 'dataset' ? readPlain(element, nRows, walk) : readGroup(element, nRows, walk);
  } catch (error) {
    if (!isUnsafeInteger(error)) throw error;
    walk.note(`${element.path} was left out: it has integers beyond 2^53.`);
    return undefined;
  }
}

function readPlain(dataset: Hdf5Dataset, nRows: number, walk: Walk): Column | undefined {
  const { type, shape } = dataset;
  const reference = dataset.attr('categories');
  if (typeof reference === 'string') {
    const categories = rootOf(dataset, reference);
    return categorical(dataset, categories, categories.attr('ordered') === true, nRows);
  }
  if (shape?.length !== 1) {
    walk.note(`${dataset.path} was left out: a column has one axis, this has ${shape?.length ?? 0}.`);
    return undefined;
  }
  if (shape[0] !== nRows) throw wrongLength(dataset, nRows, shape[0]!);
  const column = columnOf(dataset.type.kind === 'other' ? undefined : safeRead(dataset));
  if (!column) walk.note(`${dataset.path} was left out: ${typeName(type)} cannot be a column.`);
  return column;
}

/** Values of a plain or compound field as a column; `undefined` for types that are none. */
export function columnOf(array: Hdf5Array | undefined): Column | undefined {
  if (array?.shape.length !== 1) return undefined;
  switch (array.type.kind) {
    case 'boolean':
      return { kind: 'boolean', values: array.values as Uint8Array };
    case 'integer':
    case 'float':
    case 'enum':
      return numeric(array.values as NumericArray);
    case 'string':
      return strings(array.values as readonly string[]);
    default:
      return undefined;
  }
}

function safeRead(dataset: Hdf5Dataset): Hdf5Array | undefined {
  return isReadable(dataset.type) ? dataset.read() : undefined;
}

/** Can the values of this type be read at all? */
export function isReadable(type: Hdf5Type): boolean {
  switch (type.kind) {
    case 'other':
      return false;
    case 'float':
      return type.size <= 8;
    case 'integer':
    case 'enum':
      return [1, 2, 4, 8].includes(type.size);
    case 'reference':
      return !type.region;
    case 'array':
      return isReadable(type.base);
    case 'compound':
      return type.members.every((member) => isReadable(member.type));
    default:
      return true;
  }
}

function readGroup(group: Hdf5Group, nRows: number, walk: Walk): Column | undefined {
  const encoding = encodingOf(group);
  if (encoding === 'categorical') {
    const ordered = group.attr('ordered');
    const column = categorical(
      group.dataset('codes'),
      group.dataset('categories'),
      ordered === true || ordered === 1,
      nRows,
    );
    return group.text(TEXT_MARK) === 'string' ? asText(column) : column;
  }
  if (encoding.startsWith('nullable-')) return readNullable(group, nRows, walk);
  const what = encoding ? `the encoding '${encoding}'` : 'a group without an encoding';
  walk.note(`${group.path} was left out: ${what} is not read as a column.`);
  return undefined;
}

function readNullable(group: Hdf5Group, nRows: number, walk: Walk): Column | undefined {
  const values = readPlain(group.dataset('values'), nRows, walk);
  const mask = Uint8Array.from(group.dataset('mask').numbers(), (value) => (value ? 1 : 0));
  if (mask.length !== nRows) throw wrongLength(group.dataset('mask'), nRows, mask.length);
  if (!values || values.kind === 'categorical') return undefined;
  if (values.kind === 'string') {
    return strings(values.values.map((value, row) => (mask[row] ? null : value)));
  }
  return { ...values, mask };
}

function categorical(
  codesAt: Hdf5Dataset,
  categoriesAt: Hdf5Dataset,
  ordered: boolean,
  nRows: number,
): CategoricalColumn {
  const raw = codesAt.numbers();
  if (raw.length !== nRows) throw wrongLength(codesAt, nRows, raw.length);
  const { categories, categoryType } = readCategories(categoriesAt);
  const column = fromCodes(raw, categories, ordered, categoryType);
  if (!column) throw codesAt.fail(`codes do not fit the ${categories.length} categories`);
  return column;
}

type Categories = Pick<CategoricalColumn, 'categories' | 'categoryType'>;

/** The categories as strings, and what they were. */
export function readCategories(dataset: Hdf5Dataset): Categories {
  const { kind } = dataset.type;
  if (kind === 'string') return { categories: dataset.strings() };
  const values = dataset.numbers();
  if (kind === 'boolean') return { categories: Array.from(values, truthName), categoryType: 'boolean' };
  return { categories: Array.from(values, String), categoryType: kind === 'float' ? 'float' : 'integer' };
}

const truthName = (value: number): string => (value ? 'true' : 'false');

/** A categorical column, `undefined` when a code has no category. Unsigned 255 … are not codes. */
export function fromCodes(
  raw: NumericArray,
  categories: readonly string[],
  ordered: boolean,
  categoryType?: CategoricalColumn['categoryType'],
): CategoricalColumn | undefined {
  const codes = Int32Array.from(raw);
  if (codes.some((code) => code < -1 || code >= categories.length)) return undefined;
  const column = { kind: 'categorical', codes, categories, ordered } as const;
  return categoryType ? { ...column, categoryType } : column;
}

function asText({ codes, categories }: CategoricalColumn): Column {
  return strings(Array.from(codes, (code) => categories[code] ?? null));
}

function rootOf(dataset: Hdf5Dataset, path: string): Hdf5Dataset {
  const target = dataset.root.get(path);
  if (target?.kind === 'dataset') return target;
  throw dataset.fail(`its categories '${path}' are not there`);
}

function wrongLength(dataset: Hdf5Dataset, expected: number, found: number): Error {
  return dataset.fail(`has ${found} entries, the table has ${expected} rows`, {
    expected: String(expected),
    found: String(found),
  });
}
