import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, sparse } from '../../data/matrix.js';
import { type NdArray, PerturbationData } from '../../data/perturbation-data.js';
import {
  booleans,
  type Column,
  categorical,
  columnStrings,
  numeric,
  strings,
  Table,
} from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { probe } from '../files.node.js';
import { gct } from '../gct/gct.node.js';
import { createHdf5 } from '../hdf5/hdf5.node.js';
import type { Hdf5Writer } from '../hdf5/writer.js';
import { gctx } from './gctx.node.js';

const shared = join(process.env.MECHANIST_SHARED ?? '../shared', 'data/l1000');
const python = '/usr/bin/python3';
const haveH5py = spawnSync(python, ['-c', 'import h5py']).status === 0;

let folder: string;
let count = 0;
const file = (name = 'x.gctx') => join(folder, `${count++}.${name}`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gctx-'));
});
afterAll(() => rm(folder, { recursive: true }));

const small = new PerturbationData({
  X: dense(3, 2, Float32Array.of(1, 2.5, Number.NaN, -3, 0, 0.1)),
  obs: new Table(
    ['s1', 's2', 's3'],
    [
      ['dose', numeric(Float64Array.of(Number.NaN, 0.5, 10))],
      ['is_gold', numeric(Int32Array.of(0, 1, 1))],
      ['ok', booleans([true, false, true])],
      ['pert_id', strings(['DMSO', 'µ', null])],
    ],
  ),
  var: new Table(['780', 'g2'], [['pr_gene_symbol', strings(['NAT1', 'x'])]]),
});

