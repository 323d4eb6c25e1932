import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ColumnError, DataError, FileError } from '../errors.js';
import { loadScreen, type ScreenRequest } from './load-screen.node.js';

const folder = mkdtempSync(join(tmpdir(), 'side-'));
afterAll(() => rmSync(folder, { recursive: true }));
let nth = 0;
const file = (text: string): string => {
  const path = join(folder, `${nth++}.csv`);
  writeFileSync(path, text);
  return path;
};
const screen = file(
  'cell_line,perturbation,smiles,GENE1,GENE2,GENE3\n' +
    ['A', 'B']
      .flatMap((cell) =>
        [
          ['DMSO', ''],
          ['ethane', 'CC'],
          ['ethanol', 'CCO'],
          ['unknown', 'C1C'],
        ].map(([action, smiles], k) => `${cell},${action},${smiles},${k + 1},${2 * k},${k * k}`),
      )
      .join('\n'),
);
const load = (request: Omit<ScreenRequest, 'path'>) => loadScreen({ path: screen, ...request });

describe('--smiles', () => {
  it.each([
    ['a column of obs', () => 'smiles'],
    ['a table', () => file('drug,SMILES\nethane,CC\nethanol,CCO\nunknown,C1C\n')],
    [
      'a table of which the columns are named',
      () => `${file('x,drug,s\nq,ethane,CC\nq,ethanol,CCO\nq,unknown,C1C\n')}:drug:s`,
    ],
    ['a table without names', () => file('ethane,CC\nethanol,CCO\nunknown,C1C\n')],
  ])('%s', async (_, smiles) => {
    const { tensor, sentences } = await load({ smiles: smiles() });
    const { columns, values, known } = tensor.features!.actions!;
    expect(tensor.actions).toEqual(['DMSO', 'ethane', 'ethanol', 'unknown']);
    expect([...known]).toEqual([0, 1, 1, 0]);
    expect(columns).toHaveLength(1024);
    const on = (action: number) =>
      columns.flatMap((column, k) => (values[action * 1024 + k] === 1 ? [column] : []));
    expect(on(0)).toEqual([]);
    expect(on(1)).toEqual(['morgan:33', 'morgan:251']);
    expect(sentences).toContain("1 unreadable SMILES, left out: 'unknown' (C1C)");
    expect(sentences).toContain("Morgan fingerprints for 2 of 3 actions; none for 'unknown'");
  });

  it('refuses what is neither a column nor a file, a column that is not there, and SMILES of other actions', async () => {
    await expect(load({ smiles: 'smile' })).rejects.toThrow(ColumnError);
    await expect(load({ smiles: 'nowhere/compounds.csv' })).rejects.toThrow(FileError);
    const table = file('drug,s\nethane,CC\n');
    await expect(load({ smiles: `${table}:drugs:s` })).rejects.toThrow(/did you mean 'drug'/);
    await expect(load({ smiles: file('drug,smiles\nmethane,C\n') })).rejects.toThrow(DataError);
    await expect(load({ smiles: file('drug,weight\nethane,30\n') })).rejects.toThrow(/no column of SMILES/);
  });
});

describe('tables of features', () => {
  it('numbers as they are, text as indicators, missing values filled and marked', async () => {
    const table = file(
      'n,name,weight,class,note,empty\n1,ethane,30,gas,a,\n2,ethanol,,liquid,b,NA\n3,unknown,50,gas,c,\n4,other,1,x,d,\n',
    );
    const { tensor, sentences } = await load({ actionFeatures: table });
    const { columns, values, known } = tensor.features!.actions!;
    expect(columns).toEqual(['n', 'weight', 'weight missing', 'class=gas', 'class=liquid']);
    expect([...known]).toEqual([0, 1, 1, 1]);
    const rows = [0, 1, 2, 3].map((i) => [...values.subarray(i * 5, i * 5 + 5)]);
    expect(rows).toEqual([
      [0, 0, 0, 0, 0],
      [1, 30, 0, 1, 0],
      [2, 40, 1, 0, 1],
      [3, 50, 0, 1, 0],
    ]);
    const said = sentences.join('\n');
    expect(said).toContain('5 features of');
    expect(said).toContain('for 3 of 3 actions');
    expect(said).toContain("'weight': 1 missing values became the mean");
    expect(said).toContain("'note' is another text for every name");
    expect(said).toContain("'empty' has no value");
  });

  it('contexts, with a column of names wherever it stands', async () => {
    const { tensor, sentences } = await load({ contextFeatures: file('tissue,line\nlung,B\nskin,C\n') });
    const { columns, known } = tensor.features!.contexts!;
    expect([columns, [...known]]).toEqual([['tissue=lung'], [0, 1]]);
    expect(sentences.join()).toContain("for 1 of 2 contexts; none for 'A'");
    expect(tensor.features!.actions).toBeUndefined();
  });

  it('what mechanist fingerprint wrote is read as bits, beside SMILES', async () => {
    const bits = file('id,on_bits\nethane,33 251\nethanol,33 7\nunknown,\n');
    const { tensor } = await load({ actionFeatures: bits });
    const { columns, values } = tensor.features!.actions!;
    expect(columns).toEqual(['morgan:7', 'morgan:33', 'morgan:251']);
    expect([...values.subarray(3)]).toEqual([0, 1, 1, 1, 1, 0, 0, 0, 0]);
    const both = await load({ actionFeatures: bits, smiles: 'smiles' });
    const { columns: all, known } = both.tensor.features!.actions!;
    expect(all).toHaveLength(1027);
    expect([...known]).toEqual([0, 1, 1, 0]);
  });

  it('leaves out text of very many values', async () => {
    const { featureColumns } = await import('./feature-columns.js');
    const rows = Array.from({ length: 500 }, (_, i) => [`n${i}`, `v${i % 250}`, String(i)]);
    const { columns, sentences } = featureColumns(['name', 'remark', 'x'], rows, 0);
    expect(columns).toEqual(['x']);
    expect(sentences).toEqual(["'remark' is text of 250 values and is left out"]);
  });

  it('refuses a table of other names, and one that says nothing', async () => {
    await expect(load({ contextFeatures: file('line,x\nC,1\n') })).rejects.toThrow(
      /no column has names of contexts/,
    );
    await expect(load({ actionFeatures: file('name\nethane\n') })).rejects.toThrow(/tells actions apart/);
  });

  it('takes the first of repeated rows, and says so', async () => {
    const { tensor, sentences } = await load({
      actionFeatures: file('name,x\nethane,1\nethane,2\nethanol,3\n'),
    });
    expect(tensor.features!.actions!.values[1]).toBe(1);
    expect(sentences.join()).toContain('1 repeated names');
  });
});
