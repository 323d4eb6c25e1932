/** What `representEnvironments` makes of profiles, of what describes them, and of what is held out or asked for. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../test/support/command.js';
import { at, CELLS, type Change, labelsOf, run, SMILES } from './represent-environments.fixture.node.js';
import type { RepresentEnvironmentsRequest } from './represent-environments.node.js';

const environmentsOf = (name: string) => readCsv(at(name, 'environments.csv')).rows;
const heldOutOf = (name: string) =>
  environmentsOf(name)
    .filter(({ split }) => split === 'held-out')
    .map(({ environment }) => environment);

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
    [
      'no control',
      {},
      { control: 'none' },
      /held-out environments have no control in their context: no shift is scored$/,
    ],
    [
      'no control in one context',
      { obs: { drug: labelsOf((row, label) => (row === 2 || row === 3 ? 'propane' : label)) } },
      { heldOut: 'benzene' },
      /2 of 4 held-out environments have no control in their context: no shift is scored there/,
    ],
    [
      'doses that are none, which describe all the same',
      {
        obs: {
          dose: labelsOf((row, label) => (row === 5 ? '1 µM & 2 µM' : row === 4 ? 'high' : label), 'dose'),
        },
      },
      {},
      /'dose': counted as missing, being no single amount: .*'1 µM & 2 µM'(?![\s\S]*differ in 'dose')/,
    ],
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
    const validated = keys('held-out').map(String);
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
