/**
 * What is known of actions and contexts beside their profiles: fingerprints of compounds from their SMILES, and tables
 * that the user gives. Everything that was matched, filled in or left out is said in a sentence.
 */

import { type FingerprintOf, fingerprintColumn, morganFingerprints } from '../data/fingerprint/index.js';
import {
  columnStrings,
  type FeatureTable,
  type OutcomeTensor,
  type PerturbationData,
  type Roles,
  type SideInformation,
} from '../data/index.js';
import { ColumnError, DataError, listNames, nearest } from '../errors.js';
import { readRecords } from '../formats/table/text-records.node.js';
import { featureColumns } from './feature-columns.js';
import { unreadableSentence } from './fingerprint-file.node.js';

export interface SideInformationRequest {
  /** A column of `obs`, or a table `FILE[:idcolumn:smilescolumn]`, with the SMILES of the actions. */
  readonly smiles?: string;
  /** Tables with one row an action or a context. */
  readonly actionFeatures?: string;
  readonly contextFeatures?: string;
}

/** As `mechanist fingerprint` by default. */
const FINGERPRINT = { radius: 2, bits: 1024 };
/** So many records of a column are tried as SMILES where no column says that it has them. */
const TRIED_SMILES = 20;

/** The features of a screen, and what to say of them. Throws ColumnError, DataError, FileError, FormatError. */
export async function sideInformation(
  tensor: OutcomeTensor,
  data: PerturbationData,
  roles: Roles,
  request: SideInformationRequest,
): Promise<{ features?: SideInformation; sentences: string[] }> {
  const { smiles, actionFeatures, contextFeatures } = request;
  const sentences: string[] = [];
  const actions: FeatureTable[] = [];
  const treated = tensor.actions.filter((_, action) => action !== tensor.control);
  if (smiles !== undefined) {
    const texts = data.obs.has(smiles)
      ? smilesOfColumn(data, roles, smiles, sentences)
      : await smilesOfTable(smiles, treated, data.obs.names);
    actions.push(await fingerprints(tensor, treated, texts, sentences));
  }
  if (actionFeatures !== undefined) {
    actions.push(await featuresOf(actionFeatures, 'action', tensor.actions, treated, sentences));
  }
  const contexts =
    contextFeatures === undefined
      ? undefined
      : await featuresOf(contextFeatures, 'context', tensor.contexts, tensor.contexts, sentences);
  if (actions.length === 0 && !contexts) return { sentences };
  return { features: { actions: beside(actions), contexts }, sentences };
}

/** The first SMILES of each action. */
function smilesOfColumn(
  data: PerturbationData,
  roles: Roles,
  column: string,
  sentences: string[],
): Map<string, string> {
  const names = columnStrings(data.obs.column(roles.action, 'obs'));
  const texts = columnStrings(data.obs.column(column, 'obs'));
  const found = new Map<string, string>();
  const several = new Set<string>();
  names.forEach((name, row) => {
    const text = texts[row];
    if (name === null || text === null || text.trim() === '') return;
    const before = found.get(name);
    if (before === undefined) found.set(name, text);
    else if (before !== text) several.add(name);
  });
  if (several.size > 0) {
    sentences.push(
      `${several.size} actions have several SMILES, the first is taken: ${listNames([...several], 5)}`,
    );
  }
  return found;
}

/** SMILES by name of `FILE` or `FILE:idcolumn:smilescolumn`; `names` tell the column of names. Throws ColumnError, DataError. */
export async function smilesOfTable(
  word: string,
  names: readonly string[],
  obsColumns: readonly string[],
): Promise<Map<string, string>> {
  const [, path, idColumn, smilesColumn] = /^(.*?)(?::([^:]+):([^:]+))?$/s.exec(word)!;
  const records = await readRecords(path).catch((error: unknown) => {
    // a word that is no file was probably meant as a column
    const near = nearest(word, obsColumns);
    if (near === undefined) throw error;
    throw new ColumnError(word, 'obs', obsColumns, 'pass --smiles with a column or a file');
  });
  const header = records[0];
  const named = (column: string) => {
    const at = header.indexOf(column);
    if (at < 0) throw new ColumnError(column, path, header);
    return at;
  };
  const id = idColumn === undefined ? columnOfNames(records, names, path, 'action') : named(idColumn);
  const smiles = smilesColumn === undefined ? await columnOfSmiles(records, id, path) : named(smilesColumn);
  const found = new Map<string, string>();
  for (const record of records) {
    const name = record[id].trim();
    if (!found.has(name) && record[smiles].trim() !== '') found.set(name, record[smiles]);
  }
  return found;
}

/** The column called SMILES, else the one that reads as molecules. */
async function columnOfSmiles(
  records: readonly (readonly string[])[],
  id: number,
  path: string,
): Promise<number> {
  const header = records[0];
  const exact = header.findIndex((name) => name.trim().toLowerCase() === 'smiles');
  if (exact >= 0) return exact;
  const similar = header.findIndex((name) => /smiles/i.test(name));
  if (similar >= 0) return similar;
  const fingerprintOf = morganFingerprints(FINGERPRINT);
  for (let k = 0; k < header.length; k++) {
    if (k === id) continue;
    const tried = records.slice(0, TRIED_SMILES).map((record) => record[k]);
    let read = 0;
    for (const text of tried) if ((await fingerprintOf(text)) !== null) read++;
    if (2 * read > tried.length) return k;
  }
  throw new DataError(`${path} has no column of SMILES; name it: --smiles ${path}:ID:SMILES`, { header });
}

