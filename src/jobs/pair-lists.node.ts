/** Lists of pairs and folds that the user gives as tables. */
import { columnStrings, type Table } from '../data/index.js';
import { DataError } from '../errors.js';
import type { NamedPair } from '../evaluate/index.js';
import { readTable } from '../formats/index.node.js';

/** The columns `context` and `action` of a table; repeats are taken once. Throws ColumnError, DataError. */
export async function readPairs(path: string): Promise<NamedPair[]> {
  const [context, action] = await namedColumns(path, ['context', 'action']);
  const pairs = new Map(context.map((name, row) => [JSON.stringify([name, action[row]]), row]));
  return [...pairs.values()].map((row) => ({ context: context[row], action: action[row] }));
}

/** The columns `context`, `action` and `fold`. Throws ColumnError, DataError. */
export async function readFolds(path: string): Promise<(NamedPair & { readonly fold: string })[]> {
  const [context, action, fold] = await namedColumns(path, ['context', 'action', 'fold']);
  return context.map((name, row) => ({ context: name, action: action[row], fold: fold[row] }));
}

async function namedColumns(path: string, names: readonly string[]): Promise<string[][]> {
  const table = await readTable(path);
  const columns = names.map((name) => labels(table, name, path));
  columns.forEach((column, i) => {
    const row = column.findIndex((label) => label === null || label === '');
    if (row >= 0) throw new DataError(`${path}, row ${row + 1}: '${names[i]}' is empty`, { path, row });
  });
  if (table.nRows === 0) throw new DataError(`${path} lists no pairs`, { path });
  return columns as string[][];
}

/** A first column without a name is the index: it may be one of those asked for. */
function labels(table: Table, name: string, path: string): (string | null)[] {
  if (!table.has(name) && table.indexName === name) return [...table.index];
  return columnStrings(table.column(name, path));
}
