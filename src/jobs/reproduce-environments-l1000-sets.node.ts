/**
 * The three L1000 sets of `reproduce environments`: a plate of many compounds, signatures of many cell lines, a screen of
 * compounds × cell lines; each with the SMILES of its compounds and the columns that describe its environments.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  columnStrings,
  type DenseMatrix,
  type DescriptorSpec,
  log2p1,
  matchSmiles,
  morganFingerprints,
  type Table,
  toDense,
} from '../data/index.js';
import { FileError } from '../errors.js';
import { readData } from '../formats/index.node.js';
import { readRecords } from '../formats/table/text-records.node.js';

export interface L1000Set {
  readonly name: 'plate' | 'signatures' | 'screen';
  /** (nProfiles, nGenes), in units of log2, or z-scores of the signatures. */
  readonly X: DenseMatrix;
  readonly genes: readonly string[];
  /** Compound and context of each profile; a context is what else is alike: the dose on the plate, else the cell line. */
  readonly actions: readonly string[];
  readonly contexts: readonly string[];
  /** `null`: profiles are differences from untreated ones already. */
  readonly control: string | null;
  readonly obs: Table;
  readonly spec: DescriptorSpec;
  /** Bits of the compounds whose molecule is known. */
  readonly fingerprints: ReadonlyMap<string, readonly number[]>;
  readonly sentences: readonly string[];
}

interface Source {
  readonly name: L1000Set['name'];
  readonly file: string;
  readonly action: string;
  readonly ids: readonly string[];
  readonly context: string;
  readonly control: string | null;
  readonly spec: Omit<DescriptorSpec, 'action' | 'control' | 'smiles'>;
  /** Intensities become logarithms. */
  readonly logarithms: boolean;
}

const SOURCES: readonly Source[] = [
  {
    name: 'plate',
    file: 'LJP009_A375_24H_X1_B20_QNORM_n371x978.gct',
    action: 'pert_iname',
    ids: ['pert_id'],
    context: 'pert_idose',
    control: 'DMSO',
    spec: { dose: { column: 'pert_idose' } },
    logarithms: false,
  },
  {
    name: 'signatures',
    file: 'modzs_n272x978.gctx',
    action: 'pert_iname',
    ids: ['pert_id'],
    context: 'cell_id',
    control: null,
    spec: { dose: { column: 'pert_idose' }, time: { column: 'pert_itime' }, categories: ['cell_id'] },
    logarithms: false,
  },
  {
    name: 'screen',
    file: 'cmap_24cells_20compounds.tsv',
    action: 'intervention',
    ids: [],
    context: 'unit',
    control: 'DMSO',
    spec: { categories: ['unit'] },
    logarithms: true,
  },
];

/** Files below the folder `data`. */
const LISTS: readonly (readonly [path: string, nameColumn: string])[] = [
  ['smiles/lincs_drugs_smiles.csv', ''],
  ['smiles/trapnell_drugs_smiles.csv', ''],
  ['l1000/compounds.csv', 'smiles_lincs'],
];

/** The sets of the folder `data`. Throws FileError where files are not there, and what reading them throws. */
export async function l1000Sets(folder: string): Promise<L1000Set[]> {
  const missing = [...SOURCES.map(({ file }) => `l1000/${file}`), ...LISTS.map(([path]) => path)]
    .map((path) => join(folder, path))
    .find((path) => !existsSync(path));
  if (missing !== undefined) {
    throw new FileError(
      missing,
      'missing',
      `${missing} is not there; the L1000 part needs the folder of the real data`,
    );
  }
  const smiles = await smilesLists(folder);
  return Promise.all(SOURCES.map((source) => setOf(folder, source, smiles)));
}

async function smilesLists(folder: string): Promise<(readonly [string, string])[]> {
  const lists = LISTS.map(async ([path, column]) => {
    const records = await readRecords(join(folder, path));
    const at = column === '' ? 1 : records[0].indexOf(column);
    // identifier and name of a compound, where a list has both
    return records.flatMap((record) =>
      record.slice(0, Math.min(at, 2)).map((name) => [name, record[at]] as const),
    );
  });
  return (await Promise.all(lists)).flat();
}

async function setOf(
  folder: string,
  { name, file, action, ids, context, control, spec, logarithms }: Source,
  entries: readonly (readonly [string, string])[],
): Promise<L1000Set> {
  const data = await readData(join(folder, 'l1000', file));
  const { obs } = data;
  const X = toDense(data.X);
  const matched = matchSmiles(obs, entries, { action, ids, control });
  const fingerprintOf = morganFingerprints();
  const fingerprints = new Map<string, readonly number[]>();
  for (const [label, smiles] of matched.of) {
    const bits = await fingerprintOf(smiles);
    if (bits) fingerprints.set(label, bits);
  }
  // controls of the plate have no dose
  const labels = (column: string) =>
    columnStrings(obs.column(column, 'obs')).map((label) => label ?? control ?? '');
  return {
    name,
    X: logarithms ? toDense(log2p1(X)) : X,
    genes: data.var.index,
    actions: labels(action),
    contexts: labels(context),
    control,
    obs,
    spec: { ...spec, action, control, smiles: { of: matched.of } },
    fingerprints,
    sentences: matched.sentences,
  };
}
