/** Real annotations: the plate of level 3, the signatures of level 5, the screen of 24 × 20, with lists of SMILES. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readData } from '../../formats/index.node.js';
import { readRecords } from '../../formats/table/text-records.node.js';
import { Random } from '../../random/index.js';
import { environmentDescriptors } from './encoder.js';
import { matchSmiles } from './match-smiles.js';
import { splitEnvironments } from './split-environments.js';

const shared = join(process.env.MECHANIST_SHARED ?? '../shared', 'data');
const obsOf = async (path: string) => (await readData(join(shared, 'l1000', path))).obs;
const lincs = async () =>
  (await readRecords(join(shared, 'smiles', 'lincs_drugs_smiles.csv'))).map(
    ([id, smiles]) => [id, smiles] as const,
  );

describe.skipIf(!existsSync(join(shared, 'l1000')))('L1000', () => {
  it('level 3: 63 compounds × 6 doses and DMSO; dose and its unit in one column or two', async () => {
    const obs = await obsOf('LJP009_A375_24H_X1_B20_QNORM_n371x978.gct');
    const { of, sentences } = matchSmiles(obs, await lincs(), {
      action: 'pert_iname',
      ids: ['pert_id'],
      control: 'DMSO',
    });
    expect(sentences[0]).toMatch(/^SMILES for 44 of 63 actions/);
    const spec = {
      action: 'pert_iname',
      smiles: { of },
      time: { column: 'pert_itime' },
      categories: ['cell_id'],
    };
    const one = await environmentDescriptors(obs, { ...spec, dose: { column: 'pert_idose' } });
    const two = await environmentDescriptors(obs, { ...spec, dose: { column: 'pert_dose' } });
    expect(two).toEqual(one);
    expect(one.environments.length).toBe(350);
    expect(one.environments).toContain('vorinostat, 10 µM, A375, 24 h');
    expect(one.environments).toContain('DMSO, A375, 24 h');
    // -666 is the dose of DMSO, which is none at all
    expect(one.missing.values).toEqual({});
    expect(one.missing.smiles.length).toBe(19);
    expect(one.columns.filter((name) => !name.startsWith('morgan:'))).toEqual([
      'treated',
      'smiles missing',
      'dose',
    ]);
  });

  it('level 5: three drugs; two times that are no single amount', async () => {
    const obs = await obsOf('modzs_n272x978.gctx');
    const { of, without } = matchSmiles(obs, await lincs(), { action: 'pert_iname', ids: ['pert_id'] });
    expect(without).toEqual([]);
    const made = await environmentDescriptors(obs, {
      action: 'pert_iname',
      smiles: { of, radius: 4 },
      dose: { column: 'pert_idose' },
      time: { column: 'pert_itime' },
      categories: ['cell_id'],
    });
    expect(made.environments.length).toBe(219);
    expect(made.environments).toContain('vemurafenib, 0.5 µM, A375, 24 h');
    expect(made.sentences).toContain(
      "'time': counted as missing, being no single amount: '6 h & 4 h', '24 h & 4 h'",
    );
    expect(made.columns.filter((name) => name.startsWith('cell_id=')).length).toBe(65);
    expect(made.values.every(Number.isFinite)).toBe(true);
  });

  it('24 × 20: a fifth of the drugs unseen', async () => {
    const obs = await obsOf('cmap_24cells_20compounds.tsv');
    const { of } = matchSmiles(obs, await lincs(), { action: 'intervention', control: 'DMSO' });
    expect(of.size).toBe(20);
    const split = splitEnvironments(obs, {
      by: 'action',
      action: 'intervention',
      control: 'DMSO',
      share: 0.2,
      random: Random.fromSeed(1),
    });
    expect(split.train.length + split.validation.length).toBe(326);
    // 302 rows are treated
    expect(Math.abs(split.validation.length - 0.2 * 302)).toBeLessThan(13);
  });
});
