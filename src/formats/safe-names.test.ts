import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeColumn, safeKey } from './safe-names.js';

const hostile = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '/',
    '../..',
    'a/../b',
    '/a',
    'a//b',
    'a\0b',
    'zarr.json',
    'a/ZARR.JSON',
    '_',
  ),
  fc.string({ maxLength: 5 }),
);
const leadsAstray = (part: string) =>
  part === '' || part === '.' || part === '..' || part.toLowerCase() === 'zarr.json' || part.includes('\0');

describe('names in a file', () => {
  it('stay what they are where they can', () => {
    for (const key of ['drug', 'µM', 'a.b', '...x', 'c', 'zarr']) expect(safeKey(key, new Set())).toBe(key);
    expect(safeColumn('a/b', new Set(), ['a/b'])).toBe('a/b');
  });
  it('are replaced where they cannot be names, and where they are taken', () => {
    expect(['a/b', '', '.', '..', 'zarr.json'].map((key) => safeKey(key, new Set()))).toEqual([
      'a_b',
      '_',
      '_',
      '_',
      '_zarrjson',
    ]);
    expect(safeKey('x', new Set(['x', 'x_']))).toBe('x__');
    expect(safeColumn('a/b', new Set(), ['a', 'a/b'])).toBe('a_b');
    expect(safeColumn('../b', new Set(), ['../b'])).toBe('.._b');
  });
  it('never lead out of the file, and never meet', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostile), (keys) => {
        const taken = new Set<string>();
        const safe = keys.map((key) => safeKey(key, taken));
        expect(new Set(safe).size).toBe(keys.length);
        expect(safe.filter((key) => key.includes('/') || leadsAstray(key))).toEqual([]);
        const columns = keys.map((key) => safeColumn(key, new Set(), keys));
        expect(columns.flatMap((key) => key.split('/')).filter(leadsAstray)).toEqual([]);
      }),
    );
  });
});
