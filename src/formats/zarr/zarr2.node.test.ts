/** Version 2, as Debian's anndata writes it: content, codecs, damage. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDense } from '../../data/matrix.js';
import type { NdArray } from '../../data/perturbation-data.js';
import { categorical, numeric, strings } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { zarr } from './zarr.node.js';

const PYTHON = '/usr/bin/python3';
const hasZarr = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import anndata, zarr'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zarr2-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** anndata 0.8 with zarr 2.13; the same seeds give the same values in every run. One store a codec. */
const SCRIPT = `
import anndata, numcodecs, json, sys, zarr, warnings
import numpy as np, pandas as pd, scipy.sparse as sp
warnings.simplefilter('ignore')
rng = np.random.RandomState(3)
n, m = 25, 8
obs = pd.DataFrame({'cell_type': pd.Categorical(rng.choice(['A', 'B', 'C'], n)), 'n': np.arange(n),
  'flag': rng.rand(n) > .5, 'text': ['t\\u00fc%d' % i for i in range(n)]}, index=['c%d' % i for i in range(n)])
obs['maybe'] = pd.array([None if i % 5 == 0 else i for i in range(n)], dtype='Int64')
obs['mb'] = pd.array([None if i % 4 == 0 else i % 2 == 0 for i in range(n)], dtype='boolean')
var = pd.DataFrame(index=['G%d' % i for i in range(m)])
X = sp.random(n, m, .4, format='csr', random_state=1, dtype='float32')
a = anndata.AnnData(X, obs=obs, var=var, layers={'dense': rng.rand(n, m), 'csc': X.tocsc()},
  obsm={'X_pca': rng.rand(n, 3)}, uns={'s': 'hello', 'k': 3, 'arr': np.arange(6).reshape(2, 3), 'nested': {'a': {'b': 1.5}}})
for name, compressor in {'blosc': numcodecs.Blosc(), 'blosc-zstd': numcodecs.Blosc('zstd', 3, numcodecs.Blosc.BITSHUFFLE),
  'zstd': numcodecs.Zstd(), 'gzip': numcodecs.GZip(), 'zlib': numcodecs.Zlib(), 'lz4': numcodecs.LZ4(),
  'lzma': numcodecs.LZMA(), 'none': None}.items():
  zarr.storage.default_compressor = compressor
  a.write_zarr(sys.argv[1] + '/' + name + '.zarr', chunks=(10, 3))
print(json.dumps({'X': a.X.toarray().ravel().tolist(), 'dense': a.layers['dense'].ravel().tolist(),
  'type': list(a.obs['cell_type']), 'text': list(a.obs['text']), 'pca': a.obsm['X_pca'].ravel().tolist()}))
`;

describe.skipIf(!hasZarr)('zarr version 2, written by anndata', () => {
  let truth: { X: number[]; dense: number[]; type: string[]; text: string[]; pca: number[] };
  beforeAll(() => {
    truth = JSON.parse(execFileSync(PYTHON, ['-c', SCRIPT, folder], { encoding: 'utf8' }));
  });

  it.each(['blosc', 'blosc-zstd', 'zstd', 'gzip', 'zlib', 'lz4', 'none'])('reads %s', async (name) => {
    const path = join(folder, `${name}.zarr`);
    const data = await zarr.read!(path);
    expect([...toDense(data.X).values]).toEqual(truth.X);
    expect([...toDense(data.layers.get('csc')!).values]).toEqual(truth.X);
    expect([...toDense(data.layers.get('dense')!).values]).toEqual(truth.dense);
    expect([...toDense(data.obsm.get('X_pca') as never).values]).toEqual(truth.pca);
    expect(data.obs.column('cell_type')).toEqual(categorical(truth.type));
    expect(data.obs.column('text')).toEqual(strings(truth.text));
    expect(data.obs.column('n')).toEqual(numeric(Int32Array.from({ length: 25 }, (_, i) => i)));
    expect(data.obs.column('mb')).toMatchObject({
      mask: Uint8Array.from({ length: 25 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    });
    expect(data.uns.get('s')).toBe('hello');
    expect(data.uns.get('nested')).toEqual(new Map([['a', new Map([['b', 1.5]])]]));
    expect((data.uns.get('arr') as NdArray).shape).toEqual([2, 3]);
    const slice = await zarr.read!(path, { rows: { start: 9, end: 21 } });
    expect([...toDense(slice.X).values]).toEqual(truth.X.slice(9 * 8, 21 * 8));
    expect([...toDense(slice.layers.get('dense')!).values]).toEqual(truth.dense.slice(9 * 8, 21 * 8));
  });

  it('leaves out what a number cannot hold and types that are not read, and says so', async () => {
    const path = join(folder, 'odd.zarr');
    const script = `import zarr, numpy as np, shutil, sys
shutil.copytree(sys.argv[1], sys.argv[2])
g = zarr.open_group(sys.argv[2])
g['obs'].array('n', np.arange(25) + 2**53, overwrite=True)
g['uns'].array('big', np.array([2**60]))
g['uns'].array('records', np.zeros(2, dtype=[('a', 'i4'), ('b', 'f4')]))
g['uns'].array('half', np.zeros(2, 'f2'))`;
    execFileSync(PYTHON, ['-c', script, join(folder, 'none.zarr'), path]);
    const data = await zarr.read!(path);
    expect(data.obs.has('n')).toBe(false);
    expect([...data.uns.keys()]).toEqual(['arr', 'k', 'nested', 's', 'reading_notes']);
    const notes = ((data.uns.get('reading_notes') as NdArray).values as string[]).join(' ');
    expect(notes).toMatch(
      /\/obs\/n was left out.*\/uns\/big was left out.*\/uns\/half was.*\/uns\/records was/,
    );
  });

  it('names a codec that it does not know', async () => {
    await expect(zarr.read!(join(folder, 'lzma.zarr'))).rejects.toThrow(/the codec 'lzma' is not known/);
  });

  it('throws only its own errors on spoilt stores', async () => {
    const clean = join(folder, 'blosc.zarr');
    const files = readdirSync(clean, { recursive: true })
      .map(String)
      .filter((name) => statSync(join(clean, name)).isFile());
    const path = join(folder, 'spoilt.zarr');
    cpSync(clean, path, { recursive: true });
    const damage = fc.record({
      file: fc.constantFrom(...files),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
      cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(200)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, changes, cut }) => {
        const bytes = new Uint8Array(await readFile(join(clean, file)));
        const spoilt = bytes.slice(0, Math.max(0, bytes.length - cut));
        for (const [at, byte] of changes) if (spoilt.length > 0) spoilt[at % spoilt.length] = byte;
        await writeFile(join(path, file), spoilt);
        await zarr.read!(path).catch((error) => {
          if (!isMechanistError(error)) throw error;
        });
        await writeFile(join(path, file), bytes);
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});
