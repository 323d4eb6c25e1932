/** Gene sets as they should be, and files that are not what they seem. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGmt } from './gmt.js';
import { readGmt } from './gmt.node.js';

const genesOf = (text: string) => parseGmt(text).sets.map(({ name, genes }) => [name, genes]);

describe('GMT text', () => {
  it('is a set a line', () => {
    const { sets, notes } = parseGmt('HYPOXIA\thttp://a.b/c\tVEGFA\tCA9\nEMT\t\tVIM\n');
    expect(sets).toEqual([
      { name: 'HYPOXIA', description: 'http://a.b/c', genes: ['VEGFA', 'CA9'] },
      { name: 'EMT', description: '', genes: ['VIM'] },
    ]);
    expect(notes).toEqual([]);
  });

  it('may end its lines as any system does, have a byte order mark, empty lines and tabs at the end', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = `\uFEFFa\td\tx\ty\t\t${end}${end}   ${end}b\td\t z ${end}`;
      expect(genesOf(text)).toEqual([
        ['a', ['x', 'y']],
        ['b', ['z']],
      ]);
    }
  });

  it('may repeat genes and sets, and hold sets of none', () => {
    const { sets, notes } = parseGmt('a\td\tx\ty\tx\nb\td\na\tother\tz\tx\nc\t\t\t');
    expect(sets.map(({ name, genes }) => [name, genes])).toEqual([
      ['a', ['x', 'y', 'z']],
      ['b', []],
      ['c', []],
    ]);
    expect(sets[0].description).toBe('d');
    expect(notes).toEqual(["sets on several lines were put together: 'a'", "sets without genes: 'b', 'c'"]);
    expect(parseGmt('a\td\na\td\tx').notes).toEqual(["sets on several lines were put together: 'a'"]);
  });

  it('may come from Enrichr, with weights', () => {
    const { sets, notes } = parseGmt('WNT\t\tCTNNB1,1.0\tLEF1,0.5\tHLA-A\tODD,NAME');
    expect(sets[0].genes).toEqual(['CTNNB1', 'LEF1', 'HLA-A', 'ODD,NAME']);
    expect(notes).toEqual(['weights of 2 genes were left out']);
  });

  it('keeps names that are properties of objects', () => {
    expect(genesOf('__proto__\td\tconstructor\ntoString\td\t__proto__')).toEqual([
      ['__proto__', ['constructor']],
      ['toString', ['__proto__']],
    ]);
  });

  it.each([
    ['nothing', '', /no gene sets/],
    ['empty lines', '\n\r\n  \n', /no gene sets/],
    ['one column', 'a\td\tx\nTP53\nMYC\n', /line 2.*no tab/],
    ['commas', 'gene,set\nTP53,a\n', /line 1.*no tab/],
    ['no name', '\td\tx\n', /line 1.*without a name/],
    ['bytes', 'a\td\tx\nb\0\td\tx', /line 2.*NUL/],
  ])('of %s is refused', (_what, text, message) => {
    expect(() => parseGmt(text, 'sets.gmt')).toThrow(message);
    expect(() => parseGmt(text, 'sets.gmt')).toThrow(/^sets\.gmt/);
  });

  it('is read or refused, whatever it is, and comes back as it was written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseGmt(text).sets.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ tag: 'FormatError' });
        }
      }),
    );
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,6}$/);
    const sets = fc.uniqueArray(fc.tuple(word, word, fc.uniqueArray(word, { minLength: 1 })), {
      minLength: 1,
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(sets, (some) => {
        const text = some.map(([name, about, genes]) => [name, about, ...genes].join('\t')).join('\n');
        expect(genesOf(text)).toEqual(some.map(([name, , genes]) => [name, genes]));
      }),
    );
  });
});

describe('GMT files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mechanist-gmt-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const fileOf = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it('are read plain, gzipped whatever their name, and in Latin-1', async () => {
    const text = 'a\td\tx\nb\td\ty\n';
    const plain = await readGmt(await fileOf('plain.gmt', text));
    expect(plain.sets).toHaveLength(2);
    expect(await readGmt(await fileOf('zipped.gmt', gzipSync(text)))).toEqual(plain);
    const latin = await readGmt(await fileOf('latin.gmt', Uint8Array.of(0xb5, 9, 100, 9, 120)));
    expect(latin.sets[0].name).toBe('µ');
    expect(latin.notes[0]).toContain('Latin-1');
  });

  it.each([
    ['empty', new Uint8Array(), 'FormatError'],
    ['cut', gzipSync('a\td\tx\n'.repeat(1000)).subarray(0, 40), 'FormatError'],
    ['zeros', new Uint8Array(5000), 'FormatError'],
    ['a bomb', gzipSync(new Uint8Array(300 * 2 ** 20), { level: 1 }), 'FileError'],
  ])('that are %s are refused', async (name, bytes, tag) => {
    const path = await fileOf(name, bytes);
    await expect(readGmt(path)).rejects.toMatchObject({ tag });
  });

  it('that are not there, or folders, are said to be', async () => {
    await expect(readGmt(join(folder, 'lost.gmt'))).rejects.toMatchObject({ tag: 'FileError' });
    await expect(readGmt(folder)).rejects.toMatchObject({ tag: 'FileError' });
  });
});
