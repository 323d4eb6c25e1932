/** `uns`: whatever there is, as nested maps; what cannot be held is left out with a note. */

import type { NumericArray } from '../../data/matrix.js';
import type { NdArray, UnsDict, UnsValue } from '../../data/perturbation-data.js';
import { typeName } from '../hdf5/datatype.js';
import { isUnsafeInteger } from '../hdf5/decode.js';
import type { Hdf5Dataset, Hdf5Group } from '../hdf5/reader.js';
import { isReadable, readColumn } from './read-column.js';
import { matrixSource } from './read-matrix.js';
import { isTable, readRecords, readTable } from './read-table.js';
import { type Element, encodingOf, type Walk } from './walk.js';

export function readDict(group: Hdf5Group, walk: Walk): Map<string, UnsValue> {
  const dict = new Map<string, UnsValue>();
  for (const [key, child] of walk.children(group)) {
    const value = readValue(child, walk);
    if (value !== undefined) dict.set(key, value);
  }
  return dict;
}

function readValue(element: Element, walk: Walk): UnsValue | undefined {
  try {
    return element.kind === 'dataset' ? readDataset(element, walk) : readGroup(element, walk);
  } catch (error) {
    if (!isUnsafeInteger(error)) throw error;
    walk.note(`${element.path} was left out: it has integers beyond 2^53.`);
    return undefined;
  }
}

function readGroup(group: Hdf5Group, walk: Walk): UnsValue | undefined {
  const encoding = encodingOf(group);
  if (isTable(group)) return readTable(group, walk);
  const matrix = matrixSource(group);
  if (matrix) return matrix.read();
  if (encoding === '' || encoding === 'dict') return readDict(group, walk);
  if (encoding === 'categorical' || encoding.startsWith('nullable-')) return readList(group, encoding, walk);
  walk.note(`${group.path} was left out: the encoding '${encoding}' is not read.`);
  return undefined;
}

/** A pandas array that is no column of a table: its values as text, `null` where missing. */
function readList(group: Hdf5Group, encoding: string, walk: Walk): UnsValue | undefined {
  const length = group.dataset(encoding === 'categorical' ? 'codes' : 'values').shape?.[0] ?? 0;
  const column = readColumn(group, length, walk);
  if (!column) return undefined;
  if (column.kind === 'categorical') {
    const values = Array.from(column.codes, (code) => column.categories[code] ?? null);
    return { kind: 'array', shape: [length], values };
  }
  if (column.kind === 'string') return { kind: 'array', shape: [length], values: column.values };
  const { mask } = column;
  if (mask?.includes(1)) {
    walk.note(`${group.path}: missing entries became NaN.`);
    const values = Float64Array.from(column.values, (value, i) => (mask[i] ? Number.NaN : value));
    return { kind: 'array', shape: [length], values };
  }
  return arrayOf([length], column.values, column.kind === 'boolean');
}

function readDataset(dataset: Hdf5Dataset, walk: Walk): UnsValue | undefined {
  const { type, shape } = dataset;
  if (shape === null) return null;
  if (!isReadable(type) || type.kind === 'reference' || type.kind === 'array') {
    walk.note(`${dataset.path} was left out: ${typeName(type)} is not read.`);
    return undefined;
  }
  if (type.kind === 'compound') {
    if (shape.length <= 1) return readRecords(dataset, walk);
    walk.note(`${dataset.path} was left out: records with ${shape.length} axes are not read.`);
    return undefined;
  }
  if (type.kind === 'string') {
    const values = dataset.strings();
    // before 0.7 a single text was a list of one
    const single = shape.length === 0 || (shape.length === 1 && shape[0] === 1 && !type.variable);
    return single && !encodingOf(dataset).endsWith('array')
      ? values[0]!
      : { kind: 'array', shape: [...shape], values };
  }
  const values = dataset.numbers();
  if (shape.length > 0) return arrayOf(shape, values, type.kind === 'boolean');
  return type.kind === 'boolean' ? values[0] === 1 : values[0]!;
}

function arrayOf(shape: readonly number[], values: NumericArray, boolean: boolean): NdArray {
  return { kind: 'array', shape: [...shape], values, ...(boolean && { boolean: true }) };
}

/** A copy of nested maps without one key. */
export function without(dict: UnsDict, key: string): Map<string, UnsValue> {
  return new Map([...dict].filter(([name]) => name !== key));
}
