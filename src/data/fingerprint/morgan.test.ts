/** Bits against RDKit's own (2022.09, Python), and texts that are no molecules. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../errors.js';
import { morganFingerprints } from './morgan.js';

const file = join(process.env.MECHANIST_SHARED ?? '../shared', 'reference', 'morgan_expected.json');

describe.skipIf(!existsSync(file))('bits of RDKit in Python', () => {
  const { compounds, tanimoto_r2: tanimoto } = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as {
        compounds: ({ smiles: string } & Record<string, number[]>)[];
        tanimoto_r2: number[][];
      })
    : { compounds: [], tanimoto_r2: [] };

  it.each([0, 1, 2, 4])('radius %s', async (radius) => {
    const fingerprintOf = morganFingerprints({ radius, bits: 1024 });
    for (const compound of compounds) {
      expect(await fingerprintOf(compound.smiles)).toEqual(compound[`morgan_r${radius}_1024_onbits`]);
    }
  });

  it('similarities', async () => {
    const fingerprintOf = morganFingerprints();
    const sets: Set<number>[] = [];
    for (const { smiles } of compounds) sets.push(new Set(await fingerprintOf(smiles)));
    sets.forEach((a, i) => {
      sets.forEach((b, j) => {
        const common = [...a].filter((bit) => b.has(bit)).length;
        expect(common / (a.size + b.size - common)).toBeCloseTo(tanimoto[i][j], 5);
      });
    });
  });
});

describe('texts', () => {
  const fingerprintOf = morganFingerprints();

  it.each([
    ['nothing', ''],
    ['blanks', ' \t '],
    ['a word', 'nan'],
    ['an open ring', 'C1CC'],
    ['five bonds of carbon', 'C(C)(C)(C)(C)C'],
    ['an unknown element', '[Xx]'],
    ['brackets', '('.repeat(4000)],
    ['a chain that brings RDKit down', 'C'.repeat(3000)],
    ['more than is read', 'C'.repeat(5001)],
    ['JSON', '{"commonchem":{"version":10}}'],
    ['a NUL', 'C\0C'],
    ['letters of other alphabets', 'éß'],
  ])('%s: no molecule', async (_, text) => {
    expect(await fingerprintOf(text)).toBeNull();
  });

  it('a molecule is read after one that brought RDKit down', async () => {
    const before = await fingerprintOf('CCO');
    expect(await fingerprintOf('C'.repeat(3000))).toBeNull();
    expect(await fingerprintOf('CCO')).toEqual(before);
    expect(before).not.toBeNull();
  });

  it('nor does it matter to those that are asked for at the same time', async () => {
    const chain = 'C'.repeat(3000);
    const texts = ['CCO', chain, 'CCO', chain, 'CC'];
    const made = await Promise.all(texts.map(fingerprintOf));
    expect(made.map((bits) => bits?.length ?? null)).toEqual([6, null, 6, null, 2]);
  });

  it('spaces around and a name behind do not count, nor how it is written', async () => {
    const ethanol = await fingerprintOf('CCO');
    for (const text of ['  CCO', 'CCO ethanol', 'OCC', 'C(O)C']) {
      expect(await fingerprintOf(text)).toEqual(ethanol);
    }
  });
});

it('fewer bits fold the same environments', async () => {
  const long = await morganFingerprints({ bits: 2048 })('CC(=O)Oc1ccccc1C(=O)O');
  const short = await morganFingerprints({ bits: 64 })('CC(=O)Oc1ccccc1C(=O)O');
  // folding is the remainder: bits of 64 are those of 2048 modulo 64
  expect(short).toEqual([...new Set(long!.map((bit) => bit % 64))].sort((a, b) => a - b));
});

it.each([{ radius: -1 }, { radius: 1.5 }, { radius: 21 }, { bits: 7 }, { bits: 1e9 }, { bits: Number.NaN }])(
  'refuses %j',
  (options) => {
    expect(() => morganFingerprints(options)).toThrow(OptionError);
  },
);
