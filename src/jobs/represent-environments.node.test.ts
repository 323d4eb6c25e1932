/** What `representEnvironments` makes of profiles that are not as they should be, and of what describes them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCsv, temporaryFolder } from '../../test/support/command.js';
import { type Column, dense, numeric, PerturbationData, strings, Table } from '../data/index.js';
import { isMechanistError } from '../errors.js';
import { writeData } from '../formats/index.node.js';
import { type RepresentEnvironmentsRequest, representEnvironments } from './represent-environments.node.js';

const at = temporaryFolder();

const SMILES: Readonly<Record<string, string>> = {
  ethanol: 'CCO',
  propane: 'CCC',
  benzene: 'c1ccccc1',
  toluene: 'Cc1ccccc1',
  acid: 'CC(=O)O',
};
const DRUGS = ['DMSO', ...Object.keys(SMILES)];
const CELLS = ['A375', 'MCF7'];
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
const labelsOf = (of: (row: number, label: string) => string | null, column = 'drug'): Column => {
  const { values } = profiles().obs[column] as { values: readonly (string | null)[] };
  return strings(values.map((label, row) => of(row, label as string)));
};

interface Change {
  readonly values?: (row: number, gene: number, value: number) => number;
  readonly obs?: Annotations;
  readonly genes?: number;
}

/** Writes a file of these profiles and represents it, in few steps. */
async function run(name: string, change: Change, more: Partial<RepresentEnvironmentsRequest> = {}) {
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

const environmentsOf = (name: string) => readCsv(at(name, 'environments.csv')).rows;
const heldOutOf = (name: string) =>
  environmentsOf(name)
    .filter(({ split }) => split === 'validation')
    .map(({ environment }) => environment);

describe('refused, with nothing left behind', () => {
  const named = at('named.csv');
  writeFileSync(named, 'action,context\nethanol,A375\nethanal,A375\n');
  const empty = at('empty.csv');
  writeFileSync(empty, 'action,context\n');
  const wanted = at('wanted.csv');
  writeFileSync(wanted, 'drug,cell_line\nethanol,A375\n');
  const nameless = at('nameless.csv');
  writeFileSync(nameless, 'drug,cell_line,dose\n,A375,1 uM\n');

  it.each<[string, Change, Partial<RepresentEnvironmentsRequest>, RegExp]>([
    [
      'missing values',
      { values: (row, gene, value) => (row === 7 && gene === 2 ? Number.NaN : value) },
      {},
      /^profile 'profile-7', gene 'gene-2' holds NaN.*--missing/,
    ],
    [
      'an infinity',
      { values: (row, _, value) => (row === 7 ? -Infinity : value) },
      {},
      /^profile 'profile-7', gene 'gene-0' holds -Infinity/,
    ],
    ['counts', { values: (row, gene) => (row * gene) % 5 }, {}, /^the values are raw counts.*--preprocess/],
    ['no genes', { genes: 0 }, {}, /^nothing to work on: 24 profiles × 0 genes/],
    [
      'no descriptors',
      {},
      { smiles: undefined, dose: undefined, context: 'none' },
      /^nothing describes the 5 treated environments: .*--smiles, --dose/,
    ],
    [
      'one environment',
      { obs: { drug: labelsOf(() => 'A'), cell_line: labelsOf(() => 'X'), smiles: labelsOf(() => 'C') } },
      { dose: undefined, action: 'drug', heldOutShare: 0 },
      /^there is one environment, 'A'/,
    ],
    [
      'all held out',
      {},
      { heldOut: Object.keys(SMILES).join(',') },
      /^5 of 5 actions are held out: .*one must be left/,
    ],
    [
      'one drug',
      { obs: { drug: labelsOf((row) => (row < 4 ? 'DMSO' : 'ethanol')) } },
      {},
      /^1 actions beside the control.*--held-out-share 0/,
    ],
    [
      'a drug that is not there',
      {},
      { heldOut: 'ethanal' },
      /^--held-out: 'ethanal'.*did you mean 'ethanol'/,
    ],
    ['the control', {}, { heldOut: 'DMSO' }, /^--held-out: 'DMSO' is not one of/],
    ['a cell line that is not there', {}, { heldOut: 'ethanol|A376' }, /^--held-out: 'A376'.*mean 'A375'/],
    [
      'a pair without contexts',
      {},
      { heldOut: 'ethanol|A375', context: 'none' },
      /'ethanol\|A375'.*--context/,
    ],
    [
      'a pair that is not there',
      { obs: { cell_line: labelsOf((row) => (row < 8 ? 'A375' : CELLS[row % 2])) } },
      { heldOut: 'ethanol|MCF7' },
      /^--held-out: 'ethanol\|MCF7' is not one of 'ethanol\|A375'/,
    ],
    ['an empty name', {}, { heldOut: 'ethanol,' }, /^--held-out: 'ethanol,' is not a list/],
    [
      'names and a share',
      {},
      { heldOut: 'ethanol', heldOutShare: 0.2 },
      /^--held-out-share: '0.2' is not of use/,
    ],
    [
      'names and a unit',
      {},
      { heldOut: 'ethanol', heldOutBy: 'pair' },
      /^--held-out-by: 'pair' is not of use/,
    ],
    ['too large a share', {}, { heldOutShare: 1 }, /^--held-out-share: '1'/],
    ['pairs of nothing', {}, { heldOutBy: 'pair', context: 'none' }, /^--held-out-by: 'pair'.*--context/],
    ['an unknown unit', {}, { heldOutBy: 'drug' }, /^--held-out-by: 'drug' is not one of/],
    ['a name in a list', {}, { heldOutFile: named }, /^--held-out: 'ethanal' is not one of/],
    ['an empty list', {}, { heldOutFile: empty }, /empty.csv: no environment in it to hold out/],
    ['no such column', {}, { action: 'drugs' }, /'drugs' not in obs.*did you mean 'drug'/],
    ['no such context', {}, { context: 'line' }, /'line' not in obs/],
    ['no such dose', {}, { dose: 'conc' }, /^column 'conc' not in obs.*--dose/],
    ['no such time', {}, { time: 'hours' }, /^column 'hours' not in obs.*--time/],
    ['no such unit', {}, { dose: 'weight:lb' }, /'lb' is not a unit of dose/],
    ['no such category', {}, { categories: 'batch,plate' }, /^column 'plate' not in obs.*--categories/],
    ['no such numbers', {}, { numeric: 'shift_*' }, /^column 'shift_\*' not in obs/],
    ['text as numbers', {}, { numeric: 'batch' }, /'batch' is not numeric/],
    ['no such SMILES', {}, { smiles: 'simles' }, /^column 'simles' not in obs.*did you mean 'smiles'/],
    [
      'SMILES that are none',
      { obs: { smiles: labelsOf(() => 'xyz') } },
      {},
      /^no readable SMILES.*unreadable: .*\(xyz\)/,
    ],
    [
      'bits of nothing',
      {},
      { smiles: undefined, bits: 512 },
      /^--bits: '512' is not of use without --smiles/,
    ],
    ['a radius of nothing', {}, { smiles: undefined, radius: 1 }, /^--radius: '1' is not of use/],
    ['too few bits', {}, { bits: 2 }, /^--bits: '2'/],
    ['more latents than genes', {}, { settings: { latent: 6 } }, /^--latent: '6'.*genes, 5/],
    [
      'settings of another model',
      {},
      { settings: { edgePrice: 1 } },
      /^--edge-price: '1'.*belongs to env-scm/,
    ],
    ['a temperature that rises', {}, { settings: { leastTemperature: 2 } }, /^--least-temperature: '2'/],
    [
      'a model of cells beside it',
      {},
      { compare: 'svae+' },
      /^--compare: 'svae\+' is not one of 'vae', 'cvae'/,
    ],
    ['wishes without what describes them', {}, { predict: wanted }, /^column 'dose' not in .*wanted.csv/],
    ['wishes without a name', {}, { predict: nameless }, /nameless.csv: row 1 has no 'drug'/],
    ['no wishes at all', {}, { predict: at('nowhere.csv') }, /nowhere.csv/],
  ])('%s', async (name, change, more, message) => {
    const error = await run(name, change, more).catch((reason: unknown) => reason);
    expect(isMechanistError(error)).toBe(true);
    expect((error as Error).message).toMatch(message);
    expect(existsSync(at(name))).toBe(false);
  });
});

describe('done, and said', () => {
  it.each<[string, Change, Partial<RepresentEnvironmentsRequest>, RegExp]>([
    [
      'unreadable SMILES',
      { obs: { smiles: labelsOf((_, label) => (label === 'CCO' ? 'C1CC' : label), 'smiles') } },
      {},
      /unreadable SMILES have a fingerprint of zeros: 'ethanol' \(C1CC\)/,
    ],
    [
      'drugs without SMILES',
      { obs: { smiles: labelsOf((_, label) => (label === 'CCO' ? null : label), 'smiles') } },
      {},
      /1 actions without SMILES.*'ethanol'/,
    ],
    [
      'profiles without labels',
      { obs: { drug: labelsOf((row, label) => (row === 5 ? null : label)) } },
      {},
      /1 of 24 profiles have no action or context and are left out/,
    ],
    [
      'genes with missing values',
      { values: (row, gene, value) => (row === 7 && gene === 2 ? Number.NaN : value) },
      { missing: 'drop-genes' },
      /1 of 5 genes have missing values/,
    ],
    [
      'counts that are preprocessed',
      { values: (row, gene) => (row * gene) % 5 },
      { preprocess: 'log1p' },
      /preprocessing: log1p/,
    ],
    ['doses that describe nothing', {}, { dose: undefined }, /differ in 'dose': --dose, --time or --numeric/],
    [
      'drugs that cannot be told apart',
      {},
      { smiles: undefined },
      /20 treated environments have 4 descriptors/,
    ],
    ['no control', {}, { control: 'none' }, /control: none/],
    ['nothing held out', {}, { heldOutShare: 0 }, /no environment is held out/],
    ['two columns that are one', {}, { action: 'drug+batch' }, /column 'drug\+batch', 6 values/],
    ['no epochs', {}, { settings: { latent: 2, epochs: 0 } }, /held out/],
  ])('%s', async (name, change, more, message) => {
    const { result, said } = await run(name, change, more);
    expect(said).toMatch(message);
    expect(environmentsOf(name)).toHaveLength(result.environments);
    const { rows } = readCsv(at(name, 'predictions.csv'));
    expect(rows).toHaveLength(result.environments);
    for (const row of rows) {
      const values = Object.entries(row).filter(([column]) => column.startsWith('gene-'));
      expect(values.every(([, text]) => text !== '' && Number.isFinite(Number(text)))).toBe(true);
    }
    const { sentences, comparison } = JSON.parse(readFileSync(at(name, 'summary.json'), 'utf8'));
    expect(sentences).toEqual(result.sentences);
    expect(comparison[0].model).toBe('env-vae');
  });
});

describe('environments', () => {
  it('are what describes a profile, 10 µM and 10000 nM alike, and the control without dose', async () => {
    await run('described', {}, { heldOut: 'benzene' });
    const rows = environmentsOf('described');
    expect(rows).toHaveLength(5 * 2 * 2 + 2);
    expect(rows.map(({ environment }) => environment)).toEqual(
      expect.arrayContaining(['DMSO, A375', 'ethanol, 1 µM, A375', 'toluene, 10 µM, MCF7']),
    );
    const control = rows.find(({ environment }) => environment === 'DMSO, A375')!;
    expect(control).toMatchObject({ action: 'DMSO', context: 'A375', profiles: '2', split: 'train' });
    const ethanol = rows.find(({ environment }) => environment === 'ethanol, 10 µM, MCF7')!;
    expect(ethanol.descriptors).toMatch(
      /^treated; \d+ bits of the fingerprint; dose [\d.]+; cell_line=MCF7$/,
    );
  });

  it('have the unit that a column is said to have', async () => {
    await run('unit', {}, { dose: 'weight:nM', heldOut: 'benzene' });
    // the third of six drugs after the control: 3² nM
    expect(heldOutOf('unit')).toEqual(['benzene, 0.009 µM, A375', 'benzene, 0.009 µM, MCF7']);
  });

  it('of a drug that is held out all validate', async () => {
    await run('drug', {}, { heldOut: 'benzene' });
    const all = CELLS.flatMap((cell) => ['1', '10'].map((dose) => `benzene, ${dose} µM, ${cell}`));
    expect(heldOutOf('drug').sort()).toEqual(all.sort());
  });

  it('of a pair that is held out all validate, those of the drug elsewhere train', async () => {
    await run('pair', {}, { heldOut: 'benzene|MCF7,ethanol' });
    expect(heldOutOf('pair').sort()).toEqual(
      [
        ...['1', '10'].map((dose) => `benzene, ${dose} µM, MCF7`),
        ...CELLS.flatMap((cell) => ['1', '10'].map((dose) => `ethanol, ${dose} µM, ${cell}`)),
      ].sort(),
    );
  });

  it('can be named by a table', async () => {
    const list = at('list.csv');
    writeFileSync(list, 'action,context\nbenzene,MCF7\nethanol,\n');
    await run('listed', {}, { heldOutFile: list });
    expect(heldOutOf('listed')).toHaveLength(2 + 4);
  });

  it.each([
    ['action', 'action'],
    ['pair', 'action,context'],
    ['context', 'context'],
  ])('drawn by %s are unseen in training', async (by, columns) => {
    const name = `by-${by}`;
    await run(name, {}, { heldOutBy: by, heldOutShare: 0.4 });
    const keys = (split: string) =>
      environmentsOf(name)
        .filter((row) => row.split === split && row.action !== 'DMSO')
        .map((row) => columns.split(',').map((column) => row[column]));
    const trained = new Set(keys('train').map(String));
    const validated = keys('validation').map(String);
    expect(validated.length).toBeGreaterThan(0);
    expect(validated.filter((key) => trained.has(key))).toEqual([]);
  });

  it('are held out the same way by the same seed, another by another', async () => {
    await run('seed 0', {}, { heldOutBy: 'pair' });
    await run('seed 0 again', {}, { heldOutBy: 'pair', model: 'env-translation' });
    expect(heldOutOf('seed 0 again')).toEqual(heldOutOf('seed 0'));
    const seeds = [1, 2, 3];
    for (const seed of seeds) await run(`seed ${seed}`, {}, { heldOutBy: 'pair', seed });
    expect(seeds.some((seed) => String(heldOutOf(`seed ${seed}`)) !== String(heldOutOf('seed 0')))).toBe(
      true,
    );
  });
});

describe('environments that are asked for', () => {
  it('are predicted from what describes them, by SMILES of a table', async () => {
    const compounds = at('compounds.csv');
    const lines = [...Object.entries(SMILES), ['xylene', 'Cc1ccccc1C']].map((pair) => pair.join(','));
    writeFileSync(compounds, ['name,smiles', ...lines, ''].join('\n'));
    const wanted = at('asked.csv');
    writeFileSync(
      wanted,
      'drug,cell_line,dose\nxylene,A375,3 uM\nbenzene,MCF7,10 uM\nbenzene,A375,100 nM\nunheard,A375,1 uM\n',
    );
    const { said } = await run('asked', {}, { predict: wanted, smiles: compounds });
    expect(said).toMatch(/asked.csv: .*1 actions without SMILES.*'unheard'/);
    const rows = environmentsOf('asked').filter(({ split }) => split === 'asked');
    expect(rows.map(({ environment }) => environment)).toEqual([
      'xylene, 3 µM, A375',
      'benzene, 10 µM, MCF7 (asked)',
      'benzene, 0.1 µM, A375',
      'unheard, 1 µM, A375',
    ]);
    const predicted = new Map(
      readCsv(at('asked', 'predictions.csv')).rows.map((row) => [row.environment, Number(row['gene-0'])]),
    );
    expect(predicted.size).toBe(22 + 4);
    expect(readCsv(at('asked', 'shifts.csv')).rows).toHaveLength((22 + 4) * 2);
  });

  it('that are in the data have the shift that they have there', async () => {
    const wanted = at('known.csv');
    writeFileSync(wanted, 'drug,cell_line,dose\nbenzene,MCF7,10 uM\n');
    await run('known', {}, { predict: wanted, samples: 0 });
    const of = (file: string, column: string) =>
      new Map(readCsv(at('known', file)).rows.map((row) => [row.environment, row[column]]));
    const [shifts, profile] = [of('shifts.csv', 'shift'), of('predictions.csv', 'gene-3')];
    const [there, here] = ['benzene, 10 µM, MCF7', 'benzene, 10 µM, MCF7 (asked)'];
    expect(Number(shifts.get(here))).toBeCloseTo(Number(shifts.get(there)), 6);
    expect(Number(profile.get(here))).toBeCloseTo(Number(profile.get(there)), 5);
  });
});
