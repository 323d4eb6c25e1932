import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PerturbationData } from '../../data/perturbation-data.js';
import { categorical, numeric, Table } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { createHdf5 } from '../hdf5/hdf5.node.js';
import type { Hdf5Writer } from '../hdf5/index.js';
import { h5ad } from './h5ad.node.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** An AnnData file of 2 cells and 1 gene that lacks the parts named, which `damage` writes in its own way. */
async function faulty(damage: (file: Hdf5Writer) => void, ...leaveOut: string[]): Promise<string> {
  const path = at('faulty.h5ad');
  const file = await createHdf5(path);
  const table = (key: string, names: string[]) => {
    file.group(key);
    file.attr(key, 'encoding-type', 'dataframe');
    file.attr(key, '_index', '_index');
    file.strings(`${key}/_index`, names);
  };
  if (!leaveOut.includes('obs')) table('obs', ['a', 'b']);
  if (!leaveOut.includes('var')) table('var', ['g']);
  if (!leaveOut.includes('X')) file.numbers('X', Float32Array.of(1, 2), { shape: [2, 1] });
  damage(file);
  file.close();
  return path;
}

const sparseX = (file: Hdf5Writer, indptr: number[], indices: number[], values: number[], shape = [2, 1]) => {
  file.group('X');
  file.attr('X', 'encoding-type', 'csr_matrix');
  file.attr('X', 'shape', Int32Array.from(shape));
  file.numbers('X/indptr', Int32Array.from(indptr));
  file.numbers('X/indices', Int32Array.from(indices));
  file.numbers('X/data', Float32Array.from(values));
};
const category = (file: Hdf5Writer, codes: number[], key = 'obs/kind') => {
  file.group(key);
  file.attr(key, 'encoding-type', 'categorical');
  file.numbers(`${key}/codes`, Int8Array.from(codes));
  file.strings(`${key}/categories`, ['x', 'y']);
};

describe('faults with a name', () => {
  const cases: [string, (file: Hdf5Writer) => void, RegExp, ...string[]][] = [
    ['no obs', () => {}, /not an AnnData file: it has no 'obs'/, 'obs'],
    ['no var', () => {}, /not an AnnData file: it has no 'var'/, 'var'],
    [
      'obs is a list of numbers',
      (f) => f.numbers('obs', Float32Array.of(1, 2)),
      /\/obs: a table was expected/,
      'obs',
    ],
    ['obs without index', (f) => f.group('obs'), /\/obs: has no index '_index'/, 'obs'],
    ['a column is missing', (f) => f.attr('obs', 'column-order', ['gone']), /has no column 'gone'/],
    [
      'a column too short',
      (f) => f.numbers('obs/x', Float32Array.of(1)),
      /\/obs\/x: has 1 entries, the table has 2 rows/,
    ],
    [
      'X of another size',
      (f) => f.numbers('X', new Float32Array(3), { shape: [3, 1] }),
      /\/X: is 3 × 1, 2 × 1 was expected/,
      'X',
    ],
    ['X is text', (f) => f.strings('X', ['a', 'b']), /\/X: a matrix was expected/, 'X'],
    ['X is an empty group', (f) => f.group('X'), /\/X: a matrix was expected/, 'X'],
    [
      'pointers beyond the values',
      (f) => sparseX(f, [0, 1, 9], [0, 0], [1, 2]),
      /indptr: must rise from 0 to the number of values, 2/,
      'X',
    ],
    ['pointers that fall', (f) => sparseX(f, [0, 3, 2], [0, 0], [1, 2]), /must rise/, 'X'],
    ['too few pointers', (f) => sparseX(f, [0, 2], [0, 0], [1, 2]), /has 2 entries, 3 were expected/, 'X'],
    [
      'an index too large',
      (f) => sparseX(f, [0, 1, 2], [0, 1], [1, 2]),
      /indices: 1 is not among 0 … 0/,
      'X',
    ],
    ['an index below zero', (f) => sparseX(f, [0, 1, 2], [0, -1], [1, 2]), /indices: -1 is not among/, 'X'],
    [
      'fewer values than indices',
      (f) => sparseX(f, [0, 1, 2], [0, 0], [1]),
      /has 1 values and 2 indices/,
      'X',
    ],
    ['a negative shape', (f) => sparseX(f, [0, 1, 2], [0, 0], [1, 2], [-2, 1]), /no usable 'shape'/, 'X'],
    [
      'a sparse part is missing',
      (f) => {
        f.group('X');
        f.attr('X', 'encoding-type', 'csr_matrix');
        f.attr('X', 'shape', Int32Array.of(2, 1));
      },
      /has no dataset 'indptr'/,
      'X',
    ],
    ['a code without category', (f) => category(f, [0, 2]), /codes do not fit the 2 categories/],
    ['too many codes', (f) => category(f, [0, 1, 1]), /has 3 entries, the table has 2 rows/],
    [
      'a layer of another size',
      (f) => f.numbers('layers/l', new Float32Array(2), { shape: [1, 2] }),
      /\/layers\/l: is 1 × 2, 2 × 1/,
    ],
    [
      'obsm of another length',
      (f) => f.numbers('obsm/m', new Float32Array(3), { shape: [3, 1] }),
      /\/obsm\/m: is 3 × 1/,
    ],
    [
      'obsp that is not square',
      (f) => f.numbers('obsp/p', new Float32Array(2), { shape: [2, 1] }),
      /\/obsp\/p: is 2 × 1, 2 × 2/,
    ],
  ];
  it.each(cases)('%s', async (_, damage, message, ...leaveOut) => {
    const path = await faulty(damage, ...leaveOut);
    const error: unknown = await h5ad.read(path).catch((reason) => reason);
    expect(error).toMatchObject({ tag: 'FormatError', exitCode: 2 });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(path);
  });

  it('groups within groups without end', async () => {
    const deep = await faulty((file) => file.group(`uns/${Array(60).fill('d').join('/')}`));
    await expect(h5ad.read(deep)).rejects.toThrow(/nested more than 32 deep/);
  });
});