describe('round trip', () => {
  it('keeps values, types and both annotations', async () => {
    const path = file();
    expect(await gctx.write!(path, small)).toEqual([]);
    const back = await gctx.read!(path);
    expect(back.X).toEqual(small.X);
    expect(back.obs).toEqual(small.obs);
    expect(back.var).toEqual(small.var);
  });
  it('keeps any float64 matrix, also without rows or columns', async () => {
    const number = fc.double({ noDefaultInfinity: false }).filter((value) => value !== -666);
    const shape = fc.tuple(fc.nat(4), fc.nat(4));
    const any = shape.chain(([n, p]) =>
      fc.tuple(
        fc.constant([n, p] as const),
        fc.array(number, { minLength: n * p, maxLength: n * p }),
        fc.array(fc.stringMatching(/^[a-z\d µ_:.-]{0,8}$/), { minLength: n, maxLength: n }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(any, async ([[n, p], values, names]) => {
        const genes = new Table(Array.from({ length: p }, (_, j) => `g${j}`));
        const data = new PerturbationData({
          X: dense(n, p, Float64Array.from(values)),
          obs: new Table(names),
          var: genes,
        });
        const path = file();
        await gctx.write!(path, data);
        const back = await gctx.read!(path);
        expect(back.X).toEqual(data.X);
        expect(back.obs).toEqual(data.obs);
        expect(back.var).toEqual(data.var);
      }),
      { seed: 9, numRuns: 40 },
    );
  });
  it('makes sparse dense, categories text, and says what is lost', async () => {
    const path = file();
    const data = new PerturbationData({
      X: sparse('csc', 2, 2, Int32Array.of(0, 1, 2), Int32Array.of(1, 0), Int32Array.of(7, 2)),
      obs: new Table(
        ['a', 'b'],
        [
          ['id', categorical(['y', null])],
          ['a/b', numeric(Int8Array.of(1, -5))],
          ['few', { kind: 'numeric', values: Int32Array.of(3, 4), mask: Uint8Array.of(0, 1) }],
        ],
      ),
      var: new Table(['g1', 'g2']),
      uns: [['x', 1]],
    });
    expect(await gctx.write!(path, data)).toEqual([
      "A GCTX has no uns: 'x' left out.",
      "The annotation 'id' is called 'id_' in a GCTX.",
      "The annotation 'a/b' is called 'a_b' in a GCTX.",
    ]);
    const back = await gctx.read!(path);
    expect(back.X).toEqual(dense(2, 2, Float64Array.of(0, 2, 7, 0)));
    expect(columnStrings(back.obs.column('id_'))).toEqual(['y', null]);
    expect(back.obs.column('few')).toEqual(numeric(Float64Array.of(3, Number.NaN)));
  });
  it.skipIf(!haveH5py)('is the layout that cmapPy reads', async () => {
    const path = file();
    await gctx.write!(path, small);
    // what cmapPy's parse_gctx does with every annotation, and the matrix as it takes it
    const script = `import h5py, numpy, sys
h = h5py.File(sys.argv[1], 'r')
def meta(group):
    out = {}
    for k in group.keys():
        a = numpy.empty(group[k].shape, dtype=group[k].dtype); group[k].read_direct(a)
        out[k] = list(a.astype('str')) if k != 'pert_id' else [x.decode() for x in a]
    return out
print(h.attrs['version'], h['0/DATA/0/matrix'].dtype, h['0/DATA/0/matrix'][:].tolist())
print(meta(h['0/META/COL'])); print(meta(h['0/META/ROW']))`;
    const { stdout } = spawnSync(python, ['-c', script, path], { encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual([
      'GCTX1.0 float32 [[1.0, 2.5], [nan, -3.0], [0.0, 0.10000000149011612]]',
      "{'dose': ['nan', '0.5', '10.0'], 'id': ['s1', 's2', 's3'], 'is_gold': ['0', '1', '1'], " +
        "'ok': ['True', 'False', 'True'], 'pert_id': ['DMSO', 'µ', '-666']}",
      "{'id': ['780', 'g2'], 'pr_gene_symbol': ['NAT1', 'x']}",
    ]);
  });
});

describe('sink', () => {
  const header = { var: small.var, nRows: 3, dtype: 'float32' as const };
  it('writes rows as they come', async () => {
    const path = file();
    const sink = await gctx.openSink!(path, header);
    const rows = (list: number[]) => small.takeObs(list);
    for (const part of [rows([0, 1]), rows([2])])
      await sink.append({ obs: part.obs, X: (part.X as { values: Float32Array }).values });
    await sink.finish();
    const back = await gctx.read!(path);
    expect(back.X).toEqual(small.X);
    expect(back.obs).toEqual(small.obs);
    expect(back.var).toEqual(small.var);
  });
  it('refuses blocks that do not fit and too few rows', async () => {
    const sink = await gctx.openSink!(file(), header);
    await expect(sink.append({ obs: new Table(['a']), X: Float32Array.of(1) })).rejects.toThrow(
      /expected 2 values/,
    );
    await expect(sink.finish()).rejects.toThrow(/expected 3 rows, found 0/);
    await sink.abort();
  });
});

describe('bad files', () => {
  async function made(change: (h5: Hdf5Writer) => void): Promise<string> {
    const path = file();
    const h5 = await createHdf5(path);
    change(h5);
    h5.close();
    return path;
  }
  const problem = async (path: string) => {
    const error = await gctx.read!(path).catch((reason: unknown) => reason);
    if (isMechanistError(error)) return error.message;
    throw error instanceof Error ? error : new Error('read without a complaint');
  };
  const matrix = (h5: Hdf5Writer, shape: number[]) =>
    h5.numbers('0/DATA/0/matrix', new Float32Array(shape[0]! * shape[1]!), { shape });
  const ids = (h5: Hdf5Writer, genes: string[], samples: string[]) => {
    h5.strings('0/META/ROW/id', genes);
    h5.strings('0/META/COL/id', samples);
  };

  it('names what is missing', async () => {
    expect(await problem(await made((h5) => ids(h5, ['g'], ['s'])))).toMatch(/matrix/);
    expect(await problem(await made((h5) => matrix(h5, [1, 1])))).toMatch(/META/);
  });
  it('names sizes that do not agree', async () => {
    const turned = await made((h5) => {
      matrix(h5, [2, 1]);
      ids(h5, ['g1', 'g2'], ['s']);
    });
    expect(await problem(turned)).toMatch(/the matrix is 2 × 1, expected 1 × 2 \(samples × genes/);
    const short = await made((h5) => {
      matrix(h5, [2, 1]);
      ids(h5, ['g'], ['s', 't']);
      h5.strings('0/META/COL/pert_id', ['x']);
    });
    expect(await problem(short)).toMatch(/0\/META\/COL\/pert_id.*1 values where there are 2 ids/);
  });
  it('names another version, and text for numbers', async () => {
    const versioned = await made((h5) => h5.attr('', 'version', 'LOOM3'));
    expect(await problem(versioned)).toMatch(/version 'LOOM3' where GCTX1.0 is expected/);
    const text = await made((h5) => {
      h5.strings('0/DATA/0/matrix', ['1'], { shape: [1, 1] });
      ids(h5, ['g'], ['s']);
    });
    expect(await problem(text)).toMatch(/numbers were expected/);
  });
  it('names what is no HDF5, folders and files cut short', async () => {
    const path = file();
    await writeFile(path, 'not a file\n'.repeat(100));
    expect(await problem(path)).toMatch(/gctx/);
    expect(await problem(folder)).toMatch(/is a directory/);
    expect(await problem(join(folder, 'none.gctx'))).toMatch(/no such file/);
    const whole = file();
    await gctx.write!(whole, small);
    const bytes = await readFile(whole);
    for (const length of [0, 4, 100, bytes.length >> 1, bytes.length - 1]) {
      const cut = file();
      await writeFile(cut, bytes.subarray(0, length));
      expect(await problem(cut)).toMatch(/gctx/);
    }
  });
  it('answers any mutation with data or a typed error', async () => {
    const path = file();
    await gctx.write!(path, small);
    const bytes = await readFile(path);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const mutant = Buffer.from(bytes);
          for (const [at, byte] of changes) mutant[at] = byte;
          await writeFile(path, mutant);
          const result = await gctx.read!(path).catch((error: unknown) => error);
          if (!(result instanceof PerturbationData) && !isMechanistError(result)) throw result;
        },
      ),
      { seed: 10, numRuns: 60 },
    );
  });
  it('knows its own by content', async () => {
    const path = file('x.h5');
    await gctx.write!(path, small);
    expect(gctx.matches(await probe(path))).toBe(true);
    const other = file('y.h5');
    const h5 = await createHdf5(other);
    h5.strings('obs/id', ['x']);
    h5.close();
    expect(gctx.matches(await probe(other))).toBe(false);
  });
});

describe('missing values', () => {
  it('takes -666 as missing wherever it stands', async () => {
    const path = file();
    const h5 = await createHdf5(path);
    h5.numbers('0/DATA/0/matrix', Float32Array.of(1, -666), { shape: [2, 1] });
    h5.strings('0/META/ROW/id', ['g']);
    h5.strings('0/META/COL/id', ['s', 't']);
    h5.numbers('0/META/COL/count', Int32Array.of(-666, 3));
    h5.strings('0/META/COL/dose', ['-666', '0.5']);
    h5.strings('0/META/COL/name', ['-666', 'x']);
    h5.strings('0/META/COL/gene', ['5720', '466']);
    h5.close();
    const { X, obs, uns } = await gctx.read!(path);
    expect(X.values).toEqual(Float32Array.of(1, Number.NaN));
    expect((uns.get('reading_notes') as NdArray).values).toEqual(['Values of −666 taken as missing: 1.']);
    expect(Object.fromEntries(obs.columns)).toEqual({
      count: numeric(Float64Array.of(Number.NaN, 3)),
      dose: numeric(Float64Array.of(Number.NaN, 0.5)),
      name: strings([null, 'x']),
      gene: strings(['5720', '466']),
    } satisfies Record<string, Column>);
  });
});

describe.skipIf(!existsSync(shared))('real files', () => {
  it('reads the same from a GCT and a GCTX of the same data', async () => {
    const one = await gctx.read!(join(shared, 'modzs_n25x50.gctx'));
    const other = await gct.read!(join(shared, 'modzs_n25x50.gct'));
    expect([one.nObs, one.nVars]).toEqual([25, 50]);
    expect(one.obs.index).toEqual(other.obs.index);
    expect(one.var.index).toEqual(other.var.index);
    // the text file declares 15 annotations of samples and has the first
    expect(other.obs.names).toEqual(['brew_prefix']);
    expect(other.var.names.sort()).toEqual(one.var.names.sort());
    expect(columnStrings(other.obs.column('brew_prefix'))).toEqual(
      columnStrings(one.obs.column('brew_prefix')),
    );
    expect(columnStrings(other.var.column('pr_gene_symbol'))).toEqual(
      columnStrings(one.var.column('pr_gene_symbol')),
    );
    // the text file has two digits after the point
    const apart = one.X.values.map((value, i) => Math.abs(value - other.X.values[i]!));
    expect(Math.max(...apart)).toBeLessThan(0.00501);
  });
  it('reads a slice as the rows of the whole', async () => {
    for (const name of ['modzs_n272x978.gctx', 'test_l1000_highprecision.gctx']) {
      const whole = await gctx.read!(join(shared, name));
      const part = await gctx.read!(join(shared, name), { rows: { start: 100, end: 103 } });
      const taken = whole.takeObs([100, 101, 102]);
      expect(part.X).toEqual(taken.X);
      expect(part.obs.index).toEqual(taken.obs.index);
      expect(whole.nVars).toBe(978);
    }
  });
  it('reads Latin-1 where text is not UTF-8, and says so', async () => {
    const data = await gctx.read!(join(shared, 'modzs_n272x978.gctx'), { rows: { start: 0, end: 9 } });
    expect((data.uns.get('reading_notes') as NdArray).values).toEqual([
      "Text that is not UTF-8 was read as Latin-1: '/0/META/COL/pert_idose'.",
    ]);
    // h5py: set(h5py.File(…)['0/META/COL/pert_idose'][:9]) is {b'10 \xb5M'}
    expect(new Set(columnStrings(data.obs.column('pert_idose')))).toEqual(new Set(['10 µM']));
  });
  it.skipIf(!haveH5py)('has the values of h5py', async () => {
    const path = join(shared, 'modzs_n272x978.gctx');
    const script = `import h5py, sys; sys.stdout.buffer.write(h5py.File(sys.argv[1], 'r')['0/DATA/0/matrix'][:].tobytes())`;
    const { stdout } = spawnSync(python, ['-c', script, path], { maxBuffer: 2 ** 24 });
    expect((await gctx.read!(path)).X.values).toEqual(new Float32Array(new Uint8Array(stdout).buffer));
  });
});
