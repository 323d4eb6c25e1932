/** Descriptors against closed forms, and an encoder that knows its training rows only. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ColumnError, DataError, FormatError, OptionError, RoleError } from '../../errors.js';
import { morganFingerprints } from '../fingerprint/index.js';
import { numeric, strings, Table } from '../table.js';
import { DescriptorEncoder, type Descriptors, environmentDescriptors, fitDescriptors } from './encoder.js';

const header = ['drug', 'dose', 'time', 'cell', 'age', 'smiles'];
const tableOf = (rows: readonly (readonly (string | null)[])[]) =>
  new Table(
    rows.map((_, i) => `r${i}`),
    header.map((name, k) => [name, strings(rows.map((row) => row[k]))] as const),
  );
const obs = tableOf([
  ['DMSO', '0.1 %', '24 h', 'A375', '54', null],
  ['ethanol', '10 µM', '24 h', 'A375', '54', 'CCO'],
  ['ethanol', '10000 nM', '1 d', 'A375', '54', 'CCO'],
  ['ethanol', '1 uM', '6 h', 'MCF7', '-666', 'CCO'],
  ['propane', '-666', '24 h', '-666', '60', 'CCC'],
]);
const spec = {
  action: 'drug',
  smiles: { column: 'smiles', radius: 1, bits: 256 },
  dose: { column: 'dose' },
  time: { column: 'time' },
  categories: ['cell'],
  numeric: ['age'],
};
const allRows = [0, 1, 2, 3, 4];
const column = ({ columns, values, environments }: Descriptors, name: string) => {
  const k = columns.indexOf(name);
  if (k < 0) throw new Error(`no column '${name}' in ${columns.join()}`);
  return environments.map((_, e) => values[e * columns.length + k]);
};
const expectClose = (found: readonly number[], expected: readonly number[]) => {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 12);
};

describe('one table', () => {
  it('rows of the same treatment are one environment with a readable name', async () => {
    const { environments, of, actions } = await environmentDescriptors(obs, spec);
    expect(environments).toEqual([
      'DMSO, A375, 24 h, age 54',
      'ethanol, 10 µM, A375, 24 h, age 54',
      'ethanol, 1 µM, MCF7, 6 h, age ?',
      'propane, dose ?, cell ?, 24 h, age 60',
    ]);
    expect([...of]).toEqual([0, 1, 1, 2, 3]);
    expect(actions).toEqual(['DMSO', 'ethanol', 'ethanol', 'propane']);
  });

  it('log dose, log time and numbers have mean 0 and deviation 1 over environments; what is missing is 0, marked', async () => {
    const made = await environmentDescriptors(obs, spec);
    // numpy: x = np.log10(1 + np.array([0, 10, 1]) / 1e-3); (x - x.mean()) / x.std()
    expectClose(column(made, 'dose'), [-1.3728492790576892, 0.9804716472386451, 0.3923776318190442, 0]);
    expect(column(made, 'dose missing')).toEqual([0, 0, 0, 1]);
    // three of four at 24 h: (x − mean) / sd is 1/√3 and −√3 whatever the scale
    const [a, b] = [1 / Math.sqrt(3), -Math.sqrt(3)];
    expectClose(column(made, 'time'), [a, a, b, a]);
    expect(made.columns).not.toContain('time missing');
    // 54, 54, 60: −1/√2, −1/√2, √2
    expectClose(column(made, 'age'), [-Math.SQRT1_2, -Math.SQRT1_2, 0, Math.SQRT2]);
    expect(column(made, 'age missing')).toEqual([0, 0, 1, 0]);
    expect(column(made, 'cell=A375')).toEqual([1, 1, 0, 0]);
    expect(column(made, 'cell=MCF7')).toEqual([0, 0, 1, 0]);
    expect(column(made, 'treated')).toEqual([0, 1, 1, 1]);
    expect(made.missing.values).toEqual({ dose: 1, cell: 1, age: 1 });
    expect(made.values.every(Number.isFinite)).toBe(true);
  });

  it('bits are those of the fingerprint; none for the control; those that tell nothing apart have no column', async () => {
    const fingerprintOf = morganFingerprints({ radius: 1, bits: 256 });
    const [ethanol, propane] = [new Set(await fingerprintOf('CCO')), new Set(await fingerprintOf('CCC'))];
    const differing = [...new Set([...ethanol, ...propane])]
      .filter((bit) => ethanol.has(bit) !== propane.has(bit))
      .sort((a, b) => a - b);
    const made = await environmentDescriptors(obs, spec);
    expect(made.columns.filter((name) => name.startsWith('morgan:'))).toEqual(
      differing.map((bit) => `morgan:${bit}`),
    );
    for (const bit of differing) {
      const [e, p] = [Number(ethanol.has(bit)), Number(propane.has(bit))];
      expect(column(made, `morgan:${bit}`)).toEqual([0, e, e, p]);
    }
    const all = await environmentDescriptors(obs, { ...spec, smiles: { ...spec.smiles, allBits: true } });
    expect(all.columns.filter((name) => name.startsWith('morgan:')).length).toBe(256);
    const common = [...ethanol].filter((bit) => propane.has(bit))[0];
    expect(column(all, `morgan:${common}`)).toEqual([0, 1, 1, 1]);
  });

  it('what is constant has no column and is said', async () => {
    const made = await environmentDescriptors(obs.take([1, 2]), { ...spec, control: null });
    expect(made.environments.length).toBe(1);
    expect(made.columns).toEqual(['treated']);
    expect(made.sentences.join('\n')).toMatch(
      /'dose' is the same.*\n'time' is the same.*\n'age' is the same/,
    );
    expect(made.sentences).toContain("'cell' is 'A375' in all training environments and has no column");
  });
});

describe('SMILES that cannot be had', () => {
  const table = tableOf([
    ['DMSO', null, '1 h', 'x', '1', null],
    ['good', '1 uM', '1 h', 'x', '1', 'CCO'],
    ['other', '1 uM', '1 h', 'x', '1', 'CCN'],
    ['broken', '1 uM', '1 h', 'x', '1', 'C1CC'],
    ['none', '1 uM', '1 h', 'x', '1', '-666'],
  ]);
  it('are named and marked, not dropped', async () => {
    const made = await environmentDescriptors(table, spec);
    expect(column(made, 'smiles unreadable')).toEqual([0, 0, 0, 1, 0]);
    expect(column(made, 'smiles missing')).toEqual([0, 0, 0, 0, 1]);
    expect(made.missing.smiles).toEqual(['none']);
    expect(made.missing.unreadableSmiles).toEqual([{ id: 'broken', smiles: 'C1CC' }]);
    expect(made.sentences.join('\n')).toContain(
      "1 unreadable SMILES have a fingerprint of zeros: 'broken' (C1CC)",
    );
    const bits = made.columns.flatMap((name, k) => (name.startsWith('morgan:') ? [k] : []));
    expect(bits.length).toBeGreaterThan(0);
    for (const e of [0, 3, 4]) for (const k of bits) expect(made.values[e * made.columns.length + k]).toBe(0);
  });
  it('none at all is an error that shows them', async () => {
    await expect(environmentDescriptors(table.take([0, 3, 4]), spec)).rejects.toThrow(
      /no readable SMILES for any of the 2 training actions 'broken', 'none'; unreadable: 'broken' \(C1CC\)/,
    );
    const of = new Map([['goood', 'CCO']]);
    await expect(environmentDescriptors(table, { action: 'drug', smiles: { of } })).rejects.toThrow(
      /found SMILES of 'goood'/,
    );
  });
  it('an action with two SMILES has the first, and is named', async () => {
    const twice = tableOf([
      ['a', '1 uM', '1 h', 'x', '1', 'CCO'],
      ['a', '1 uM', '1 h', 'x', '1', 'CCN'],
    ]);
    const { sentences } = await environmentDescriptors(twice, spec);
    expect(sentences).toContain("1 actions have several SMILES, the first is taken: 'a'");
  });
});

describe('learned on training rows, applied to others', () => {
  it('training rows alone decide; the same rows get the same numbers among others', async () => {
    const few = await fitDescriptors(obs, [0, 1, 3], spec);
    const alone = await (await fitDescriptors(obs.take([0, 1, 3]), [0, 1, 2], spec)).encode(
      obs.take([0, 1, 3]),
    );
    const among = await few.encode(obs);
    expect(among.columns).toEqual(alone.columns);
    const width = alone.columns.length;
    expect([...among.values.subarray(0, 3 * width)]).toEqual([...alone.values]);
  });

  it('the unseen: a category, a molecule, a missing dose, another time', async () => {
    const encoder = await fitDescriptors(obs, [1, 3], {
      ...spec,
      control: null,
      smiles: { of: new Map([['ethanol', 'CCO']]) },
    });
    const asked = tableOf([
      ['ethanol', '10 µM', '24 h', 'VCAP', '54', null],
      ['benzene', '-666', '24 h', 'A375', '54', null],
      ['nothing', '1 nM', '24 h', 'A375', '54', null],
    ]);
    const made = await encoder.encode(asked, { smilesOf: new Map([['benzene', 'c1ccccc1']]) });
    expect(column(made, 'cell=A375')).toEqual([0, 1, 1]);
    expect(column(made, 'cell=MCF7')).toEqual([0, 0, 0]);
    expect(made.missing.unseen).toEqual({ cell: ['VCAP'] });
    expect(made.missing.smiles).toEqual(['nothing']);
    const said = made.sentences.join('\n');
    expect(said).toContain("'cell': 1 values not seen in training set no indicator: 'VCAP'");
    expect(said).toMatch(/\d+ of \d+ set bits are set in no training compound/);
    expect(said).toContain("'dose': 1 missing values became the mean, unmarked");
    expect(said).toContain(
      "no training compound was without a fingerprint, so none is marked here: 'nothing'",
    );
    // training doses 10 and 1 µM: 1 nM is log10(2), far below both
    expect(column(made, 'dose')[1]).toBe(0);
    expect(column(made, 'dose')[2]).toBeLessThan(-3);
  });

  it('SMILES of validation rows are known to the encoder, also from a table without them', async () => {
    const encoder = await fitDescriptors(obs, [0, 1, 3], spec);
    const { missing } = await encoder.encode(obs.without('smiles'));
    expect(missing.smiles).toEqual([]);
  });

  it('is saved as JSON and encodes the same, bit for bit', async () => {
    const encoder = await fitDescriptors(obs, allRows, spec);
    const again = DescriptorEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(await again.encode(obs)).toEqual(await encoder.encode(obs));
    expect(again.columns).toEqual(encoder.columns);
    expect(again.sentences).toEqual(encoder.sentences);
  });

  it('a damaged JSON is refused', async () => {
    const json = JSON.parse(JSON.stringify(await fitDescriptors(obs, allRows, spec)));
    for (const bad of [
      null,
      3,
      [],
      {},
      { ...json, version: 2 },
      ...Object.keys(json).map((key) => ({ ...json, [key]: 7 })),
    ]) {
      expect(() => DescriptorEncoder.fromJSON(bad)).toThrow(FormatError);
    }
    const bits = { ...json, molecules: { ...json.molecules, kept: [1e9] } };
    expect(() => DescriptorEncoder.fromJSON(bits)).toThrow(/molecules/);
    expect(() => DescriptorEncoder.fromJSON({ ...json, numbers: json.numbers.slice(1) })).toThrow(/numbers/);
  });

  it('an empty table has no environments', async () => {
    const made = await (await fitDescriptors(obs, allRows, spec)).encode(obs.take([]));
    expect([made.environments.length, made.values.length, made.of.length]).toEqual([0, 0, 0]);
  });
});

describe('refused', () => {
  const learn = (changes: object, rows: number[] = allRows, table = obs) =>
    fitDescriptors(table, rows, { ...spec, ...changes });
  it('columns that are not there, with the nearest', async () => {
    await expect(learn({ categories: ['cel'] })).rejects.toThrow(
      /column 'cel' not in obs.*did you mean 'cell'/,
    );
    await expect(learn({ dose: { column: 'doses' } })).rejects.toThrow(ColumnError);
    await expect(learn({ smiles: { column: 'smile' } })).rejects.toThrow(ColumnError);
    await expect(learn({ smiles: {} })).rejects.toThrow(OptionError);
    await expect(learn({ categories: ['cell', 'cell'] })).rejects.toThrow(OptionError);
  });
  it('text among numbers, infinities, rows without an action or out of range, none', async () => {
    await expect(learn({ numeric: ['drug'] })).rejects.toThrow(
      /'drug' is not numeric: found 'DMSO', 'ethanol'/,
    );
    const infinite = obs.with('age', numeric(Float64Array.of(1, 2, 3, Number.POSITIVE_INFINITY, 5)));
    await expect(learn({}, allRows, infinite)).rejects.toThrow(/not numeric: found 'Infinity'/);
    const holes = obs.with('drug', strings(['a', null, '', 'b', 'c']));
    await expect(learn({}, allRows, holes)).rejects.toThrow(/2 of 5 rows have no action/);
    await expect(learn({}, [5])).rejects.toThrow(OptionError);
    await expect(learn({}, [])).rejects.toThrow(/no training rows/);
  });
  it('a control that is none, or several', async () => {
    await expect(learn({ control: 'DMS0' })).rejects.toThrow(/did you mean 'DMSO'/);
    const two = obs.with('drug', strings(['DMSO', 'vehicle', 'a', 'b', 'c']));
    await expect(learn({}, allRows, two)).rejects.toThrow(RoleError);
  });
  it('two columns of one name, bits that are none, more than fits', async () => {
    const dose = obs.with('dose missing', numeric(Float64Array.of(1, 2, 3, 4, 5)));
    await expect(learn({ numeric: ['dose missing'] }, allRows, dose)).rejects.toThrow(
      /would be called 'dose missing'/,
    );
    await expect(learn({ smiles: { column: 'smiles', bits: 3 } })).rejects.toThrow(OptionError);
    const encoder = await learn({ smiles: { column: 'smiles', bits: 2 ** 18, allBits: true } });
    const many = new Table(
      Array.from({ length: 1100 }, (_, i) => `r${i}`),
      header.map((name) => [
        name,
        strings(Array.from({ length: 1100 }, (_, i) => (name === 'drug' ? `d${i}` : null))),
      ]),
    );
    await expect(encoder.encode(many)).rejects.toThrow(DataError);
  });
});

const reference = join(process.env.MECHANIST_SHARED ?? '../shared', 'reference', 'morgan_expected.json');
describe.skipIf(!existsSync(reference))('bits of RDKit in Python', () => {
  it.each([0, 2, 4])('radius %s, 1024 bits', async (radius) => {
    const { compounds } = JSON.parse(readFileSync(reference, 'utf8')) as {
      compounds: ({ pert_id: string; smiles: string } & Record<string, number[]>)[];
    };
    const screen = new Table(
      compounds.map((_, i) => `r${i}`),
      [['pert_id', strings(compounds.map((compound) => compound.pert_id))]],
    );
    const of = new Map(compounds.map((compound) => [compound.pert_id, compound.smiles]));
    const made = await environmentDescriptors(screen, {
      action: 'pert_id',
      smiles: { of, radius, allBits: true },
    });
    compounds.forEach((compound, e) => {
      const row = made.values.subarray(e * 1025 + 1, (e + 1) * 1025);
      const on = [...row.keys()].filter((bit) => row[bit] === 1);
      expect(on).toEqual(compound[`morgan_r${radius}_1024_onbits`]);
    });
  });
});
