/** `uns` of AnnData in zarr: scalars, text, arrays, tables, matrices, and dictionaries of them. */
import type { NumericArray } from '../../data/matrix.js';
import type { UnsValue } from '../../data/perturbation-data.js';
import { cellAt, columnLength } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import type { Note } from '../notes.js';
import { asTable, readColumn, readTable } from './columns.js';
import { isMatrix, readMatrix } from './matrices.js';
import { isUnsafeInteger, type ZarrArray, type ZarrGroup, type ZarrNode } from './node.js';

const DEEPEST = 32;

export async function readDict(group: ZarrGroup, note: Note, depth = 0): Promise<Map<string, UnsValue>> {
  if (depth > DEEPEST) throw group.fail(`groups are nested more than ${DEEPEST} deep`);
  const dict = new Map<string, UnsValue>();
  for (const key of await group.keys()) {
    const value = await readEntry(group, key, note, depth);
    if (value !== undefined) dict.set(key, value);
  }
  return dict;
}

/** One entry; what is of a type that is not read is left out with a note, broken data are an error. */
async function readEntry(
  group: ZarrGroup,
  key: string,
  note: Note,
  depth: number,
): Promise<UnsValue | undefined> {
  const node = await group.get(key).catch((error: unknown) => {
    if (!isMechanistError(error, 'FormatError')) throw error;
    note(`${group.path}/${key} was left out: ${error.message}.`);
    return undefined;
  });
  try {
    return node && (await readValue(node, note, depth));
  } catch (error) {
    if (!isUnsafeInteger(error)) throw error;
    note(`${group.path}/${key} was left out: it has integers beyond 2^53.`);
    return undefined;
  }
}

async function readValue(node: ZarrNode, note: Note, depth: number): Promise<UnsValue | undefined> {
  if (node.encoding === 'null') return null;
  if (node.kind === 'array') return readArray(node);
  if (asTable(node)) return readTable(node, note);
  if (isMatrix(node)) return readMatrix(node);
  if (node.encoding === 'categorical' || node.encoding.startsWith('nullable-')) return readList(node, note);
  if (node.encoding === '' || node.encoding === 'dict') return readDict(node, note, depth + 1);
  note(`${node.path} was left out: the encoding '${node.encoding}' is not read.`);
  return undefined;
}

async function readArray(array: ZarrArray): Promise<UnsValue> {
  const { shape, kind, values } = await array.read();
  if (shape.length > 0) {
    return { kind: 'array', shape, values, ...(kind === 'boolean' && { boolean: true }) };
  }
  return kind === 'boolean' ? values[0] === 1 : values[0]!;
}

/** A pandas array that is no column of a table: text stays text, missing numbers become NaN. */
async function readList(group: ZarrGroup, note: Note): Promise<UnsValue | undefined> {
  const part = await group.array(group.encoding === 'categorical' ? 'codes' : 'values');
  const column = await readColumn(group, part.shape[0] ?? 0, note);
  if (!column) return undefined;
  const shape = [columnLength(column)];
  const cells = Array.from({ length: shape[0]! }, (_, i) => cellAt(column, i));
  if (column.kind === 'categorical' || column.kind === 'string') {
    return { kind: 'array', shape, values: cells as (string | null)[] };
  }
  if (column.mask?.includes(1)) {
    note(`${group.path}: missing entries became NaN.`);
    return {
      kind: 'array',
      shape,
      values: Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
    };
  }
  const values: NumericArray = column.values;
  return { kind: 'array', shape, values, ...(column.kind === 'boolean' && { boolean: true }) };
}