describe('bytes changed at random', () => {
  let good: Buffer;
  beforeAll(async () => {
    const data = new PerturbationData({
      X: {
        kind: 'csr',
        nRows: 3,
        nCols: 2,
        indptr: Int32Array.of(0, 1, 2, 3),
        indices: Int32Array.of(0, 1, 0),
        values: Float32Array.of(1, 2, 3),
      },
      obs: new Table(
        ['a', 'b', 'c'],
        [
          ['k', categorical(['x', 'y', null])],
          ['n', numeric(Float64Array.of(1, 2, 3))],
        ],
      ),
      var: new Table(['g', 'h']),
      obsm: [['e', { kind: 'dense', nRows: 3, nCols: 2, values: new Float64Array(6) }]],
      uns: [
        [
          'd',
          new Map([
            ['s', 'text'],
            ['t', 'more'],
          ]),
        ],
      ],
    });
    await h5ad.write(at('good.h5ad'), data, { gzip: 1 });
    good = readFileSync(at('good.h5ad'));
  });

  /** mulberry32 */
  const random = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const outcome = async (bytes: Uint8Array) => {
    writeFileSync(at('changed.h5ad'), bytes);
    return h5ad.read(at('changed.h5ad')).then(
      () => 'read',
      (error) => (isMechanistError(error) ? error.tag : `foreign: ${(error as Error).stack}`),
    );
  };

  it('are read or refused, 100 files', async () => {
    const next = random(7);
    for (let run = 0; run < 100; run++) {
      const bytes = Uint8Array.from(good);
      for (let k = 0; k < 1 + next() * 6; k++)
        bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      expect(await outcome(bytes), `seed 7, run ${run}`).toMatch(
        /^(read|FormatError|FileError|DataError|ShapeError)$/,
      );
    }
  });

  it('a file cut off is refused, wherever', async () => {
    for (let part = 0; part < 20; part++) {
      expect(await outcome(good.subarray(0, Math.floor((good.length * part) / 20)))).toBe('FormatError');
    }
  });

  it('wrong magic', async () => {
    const bytes = Uint8Array.from(good);
    bytes[1] = 0;
    expect(await outcome(bytes)).toBe('FormatError');
    expect(
      h5ad.matches({ path: 'x.h5ad', isDirectory: false, head: bytes, gzipped: false, entries: [] }),
    ).toBe(false);
  });
});
