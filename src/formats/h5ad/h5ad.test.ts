import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Matrix, toDense } from '../../data/matrix.js';
import { PerturbationData, type UnsValue } from '../../data/perturbation-data.js';
import { booleans, type Column, categorical, numeric, strings, Table } from '../../data/table.js';
import { probe } from '../files.node.js';
import { createHdf5, openHdf5 } from '../hdf5/hdf5.node.js';
import { h5ad, openH5ad } from './h5ad.node.js';
import { mergeTables } from './merge.js';
import { dump, dumpTable, PYTHON_DUMP } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-h5ad-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const PYTHON = '/usr/bin/python3';
const hasAnndata = (() => {
  try {
    execFileSync(PYTHON, ['-W', 'ignore', '-c', 'import anndata'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const python = (script: string, path: string) =>
  execFileSync(PYTHON, ['-W', 'ignore', '-c', script, path], { encoding: 'utf8', maxBuffer: 2 ** 28 });

const SHARED = resolve(process.env.MECHANIST_SHARED ?? '../shared', 'data/anndata-archives');

/** Every construct there is, 5 rows and 3 columns. */
function everything(): PerturbationData {
  const obs = new Table(
    ['c1', 'c2', 'c 3', 'ü', 'c5'],
    [
      ['text', strings(['a', 'b', 'ü', '', 'e'])],
      ['gaps', strings(['a', null, 'a', null, 'b'])],
      ['kind', { ...categorical(['x', 'y', null, 'x', 'x']), ordered: true }],
      [
        'number kind',
        {
          ...categorical(['1', '2', '10', '1', '2']),
          categories: ['1', '2', '10'],
          codes: Int32Array.of(0, 1, 2, 0, 1),
          categoryType: 'integer',
        },
      ],
      ['share', { ...categorical(['0.5', '1.5', '0.5', '0.5', '0.5']), categoryType: 'float' }],
      ['truth kind', { ...categorical(['false', 'true', 'true', 'true', null]), categoryType: 'boolean' }],
      ['single', numeric(Float32Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, -0.25, 1))],
      ['double', numeric(Float64Array.of(0.1, 0.2, 0.3, 0.4, Number.NEGATIVE_INFINITY))],
      ['whole', numeric(Int32Array.of(1, -2, 3, 4, 5))],
      ['byte', numeric(Uint8Array.of(0, 1, 255, 3, 4))],
      [
        'maybe',
        { kind: 'numeric', values: Int32Array.of(1, 2, 3, 4, 5), mask: Uint8Array.of(0, 1, 0, 0, 1) },
      ],
      ['flag', booleans([true, false, true, false, true])],
      [
        'maybe flag',
        { ...booleans([true, false, true, false, true]), mask: Uint8Array.of(0, 0, 1, 0, 0) } as Column,
      ],
      ['with/slash', numeric(Float64Array.of(1, 2, 3, 4, 5))],
    ],
  );
  const variables = new Table(['g1', 'g2', 'g3'], [['chromosome', strings(['1', '2', 'X'])]], 'gene');
  const csr: Matrix = {
    kind: 'csr',
    nRows: 5,
    nCols: 3,
    indptr: Int32Array.of(0, 2, 2, 3, 3, 4),
    indices: Int32Array.of(0, 2, 1, 0),
    values: Float32Array.of(1, 2.5, 3, Number.NaN),
  };
  const square = (n: number): Matrix => ({
    kind: 'dense',
    nRows: n,
    nCols: n,
    values: Float64Array.from({ length: n * n }, (_, i) => i / 7),
  });
  const uns: [string, UnsValue][] = [
    ['text', 'hällo'],
    ['whole', 42],
    ['half', 0.5],
    ['nan', Number.NaN],
    ['truth', true],
    ['empty', new Map()],
    ['numbers', { kind: 'array', shape: [2, 3], values: Float64Array.of(1, 2, 3, 4, 5, 6.5) }],
    ['truths', { kind: 'array', shape: [3], values: Uint8Array.of(1, 0, 1), boolean: true }],
    ['texts', { kind: 'array', shape: [2, 1], values: ['a', 'ü'] }],
    ['none of them', { kind: 'array', shape: [0], values: [] }],
    ['table', new Table(['0', '1'], [['z', numeric(Float64Array.of(1, 2))]])],
    ['sparse', { ...csr, kind: 'csr' }],
    [
      'deep',
      new Map<string, UnsValue>([
        ['er', new Map([['est', 1]])],
        ['k', 'v'],
      ]),
    ],
  ];
  return new PerturbationData({
    X: { kind: 'dense', nRows: 5, nCols: 3, values: Float32Array.from({ length: 15 }, (_, i) => i / 3) },
    obs,
    var: variables,
    layers: [
      ['counts', csr],
      [
        'csc',
        {
          kind: 'csc',
          nRows: 5,
          nCols: 3,
          indptr: Int32Array.of(0, 1, 1, 3),
          indices: Int32Array.of(4, 0, 2),
          values: Float64Array.of(1, 2, 3),
        },
      ],
      [
        'whole',
        { kind: 'dense', nRows: 5, nCols: 3, values: Int32Array.from({ length: 15 }, (_, i) => i - 7) },
      ],
    ],
    obsm: [
      [
        'X_pca',
        { kind: 'dense', nRows: 5, nCols: 2, values: Float64Array.from({ length: 10 }, (_, i) => i) },
      ],
      ['table', new Table(obs.index, [['q', booleans([1, 0, 0, 0, 1])]])],
      ['sparse', csr],
    ],
    varm: [['PCs', { kind: 'dense', nRows: 3, nCols: 1, values: Float32Array.of(1, 2, 3) }]],
    obsp: [['near', square(5)]],
    varp: [['near', square(3)]],
    uns,
    raw: {
      X: { kind: 'dense', nRows: 5, nCols: 4, values: new Float32Array(20).fill(2) },
      var: new Table(['g1', 'g2', 'g3', 'g4']),
      varm: new Map([['w', { kind: 'dense', nRows: 4, nCols: 1, values: Float64Array.of(1, 2, 3, 4) }]]),
    },
  });
}

async function roundTrip(data: PerturbationData, gzip?: number): Promise<PerturbationData> {
  rmSync(at('trip.h5ad'), { force: true });
  expect(await h5ad.write(at('trip.h5ad'), data, { gzip })).toEqual([]);
  return h5ad.read(at('trip.h5ad'));
}

describe('round trip', () => {
  it.each([undefined, 4])('everything, gzip %s', async (gzip) => {
    expect(dump(await roundTrip(everything(), gzip))).toEqual(dump(everything()));
  });

  it.each([
    [0, 3],
    [3, 0],
    [0, 0],
    [1, 1],
    [4, 1],
  ])('%i cells, %i genes, dense and sparse', async (nRows, nCols) => {
    const names = (n: number) => Array.from({ length: n }, (_, i) => `n${i}`);
    const values = new Float64Array(nRows * nCols).fill(Number.NaN);
    const empty: Matrix = {
      kind: 'csr',
      nRows,
      nCols,
      indptr: new Int32Array(nRows + 1),
      indices: new Int32Array(),
      values: new Float64Array(),
    };
    const obs = new Table(names(nRows), [
      ['c', categorical(names(nRows))],
      ['f', booleans(names(nRows).map(() => 1))],
    ]);
    const data = new PerturbationData({
      X: { kind: 'dense', nRows, nCols, values },
      obs,
      var: new Table(names(nCols)),
      layers: [['s', empty]],
    });
    expect(dump(await roundTrip(data))).toEqual(dump(data));
    const rows = await openH5ad(at('trip.h5ad'));
    expect(rows.readRows(0, nRows).X.nRows).toBe(nRows);
    rows.close();
  });

  it('any table', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((value) => !value.includes('\0'));
    const name = text.filter((value) => !['', '.', '_index'].includes(value) && !value.includes('/'));
    const column = (n: number): fc.Arbitrary<Column> =>
      fc.oneof(
        fc.array(text, { minLength: n, maxLength: n }).map(strings),
        fc.array(fc.option(text), { minLength: n, maxLength: n }).map(strings),
        fc.array(fc.option(text), { minLength: n, maxLength: n }).map(categorical),
        fc.float32Array({ minLength: n, maxLength: n }).map(numeric),
        fc.float64Array({ minLength: n, maxLength: n }).map(numeric),
        fc.int16Array({ minLength: n, maxLength: n }).map(numeric),
        fc.array(fc.boolean(), { minLength: n, maxLength: n }).map(booleans),
        fc
          .tuple(
            fc.int32Array({ minLength: n, maxLength: n }),
            fc.uint8Array({ min: 0, max: 1, minLength: n, maxLength: n }),
          )
          .map(([values, mask]): Column => ({ kind: 'numeric', values, mask })),
      );
    const table = fc
      .nat(6)
      .chain((n) =>
        fc.tuple(
          fc.array(text, { minLength: n, maxLength: n }),
          fc.dictionary(name, column(n), { maxKeys: 6 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(table, async ([index, columns]) => {
        const obs = new Table(index, Object.entries(columns));
        const X: Matrix = { kind: 'dense', nRows: index.length, nCols: 0, values: new Float32Array() };
        const read = await roundTrip(new PerturbationData({ X, obs, var: new Table([]) }));
        expect(dumpTable(read.obs)).toEqual(dumpTable(obs));
      }),
      { numRuns: 40 },
    );
  });

  it('names that HDF5 cannot hold are changed, and the user is told', async () => {
    const X: Matrix = { kind: 'dense', nRows: 1, nCols: 1, values: Float32Array.of(1) };
    const data = new PerturbationData({
      X,
      obs: new Table(
        ['c'],
        [
          ['', numeric(Float64Array.of(1))],
          ['/a', numeric(Float64Array.of(2))],
          ['_index', numeric(Float64Array.of(3))],
        ],
      ),
      var: new Table(
        ['g'],
        [
          ['a', numeric(Float64Array.of(1))],
          ['a/b', numeric(Float64Array.of(2))],
        ],
      ),
      layers: [
        ['a/b', X],
        ['a_b', X],
      ],
      uns: [['none', null]],
    });
    rmSync(at('names.h5ad'), { force: true });
    const notes = await h5ad.write(at('names.h5ad'), data);
    expect(notes.join('\n')).toMatch(/obs column '' was written as '_'/);
    expect(notes.join('\n')).toMatch(/var column 'a\/b' was written as 'a_b'/);
    expect(notes.join('\n')).toMatch(/layers 'a\/b' was written as 'a_b'/);
    expect(notes.join('\n')).toMatch(/uns\/none was left out/);
    const read = await h5ad.read(at('names.h5ad'));
    expect(read.obs.names).toEqual(['_', '_a', '_index_']);
    expect(read.var.names).toEqual(['a', 'a_b']);
    expect([...read.layers.keys()]).toEqual(['a_b', 'a_b_']);
  });
});

describe('rows', () => {
  it.each([undefined, 4])('slices equal the same rows of the whole, gzip %s', async (gzip) => {
    const whole = await roundTrip(everything(), gzip);
    const file = await openH5ad(at('trip.h5ad'));
    expect([file.nObs, file.nVars, file.layerNames]).toEqual([5, 3, ['counts', 'csc', 'whole']]);
    for (const [start, end] of [
      [0, 0],
      [0, 2],
      [1, 4],
      [4, 5],
      [0, 5],
    ] as const) {
      const rows = Int32Array.from({ length: end - start }, (_, i) => start + i);
      const expected = whole.takeObs(rows);
      const block = file.readRows(start, end);
      expect(dumpTable(block.obs)).toEqual(dumpTable(expected.obs));
      for (const [found, wanted] of [
        [block.X, expected.X],
        ...file.layerNames.map((key) => [block.layers.get(key)!, expected.layers.get(key)!]),
      ]) {
        expect(Array.from(toDense(found!).values)).toEqual(Array.from(toDense(wanted!).values));
      }
      const part = await h5ad.read(at('trip.h5ad'), { rows: { start, end } });
      expect(dump(part)).toEqual(dump(expected));
    }
    expect(() => file.readRows(2, 6)).toThrow(/rows 2 to 6 were asked for, there are 5/);
    file.close();
  });
});

describe('streaming', () => {
  const variables = new Table(['g1', 'g2'], [['length', numeric(Int32Array.of(5, 6))]]);
  const block = (start: number, n: number) => ({
    obs: new Table(
      Array.from({ length: n }, (_, i) => `r${start + i}`),
      [
        ['method', categorical(Array.from({ length: n }, (_, i) => `m${(start + i) % 4}`))],
        ['fallback', strings(Array.from({ length: n }, () => (start ? 'x' : null)))],
        ['rejected', booleans(Array.from({ length: n }, (_, i) => i % 2))],
        [
          'donors',
          numeric(
            start ? Float64Array.from({ length: n }, () => 0.5) : Int32Array.from({ length: n }, () => 3),
          ),
        ],
      ],
    ),
    X: Float32Array.from({ length: 2 * n }, (_, i) => 2 * start + i),
    layers: new Map([['lower', Float32Array.from({ length: 2 * n }, (_, i) => -2 * start - i)]]),
  });
  const header = {
    var: variables,
    nRows: 10,
    dtype: 'float32',
    layers: ['lower'],
    uns: new Map([['made', 'by test']]),
  } as const;

  it('blocks become one file, categories united', async () => {
    const sink = await h5ad.openSink(at('sink.h5ad'), header);
    for (const [start, n] of [
      [0, 3],
      [3, 1],
      [4, 6],
    ] as const)
      await sink.append(block(start, n));
    await sink.finish();
    const read = await h5ad.read(at('sink.h5ad'));
    expect(Array.from(toDense(read.X).values)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(read.X).toMatchObject({ values: expect.any(Float32Array) });
    expect(Array.from(toDense(read.layers.get('lower')!).values)).toEqual(
      Array.from({ length: 20 }, (_, i) => -i),
    );
    expect(read.obs.index).toEqual(Array.from({ length: 10 }, (_, i) => `r${i}`));
    expect(read.obs.column('method')).toMatchObject({
      categories: ['m0', 'm1', 'm2', 'm3'],
      codes: Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3, 0, 1),
    });
    expect(read.obs.column('donors')).toStrictEqual(
      numeric(Float64Array.of(3, 3, 3, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)),
    );
    expect(read.uns.get('made')).toBe('by test');
    if (hasAnndata)
      expect(JSON.parse(python(PYTHON_DUMP, at('sink.h5ad')))).toMatchObject({
        obs: { index: read.obs.index },
      });
  });

  it('refuses blocks that do not fit, and too few rows', async () => {
    const sink = await h5ad.openSink(at('short.h5ad'), header);
    await sink.append(block(0, 3));
    await expect(sink.append({ ...block(3, 2), X: new Float32Array(3) })).rejects.toThrow(
      /X of a block of 2 rows: expected 4 values, found 3/,
    );
    await expect(sink.append({ ...block(3, 2), layers: undefined })).rejects.toThrow(
      /lower of a block.*found none/,
    );
    await expect(sink.append(block(3, 8))).rejects.toThrow(/expected 10 rows, found 11/);
    await expect(sink.finish()).rejects.toThrow(/expected 10 rows, found 3/);
    await sink.abort();
    expect(() => mergeTables([new Table(['a'], [['x', strings(['1'])]]), new Table(['b'])])).toThrow(
      /different columns/,
    );
  });
});

describe.skipIf(!hasAnndata)('against anndata (python3-anndata)', () => {
  it.each([undefined, 4])('what we write is what anndata reads, gzip %s', async (gzip) => {
    const data = everything();
    await roundTrip(data, gzip);
    const seen = JSON.parse(python(PYTHON_DUMP, at('trip.h5ad')));
    // missing text is a categorical for anndata
    const expected = JSON.parse(
      JSON.stringify(
        dump(data.with({ obs: data.obs.with('gaps', categorical(['a', null, 'a', null, 'b'])) })),
      ),
    );
    expect(seen).toEqual(expected);
  });

  it('what anndata writes is what we read', async () => {
    python(
      `
import sys, anndata, numpy as np, pandas as pd, scipy.sparse as sp
n, m = 6, 4
r = np.random.default_rng(0)
obs = pd.DataFrame({'s': list('abcabc'), 'cat': pd.Categorical(['x', 'y', None, 'x', 'x', 'y'], ordered=True), 'i': np.arange(6),
  'f': [1, np.nan, 3, 4, 5, 6.5], 'b': [True, False] * 3, 'ni': pd.array([1, None, 3, 4, 5, 6], dtype='Int64'),
  'nb': pd.array([True, None, False, True, True, False], dtype='boolean'), 'ci': pd.Categorical([1, 2, 1, 2, 1, 2]),
  'cb': pd.Categorical([True, False] * 3), 'cf': pd.Categorical([.5, 1.5] * 3), 'a/b': np.arange(6.)}, index=[f'c{i}' for i in range(6)])
a = anndata.AnnData(r.random((n, m)).astype('f4'), obs=obs, var=pd.DataFrame(index=pd.Index([f'g{i}' for i in range(m)], name='gene')))
a.layers['csr'] = sp.random(n, m, .5, 'csr', dtype='f4', random_state=1); a.layers['csc'] = sp.random(n, m, .5, 'csc', random_state=2)
a.obsm['pca'] = r.random((n, 3)); a.obsm['df'] = pd.DataFrame({'q': np.arange(6)}, index=a.obs_names); a.obsm['sp'] = sp.random(n, 7, .5, 'csr', random_state=3)
a.obsp['d'] = sp.random(n, n, .5, 'csr', random_state=4); a.varp['v'] = r.random((m, m)); a.varm['l'] = r.random((m, 2))
a.uns = {'d': {'e': {}, 'x': 1, 'y': 2.5, 's': 'str', 'b': True}, 'arr': np.arange(6).reshape(2, 3), 'sarr': np.array(['a', 'b'], dtype=object),
  'rec': np.array([('a', 1.), ('b', 2.)], dtype=[('n', 'U5'), ('x', 'f4')]), 'df': pd.DataFrame({'z': [1, 2]}), 'sp': sp.eye(3, format='csr'),
  'barr': np.array([True, False]), 'rgg': {'names': np.rec.fromarrays([['g1', 'g2'], ['g2', 'g3']], names=['A', 'B'], formats=['O', 'O'])}}
a.raw = a
a.write(sys.argv[1], compression='gzip')`,
      at('python.h5ad'),
    );
    const seen = JSON.parse(python(PYTHON_DUMP, at('python.h5ad')));
    expect(JSON.parse(JSON.stringify(dump(await h5ad.read(at('python.h5ad')))))).toEqual(seen);
  });

  it.skipIf(!existsSync(SHARED)).each(['0.5.0', '0.7.0', '0.7.8', '0.11.4'])(
    'the file of version %s: we and anndata read the same',
    async (version) => {
      const path = join(SHARED, `v${version}/adata.h5ad`);
      const data = await h5ad.read(path);
      const ours = JSON.parse(JSON.stringify(dump(data)));
      expect(ours).toEqual(JSON.parse(python(PYTHON_DUMP, path)));
      await roundTrip(data);
      expect(JSON.parse(python(PYTHON_DUMP, at('trip.h5ad')))).toEqual(ours);
    },
  );
});

it.skipIf(!hasAnndata)('links that run in circles or fan out without end are refused', async () => {
  python(
    `
import sys, h5py
from anndata import AnnData; import numpy as np
for name, fan in (('circle', False), ('fan', True)):
    path = sys.argv[1] + name + '.h5ad'
    AnnData(np.ones((2, 2), 'f4'), uns={'d': {'x': 1}}).write(path)
    with h5py.File(path, 'a') as f:
        g = f['uns/d']
        if not fan: g['self'] = g
        for i in range(25 if fan else 0):
            n = f.create_group(f'z{i}'); g['a'] = n; g['b'] = n; g = n
            del f[f'z{i}']`,
    `${folder}/`,
  );
  await expect(h5ad.read(at('circle.h5ad'))).rejects.toThrow(/contains itself/);
  await expect(h5ad.read(at('fan.h5ad'))).rejects.toThrow(/more links than it can have objects/);
});

describe('other versions', () => {
  it('the nullable string index of 0.13, null, and encodings that are not read', async () => {
    const file = await createHdf5(at('new.h5ad'));
    const encode = (path: string, type: string) => {
      file.group(path);
      file.attr(path, 'encoding-type', type);
    };
    for (const [axis, names] of [
      ['obs', ['a', 'b']],
      ['var', ['g']],
    ] as const) {
      encode(axis, 'dataframe');
      file.attr(axis, '_index', 'cells');
      file.attr(axis, 'column-order', axis === 'obs' ? ['label', 'ragged'] : []);
      encode(`${axis}/cells`, 'nullable-string-array');
      file.strings(`${axis}/cells/values`, names);
      file.booleans(`${axis}/cells/mask`, new Uint8Array(names.length));
    }
    encode('obs/label', 'nullable-string-array');
    file.strings('obs/label/values', ['x', '']);
    file.booleans('obs/label/mask', Uint8Array.of(0, 1));
    encode('obs/ragged', 'awkward-array');
    encode('obsm/ragged', 'awkward-array');
    encode('uns/ragged', 'awkward-array');
    file.numbers('uns/id', BigInt64Array.of(2n ** 60n), { shape: [] });
    file.numbers('obsm/cube', new Float64Array(8), { shape: [2, 2, 2] });
    file.numbers('layers/with/slash', Float32Array.of(1, 2), { shape: [2, 1] });
    file.numbers('X', Float32Array.of(1, 2), { shape: [2, 1] });
    file.group('mod');
    file.close();
    const notes: string[] = [];
    const data = await h5ad.read(at('new.h5ad'), { onNote: (note) => notes.push(note) });
    expect(data.obs.index).toEqual(['a', 'b']);
    expect(data.obs.indexName).toBe('cells');
    expect(data.obs.column('label')).toEqual(strings(['x', null]));
    expect([...data.layers.keys()]).toEqual(['with/slash']);
    for (const left of ['/obs/ragged', '/obsm/ragged', '/uns/ragged', '/uns/id', '/obsm/cube', '/mod']) {
      expect(notes.join('\n')).toContain(`${left} was left out`);
    }
  });

  it.skipIf(!hasAnndata)(
    '0.6 and older: one gene as a list, categories and neighbours in uns, raw beside X',
    async () => {
      python(
        `
import sys, h5py, numpy as np
f = h5py.File(sys.argv[1], 'w')
f['X'] = np.arange(3, dtype='f4')
f['obs'] = np.array([(b'a', 0, True), (b'b', 1, False), (b'c', -1, True)], dtype=[('index', 'S1'), ('kind', 'i1'), ('ok', '?')])
f['var'] = np.array([(b'g1',)], dtype=[('index', 'S2')])
f['uns/kind_categories'] = np.array([b'K', b'L'])
f['uns/single'] = np.array([b'only'])
f['uns/neighbors/connectivities'] = np.eye(3)
f['raw.X'] = np.ones((3, 2)); f['raw.var'] = np.array([(b'g1',), (b'g2',)], dtype=[('index', 'S2')])
f['obsm'] = np.zeros(3, dtype=[('X_pca', 'f4', (2,)), ('one', 'f8')])`,
        at('old.h5ad'),
      );
      const data = await h5ad.read(at('old.h5ad'));
      expect(data.X).toMatchObject({ nRows: 3, nCols: 1, values: Float32Array.of(0, 1, 2) });
      expect(data.obs.column('kind')).toMatchObject({
        categories: ['K', 'L'],
        codes: Int32Array.of(0, 1, -1),
      });
      expect(data.obs.column('ok')).toEqual(booleans([1, 0, 1]));
      expect([...data.uns.keys()]).toEqual(['neighbors', 'single']);
      expect(data.uns.get('single')).toBe('only');
      expect(data.obsp.get('connectivities')?.nRows).toBe(3);
      expect(data.raw?.var.index).toEqual(['g1', 'g2']);
      expect([...data.obsm].map(([key, value]) => [key, (value as Matrix).nCols])).toEqual([
        ['X_pca', 2],
        ['one', 1],
      ]);
    },
  );

  it('is recognised by content, also under another name', async () => {
    await roundTrip(everything());
    const seen = await probe(at('trip.h5ad'));
    expect(h5ad.matches(seen)).toBe(true);
    expect(h5ad.matches({ ...seen, path: 'data.hdf5' })).toBe(true);
    expect(h5ad.matches({ ...seen, head: new TextEncoder().encode('obs,var') })).toBe(false);
    const other = await createHdf5(at('other.h5'));
    other.group('matrix');
    other.close();
    expect(h5ad.matches(await probe(at('other.h5')))).toBe(false);
    const read = await openHdf5(at('trip.h5ad'));
    expect(read.root.attr('encoding-type')).toBe('anndata');
    read.close();
  });
});
