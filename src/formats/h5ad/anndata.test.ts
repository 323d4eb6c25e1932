import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Matrix } from '../../data/matrix.js';
import type { NdArray, PerturbationData } from '../../data/perturbation-data.js';
import { booleans, categorical, strings } from '../../data/table.js';
import { probe } from '../files.node.js';
import { createHdf5, openHdf5 } from '../hdf5/hdf5.node.js';
import { withoutNotes } from '../notes.js';
import { h5ad } from './h5ad.node.js';
import { dump, everything, hasAnndata, PYTHON_DUMP, python } from './testing.node.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-anndata-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const SHARED = resolve(process.env.MECHANIST_SHARED ?? '../shared', 'data/anndata-archives');

async function roundTrip(data: PerturbationData, gzip?: number): Promise<PerturbationData> {
  rmSync(at('trip.h5ad'), { force: true });
  expect(await h5ad.write(at('trip.h5ad'), data, { gzip })).toEqual([]);
  return h5ad.read(at('trip.h5ad'));
}

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
      const ours = JSON.parse(JSON.stringify(dump(data.with({ uns: withoutNotes(data.uns) }))));
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
    const data = await h5ad.read(at('new.h5ad'));
    const notes = (data.uns.get('reading_notes') as NdArray).values as string[];
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
