/** Profiles of few drugs in two cell lines at two doses, as a file, and what `representEnvironments` makes of them. */
import { temporaryFolder } from '../../test/support/command.js';
import { type Column, dense, numeric, PerturbationData, strings, Table } from '../data/index.js';
import { writeData } from '../formats/index.node.js';
import { type RepresentEnvironmentsRequest, representEnvironments } from './represent-environments.node.js';

export const at = temporaryFolder();

export const SMILES: Readonly<Record<string, string>> = {
  ethanol: 'CCO',
  propane: 'CCC',
  benzene: 'c1ccccc1',
  toluene: 'Cc1ccccc1',
  acid: 'CC(=O)O',
};
const DRUGS = ['DMSO', ...Object.keys(SMILES)];
export const CELLS = ['A375', 'MCF7'];
const DOSES = ['1 µM', '10000 nM'];
const GENES = 5;

type Annotations = Record<string, Column>;

interface Profiles {
  readonly values: number[][];
  readonly obs: Annotations;
}

/** Every drug in every cell line at two doses: 24 profiles. */
function profiles(): Profiles {
  const all = DRUGS.flatMap((drug, d) =>
    CELLS.flatMap((cell, c) => DOSES.map((dose, k) => ({ drug, cell, dose, d, c, k }))),
  );
  return {
    values: all.map(({ d, c, k }, i) =>
      Array.from({ length: GENES }, (_, g) => Math.sin(3 * d + g) * (k + 1) + c + 0.1 * Math.cos(7 * i + g)),
    ),
    obs: {
      drug: strings(all.map(({ drug }) => drug)),
      cell_line: strings(all.map(({ cell }) => cell)),
      dose: strings(all.map(({ drug, dose }) => (drug === 'DMSO' ? null : dose))),
      smiles: strings(all.map(({ drug }) => SMILES[drug] ?? null)),
      batch: strings(all.map(({ d }) => `batch-${d % 2}`)),
      weight: numeric(Float64Array.from(all, ({ d }) => d * d)),
    },
  };
}
export const labelsOf = (of: (row: number, label: string) => string | null, column = 'drug'): Column => {
  const { values } = profiles().obs[column] as { values: readonly (string | null)[] };
  return strings(values.map((label, row) => of(row, label as string)));
};

export interface Change {
  readonly values?: (row: number, gene: number, value: number) => number;
  readonly obs?: Annotations;
  readonly genes?: number;
}

/** Writes a file of these profiles and represents it, in few steps. */
export async function run(name: string, change: Change, more: Partial<RepresentEnvironmentsRequest> = {}) {
  const path = at(`${name}.h5ad`);
  const { values, obs } = profiles();
  const { genes = GENES } = change;
  const rows = values.map((row, i) =>
    row.slice(0, genes).map((value, g) => change.values?.(i, g, value) ?? value),
  );
  await writeData(
    path,
    new PerturbationData({
      X: dense(rows.length, genes, Float32Array.from(rows.flat())),
      obs: new Table(
        rows.map((_, i) => `profile-${i}`),
        Object.entries({ ...obs, ...change.obs }),
      ),
      var: new Table(Array.from({ length: genes }, (_, g) => `gene-${g}`)),
    }),
  );
  const said: string[] = [];
  const result = await representEnvironments({
    ...{ path, out: at(name), model: 'env-vae', smiles: 'smiles', dose: 'dose', seed: 0, threads: 1 },
    ...{ checkpointEvery: 1, version: '0', samples: 3 },
    settings: { epochs: 2, encoderWidths: [4], decoderWidths: [4], environmentWidths: [4], latent: 2 },
    onUnderstood: (...sentences) => said.push(...sentences),
    ...more,
  });
  return { result, said: said.join('\n') };
}
