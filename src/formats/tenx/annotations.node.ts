/** The tables of cells and genes that go with a loose matrix: given by the user, or found beside it. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { columnStrings, Table } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { isGeneListName, isRowName } from '../table/names.js';
import { readTable } from '../table/table.node.js';
import { barcodeTable, featureTable } from './names.js';
import type { Annotations } from './orientation.js';
import { textLines } from './text-lines.node.js';

export type Side = 'cells' | 'genes';

/** Names without their prefix, the ones of 10x first; each also gzipped. */
const NEIGHBOURS: Record<Side, readonly string[]> = {
  cells: ['barcodes.tsv', 'cells.csv', 'cells.tsv'],
  genes: ['features.tsv', 'genes.tsv', 'genes.csv', 'features.csv'],
};
const TENX_NAMES = /(barcodes|features|genes)\.tsv(\.gz)?$/i;
/** Only such files may lack a header: nothing in them is quoted or separated by commas. */
const MAY_LACK_HEADER = /\.(tsv|txt)(\.gz)?$/i;

/** The table of that side, if one was given or is there. Throws FileError and FormatError for a given one. */
export async function annotations(
  side: Side,
  given: string | undefined,
  matrixPath: string,
): Promise<Annotations | undefined> {
  if (given !== undefined) return { path: given, given: true, tables: await readings(side, given) };
  const found = await neighbour(side, matrixPath);
  return found === undefined ? undefined : { path: found, given: false, tables: await readings(side, found) };
}

async function neighbour(side: Side, matrixPath: string): Promise<string | undefined> {
  const folder = dirname(matrixPath);
  const prefix = /^(.*)matrix\.mtx(\.gz)?$/i.exec(basename(matrixPath))?.[1] ?? '';
  const entries = new Set(await readdir(folder).catch(() => []));
  const name = NEIGHBOURS[side]
    .flatMap((plain) => [prefix + plain, `${prefix + plain}.gz`])
    .find((candidate) => entries.has(candidate));
  return name === undefined ? undefined : join(folder, name);
}

/** Both ways to read a file that may or may not have a header. */
async function readings(side: Side, path: string): Promise<Table[]> {
  if (!MAY_LACK_HEADER.test(path)) return [named(await readTable(path))];
  const lines = await textLines(path);
  const attempts = [
    async () => (side === 'cells' ? barcodeTable(lines, path) : featureTable(lines, path)),
    async () => named(await readTable(path)),
  ];
  if (!TENX_NAMES.test(path)) attempts.reverse();
  const tables: Table[] = [];
  let problem: unknown;
  for (const attempt of attempts) {
    try {
      tables.push(await attempt());
    } catch (error) {
      if (!isMechanistError(error, 'FormatError')) throw error;
      problem ??= error;
    }
  }
  if (tables.length === 0) throw problem;
  return tables;
}

/** Takes the first column as the names of the rows, where its own name says so and no value comes twice. */
function named(table: Table): Table {
  const [first] = table.names;
  if (first === undefined || !(isRowName(first) || isGeneListName(first))) return table;
  const names = columnStrings(table.column(first));
  if (names.includes(null) || new Set(names).size < names.length) return table;
  return new Table(names as string[], table.without(first).columns, first);
}
