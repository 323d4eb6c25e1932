/** Profiles that models of environments cannot be trained on, and requests that contradict the data. */
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import { at, CELLS, type Change, labelsOf, run, SMILES } from './represent-environments.fixture.node.js';
import type { RepresentEnvironmentsRequest } from './represent-environments.node.js';

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
    [
      'a temperature that has nowhere to fall',
      {},
      { settings: { leastTemperature: 0 } },
      /^--least-temperature: '0'.*above 0/,
    ],
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
