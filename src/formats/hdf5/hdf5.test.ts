import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createHdf5, openHdf5 } from './hdf5.node.js';
import { type Hdf5Array, isHdf5, mentions } from './index.js';
import { acquire, release } from './instance.node.js';
import { pieces, product } from './pieces.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-hdf5-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const PYTHON = '/usr/bin/python3';
const hasH5py = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import h5py'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const python = (script: string, ...args: string[]) =>
  execFileSync(PYTHON, ['-W', 'ignore', '-c', `import sys, json, h5py, numpy as np\n${script}`, ...args], {
    encoding: 'utf8',
  });

describe('writing and reading back', () => {
  it('numbers of every type, shape and filter', async () => {
    const path = at('numbers.h5');
    const arrays = [
      Int8Array.of(-128, 127),
      Uint8Array.of(0, 255),
      Int16Array.of(-32768, 32767),
      Uint16Array.of(0, 65535),
      Int32Array.of(-2147483648, 2147483647),
      Uint32Array.of(0, 4294967295),
      Float32Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY),
      Float64Array.of(0.1, Number.MIN_VALUE),
      new Float32Array(),
    ];
    const file = await createHdf5(path);
    arrays.forEach((values, i) => {
      file.numbers(`plain/${i}`, values);
      file.numbers(`packed/${i}`, values, { gzip: 4 });
    });
    file.numbers('scalar', Float64Array.of(2.5), { shape: [] });
    file.close();
    const read = await openHdf5(path);
    arrays.forEach((values, i) => {
      expect(read.root.dataset(`plain/${i}`).numbers()).toStrictEqual(values);
      expect(read.root.dataset(`packed/${i}`).numbers()).toStrictEqual(values);
    });
    expect(read.root.dataset('packed/0').filters.map(({ id }) => id)).toEqual([1]);
    expect(read.root.dataset('scalar').read()).toMatchObject({ shape: [], values: Float64Array.of(2.5) });
    read.close();
  });

  it('64-bit integers become 32-bit ones or doubles, and are refused beyond 2^53', async () => {
    const path = at('wide.h5');
    const file = await createHdf5(path);
    file.numbers('small', BigInt64Array.of(-5n, 5n));
    file.numbers('unsigned', BigUint64Array.of(0n, 4294967295n));
    file.numbers('large', BigInt64Array.of(-1n, 9007199254740991n));
    file.numbers('beyond', BigInt64Array.of(9007199254740992n));
    file.close();
    const read = await openHdf5(path);
    const { root } = read;
    expect(root.dataset('small').numbers()).toStrictEqual(Int32Array.of(-5, 5));
    expect(root.dataset('unsigned').numbers()).toStrictEqual(Uint32Array.of(0, 4294967295));
    expect(root.dataset('large').numbers()).toStrictEqual(Float64Array.of(-1, 9007199254740991));
    expect(() => root.dataset('beyond').numbers()).toThrow(/beyond 2\^53/);
    read.close();
  });

  it('any text without NUL, and says so when there is one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), async (texts) => {
        fc.pre(texts.every((text) => !text.includes('\0')));
        const path = at('text.h5');
        const file = await createHdf5(path);
        file.strings('t', texts);
        file.attr('t', 'copy', texts.slice(0, 100));
        file.close();
        const read = await openHdf5(path);
        expect(read.root.dataset('t').strings()).toEqual(texts);
        expect(read.root.dataset('t').attr('copy')).toEqual(texts.slice(0, 100));
        read.close();
      }),
      { numRuns: 40 },
    );
    const file = await createHdf5(at('nul.h5'));
    expect(() => file.strings('t', ['a', 'b\0c'])).toThrow(/text 1 has a NUL/);
    file.abort();
  });

  it('attributes of every kind', async () => {
    const path = at('attributes.h5');
    const values = {
      s: 'ü',
      i: 3,
      f: 0.5,
      t: true,
      n: false,
      list: ['a', ''],
      none: [],
      d: Float64Array.of(1, 2),
    };
    const file = await createHdf5(path);
    file.group('g/h');
    for (const [name, value] of Object.entries(values)) {
      file.attr('', name, value);
      file.attr('g/h', name, value);
    }
    file.close();
    const read = await openHdf5(path);
    for (const node of [read.root, read.root.group('g/h')]) {
      for (const [name, value] of Object.entries(values)) expect(node.attr(name)).toEqual(value);
      expect(node.attrNames().sort()).toEqual(Object.keys(values).sort());
      expect(node.attr('absent')).toBeUndefined();
    }
    read.close();
  });

  it('slices equal the same part of the whole', async () => {
    const path = at('slices.h5');
    const [nRows, nCols] = [37, 11];
    const values = Float64Array.from({ length: nRows * nCols }, (_, i) => i);
    const file = await createHdf5(path);
    file.numbers('plain', values, { shape: [nRows, nCols] });
    file.numbers('chunked', values, { shape: [nRows, nCols], chunks: [5, 4], gzip: 1 });
    file.close();
    const read = await openHdf5(path);
    const range = (most: number) =>
      fc.tuple(fc.nat(most), fc.nat(most)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(range(nRows), range(nCols), (rows, columns) => {
        const expected = [];
        for (let i = rows[0]; i < rows[1]; i++) {
          for (let j = columns[0]; j < columns[1]; j++) expected.push(i * nCols + j);
        }
        for (const name of ['plain', 'chunked']) {
          expect(Array.from(read.root.dataset(name).numbers({ rows, columns }))).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
    expect(() => read.root.dataset('plain').numbers({ rows: [0, 38] })).toThrow(/rows 0 to 38.*there are 37/);
    read.close();
  });

  it('rows appended in blocks of any size', async () => {
    const [nRows, nCols] = [5000, 97];
    for (const blockRows of [1, 7, 1024, 5000]) {
      const path = at('rows.h5');
      const file = await createHdf5(path);
      const rows = file.rows('deep/X', {
        nRows,
        nCols,
        dtype: 'float32',
        gzip: blockRows === 7 ? 1 : undefined,
      });
      for (let start = 0; start < nRows; start += blockRows) {
        const n = Math.min(blockRows, nRows - start);
        rows.append(Float32Array.from({ length: n * nCols }, (_, i) => start * nCols + i));
      }
      rows.finish();
      file.close();
      const read = await openHdf5(path);
      const values = read.root.dataset('deep/X').numbers();
      expect(values.length).toBe(nRows * nCols);
      expect(values.findIndex((value, i) => value !== i)).toBe(-1);
      read.close();
    }
    const file = await createHdf5(at('rows.h5'));
    const rows = file.rows('X', { nRows: 2, nCols: 3, dtype: 'float64' });
    rows.append(new Float64Array(3));
    expect(() => rows.finish()).toThrow(/expected 2 rows, found 1/);
    expect(() => rows.append(new Float64Array(6))).toThrow(/expected 2 rows, found 3/);
    expect(() => rows.append(new Float64Array(4))).toThrow(/rows of 3 values/);
    file.abort();
  });

  it.skipIf(!hasH5py)('truth values are bool for h5py, wherever they stand', async () => {
    const path = at('truth.h5');
    const file = await createHdf5(path);
    const values = Uint8Array.of(1, 0, 1);
    // many objects, so that headers and their continuations lie all over the file
    for (let i = 0; i < 50; i++) {
      file.booleans(`g${i}/plain`, values);
      for (let k = 0; k < i % 7; k++) file.attr(`g${i}/plain`, `note${k}`, 'x'.repeat(k * 20));
      file.attr(`g${i}/plain`, 'ordered', i % 2 === 0);
      file.attr(`g${i}`, 'a name that is rather long', i % 2 === 1);
    }
    file.booleans('packed', values, { gzip: 4 });
    file.booleans('scalar', Uint8Array.of(1), { shape: [] });
    file.booleans('none', new Uint8Array());
    file.booleans('square', Uint8Array.of(1, 0, 0, 1), { shape: [2, 2] });
    file.close();
    const seen = JSON.parse(
      python(
        `f = h5py.File(sys.argv[1])
out = {n: [str(f[n].dtype), np.asarray(f[n][()]).tolist()] for n in ('packed', 'scalar', 'none', 'square')}
out['ok'] = all(f[f'g{i}/plain'].dtype == bool and f[f'g{i}/plain'][()].tolist() == [True, False, True]
  and f[f'g{i}/plain'].attrs['ordered'].dtype == bool and bool(f[f'g{i}/plain'].attrs['ordered']) == (i % 2 == 0)
  and bool(f[f'g{i}'].attrs['a name that is rather long']) == (i % 2 == 1)
  and 'boolean' not in f[f'g{i}/plain'].attrs for i in range(50))
print(json.dumps(out))`,
        path,
      ),
    );
    expect(seen).toEqual({
      packed: ['bool', [true, false, true]],
      scalar: ['bool', true],
      none: ['bool', []],
      square: [
        'bool',
        [
          [true, false],
          [false, true],
        ],
      ],
      ok: true,
    });
    const read = await openHdf5(path);
    expect(read.root.dataset('g3/plain').type).toEqual({ kind: 'boolean', size: 1 });
    expect(read.root.dataset('square').numbers()).toStrictEqual(Uint8Array.of(1, 0, 0, 1));
    expect(read.root.group('g3').attr('a name that is rather long')).toBe(true);
    read.close();
  });
});

describe('reading what others write', () => {
  it.skipIf(!hasH5py)('compound, enum, half, big-endian, references, bad UTF-8, lzf', async () => {
    const path = at('python.h5');
    python(
      `f = h5py.File(sys.argv[1], 'w')
f['be'] = np.arange(3, dtype='>i8')
f['half'] = np.array([1.5, -2, 65504, 2**-24, np.inf, np.nan], dtype='f2')
r = np.zeros(2, dtype=[('a', '<i4'), ('s', 'S3'), ('v', '<f4', (2,)), ('t', '?')])
r['a'] = [1, -2]; r['s'] = [b'x', b'yyy']; r['v'] = [[1, 2], [3, 4]]; r['t'] = [True, False]
f['records'] = r
b = np.zeros(2, dtype=[('s', 'S3'), ('a', '>i4'), ('v', '>f4', (2,))]); b['a'] = [1, -2]; b['v'] = [[1, 2], [3, 4]]
f['big'] = b
f['mixed'] = np.zeros(2, dtype=[('a', '>i4'), ('b', '<i4')])
f['vrecords'] = np.array([('a', 1), ('b\\u00e9', 2)], dtype=[('n', h5py.string_dtype()), ('x', 'f4')])
f['bad'] = np.array([b'\\xff\\xfeabc', b'ok'], dtype=h5py.string_dtype())
f['enum'] = np.array([1, 2], dtype=h5py.enum_dtype({'A': 1, 'B': 2}))
f['ref'] = np.array([f['be'].ref, f['half'].ref], dtype=h5py.ref_dtype)
f['nothing'] = h5py.Empty('f4')
f['void'] = np.void(b'abc')
x = np.arange(3000, dtype='f4').reshape(100, 30)
f.create_dataset('lzf', data=x, compression='lzf', chunks=(30, 30))
f.create_dataset('lzftext', data=np.array(['a', 'b'], dtype=object), dtype=h5py.string_dtype(), compression='lzf')
f.create_dataset('gzip', data=x, compression='gzip', shuffle=True, fletcher32=True)
f.close()`,
      path,
    );
    const file = await openHdf5(path);
    const { root } = file;
    const read = (name: string) => root.dataset(name).read().values;
    expect(read('be')).toStrictEqual(Int32Array.of(0, 1, 2));
    expect(read('half')).toStrictEqual(
      Float32Array.of(1.5, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY, Number.NaN),
    );
    const records = read('records') as ReadonlyMap<string, Hdf5Array>;
    expect(records.get('a')!.values).toStrictEqual(Int32Array.of(1, -2));
    expect(records.get('s')!.values).toEqual(['x', 'yyy']);
    expect(records.get('v')).toMatchObject({ shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) });
    expect(records.get('t')!.values).toStrictEqual(Uint8Array.of(1, 0));
    const big = read('big') as typeof records;
    expect(big.get('a')!.values).toStrictEqual(Int32Array.of(1, -2));
    expect(big.get('v')!.values).toStrictEqual(Float32Array.of(1, 2, 3, 4));
    expect((read('vrecords') as typeof records).get('n')!.values).toEqual(['a', 'bé']);
    expect(file.notes).toEqual([]);
    expect(read('bad')).toEqual(['ÿþabc', 'ok']);
    expect(file.notes).toEqual(["Text that is not UTF-8 was read as Latin-1: '/bad'."]);
    expect(root.dataset('enum').type).toMatchObject({
      kind: 'enum',
      members: new Map([
        ['A', 1],
        ['B', 2],
      ]),
    });
    expect(read('ref')).toEqual(['/be', '/half']);
    expect(root.dataset('nothing').shape).toBeNull();
    expect(() => read('void')).toThrow(/opaque bytes are not read/);
    expect(() => read('mixed')).toThrow(/mixed byte order are not read/);
    const expected = Float32Array.from({ length: 3000 }, (_, i) => i);
    expect(() => read('lzftext')).toThrow(/lzf compression lacks the chunk size/);
    expect(read('lzf')).toStrictEqual(expected);
    expect(read('gzip')).toStrictEqual(expected);
    file.close();
  });

  it.each([
    ['blosc', 32001, [2, 2, 4, 800, 5, 1, 1]],
    ['zstd', 32015, [3]],
    ['lz4', 32004, [0]],
    ['bitshuffle', 32008, [0, 2, 4, 0, 2]],
  ])('%s, written with the plugin itself', async (name, filter, options) => {
    const path = at(`${name}.h5`);
    const values = Float32Array.from({ length: 400 }, (_, i) => i % 17);
    const wasm = await acquire();
    const id = wasm.open(path, wasm.H5F_ACC_TRUNC, false);
    const pointer = wasm._malloc(values.byteLength);
    wasm.HEAPU8.set(new Uint8Array(values.buffer), pointer);
    const shape = [20n, 20n];
    wasm.create_dataset(
      id,
      'X',
      BigInt(pointer),
      shape,
      shape,
      [10n, 20n],
      1,
      4,
      true,
      false,
      filter,
      options,
      false,
    );
    wasm.close_file(id);
    release(wasm, false);
    const read = await openHdf5(path);
    expect(read.root.dataset('X').filters.map(({ id }) => id)).toEqual([filter]);
    expect(read.root.dataset('X').numbers({ rows: [5, 20] })).toStrictEqual(values.slice(100));
    read.close();
  });
});

describe('parts', () => {
  it('pieces cover the selection once, in order, within the limit', () => {
    const extents = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 0, maxLength: 4 });
    fc.assert(
      fc.property(
        extents,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (count, limit, step) => {
          const seen: number[] = [];
          for (const piece of pieces({ offset: count.map(() => 0), count }, limit, step)) {
            expect(product(piece.count)).toBeLessThanOrEqual(Math.max(1, limit));
            const walk = (axis: number, base: number): void => {
              if (axis === count.length) seen.push(base);
              else
                for (let i = 0; i < piece.count[axis]!; i++)
                  walk(axis + 1, base * count[axis]! + piece.offset[axis]! + i);
            };
            walk(0, 0);
          }
          expect(seen).toEqual(Array.from({ length: product(count) }, (_, i) => i));
        },
      ),
    );
  });

  it('knows the signature, at the beginning and after a user block', async () => {
    const file = await createHdf5(at('head.h5'));
    file.group('obs');
    file.group('var');
    file.close();
    const head = readFileSync(at('head.h5'));
    expect(isHdf5(head)).toBe(true);
    expect(isHdf5(Buffer.concat([Buffer.alloc(1024), head]))).toBe(true);
    expect(isHdf5(Buffer.concat([Buffer.alloc(100), head]))).toBe(false);
    expect(isHdf5(new Uint8Array())).toBe(false);
    expect(mentions(head, ['obs', 'var'])).toBe(true);
    expect(mentions(head, ['obs', 'matrix'])).toBe(false);
  });
});