async function fingerprints(
  tensor: OutcomeTensor,
  treated: readonly string[],
  texts: ReadonlyMap<string, string>,
  sentences: string[],
): Promise<FeatureTable> {
  const fingerprintOf: FingerprintOf = morganFingerprints(FINGERPRINT);
  const { bits } = FINGERPRINT;
  const values = new Float64Array(tensor.nActions * bits);
  const known = new Uint8Array(tensor.nActions);
  const unreadable: { id: string; smiles: string }[] = [];
  for (const [action, name] of tensor.actions.entries()) {
    const smiles = texts.get(name);
    if (smiles === undefined) continue;
    const on = await fingerprintOf(smiles);
    if (!on) {
      unreadable.push({ id: name, smiles });
      continue;
    }
    known[action] = 1;
    for (const bit of on) values[action * bits + bit] = 1;
  }
  sentences.push(...unreadableSentence(unreadable));
  const without = treated.filter((name) => !known[tensor.actions.indexOf(name)]);
  if (without.length === treated.length) {
    throw new DataError(
      `--smiles: no SMILES for any of the actions ${listNames(treated, 5)}; ` +
        `found SMILES of ${listNames([...texts.keys()], 5)}`,
    );
  }
  sentences.push(matched('Morgan fingerprints', treated, without, 'actions'));
  return { columns: Array.from({ length: bits }, (_, bit) => fingerprintColumn(bit)), values, known };
}

/** The rows of a table that belong to `names`; `expected` are those that should be in it. */
async function featuresOf(
  path: string,
  role: 'action' | 'context',
  names: readonly string[],
  expected: readonly string[],
  sentences: string[],
): Promise<FeatureTable> {
  const records = await readRecords(path);
  const id = columnOfNames(records, names, path, role);
  const rowOf = new Map<string, readonly string[]>();
  let repeats = 0;
  for (const record of records.slice(1)) {
    const name = record[id].trim();
    if (rowOf.has(name)) repeats++;
    else rowOf.set(name, record);
  }
  const known = Uint8Array.from(names, (name) => Number(rowOf.has(name)));
  const matching = names.flatMap((name) => {
    const row = rowOf.get(name);
    return row ? [row] : [];
  });
  const made = featureColumns(records[0], matching, id);
  const width = made.columns.length;
  if (width === 0) {
    throw new DataError(`${path}: nothing in it tells ${role}s apart; found ${listNames(records[0])}`);
  }
  const values = new Float64Array(names.length * width);
  let row = 0;
  for (let i = 0; i < names.length; i++) {
    if (known[i]) values.set(made.values.subarray(row * width, ++row * width), i * width);
  }
  const without = expected.filter((name) => !rowOf.has(name));
  sentences.push(matched(`${width} features of ${path}`, expected, without, `${role}s`));
  if (repeats > 0) sentences.push(`${path}: ${repeats} repeated names, the first row is taken`);
  sentences.push(...made.sentences.map((sentence) => `${path}: ${sentence}`));
  return { columns: made.columns, values, known };
}

/** The column whose values are most of the names; of several the first. Throws DataError where none is. */
function columnOfNames(
  records: readonly (readonly string[])[],
  names: readonly string[],
  path: string,
  role: string,
): number {
  const wanted = new Set(names);
  const hits = records[0].map(
    (_, k) => new Set(records.map((record) => record[k].trim()).filter((text) => wanted.has(text))).size,
  );
  const best = hits.indexOf(Math.max(...hits));
  if (hits[best] > 0) return best;
  const some = records.slice(1, 4).map((record) => record[0]);
  throw new DataError(
    `${path}: no column has names of ${role}s; the data have ${listNames(names, 5)}, the table ${listNames(some, 5)}`,
    { path },
  );
}

function matched(
  what: string,
  expected: readonly string[],
  without: readonly string[],
  role: string,
): string {
  const n = expected.length - without.length;
  const rest = without.length > 0 ? `; none for ${listNames(without, 5)}` : '';
  return `${what} for ${n} of ${expected.length} ${role}${rest}`;
}

/** Tables of the same names side by side; known is what all of them know. */
function beside(tables: readonly FeatureTable[]): FeatureTable | undefined {
  if (tables.length < 2) return tables[0];
  const columns = tables.flatMap((table) => table.columns);
  const known = tables[0].known.map((_, i) => Number(tables.every((table) => table.known[i] === 1)));
  const values = new Float64Array(known.length * columns.length);
  for (let i = 0; i < known.length; i++) {
    let at = i * columns.length;
    for (const table of tables) {
      const width = table.columns.length;
      values.set(table.values.subarray(i * width, (i + 1) * width), at);
      at += width;
    }
  }
  return { columns, values, known };
}
