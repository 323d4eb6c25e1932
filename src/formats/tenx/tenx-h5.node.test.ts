import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, sparse, toDense } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { categorical, numeric, strings, Table } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { probe } from '../files.node.js';
import { tenxH5 } from './tenx-h5.node.js';

const PYTHON = '/usr/bin/python3';
const hasH5py = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import h5py, scipy.sparse'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenxh5-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Files as CellRanger lays them out (fixed-length text, gzip): v2 with one and two genomes, v3, and broken ones. */
const SCRIPT = `
import h5py, sys, json, numpy as np, scipy.sparse as sp
d = sys.argv[1]
def put(g, m, barcodes):
  m = m.tocsc()
  for k, v in dict(data=m.data, indices=m.indices.astype('i8'), indptr=m.indptr.astype('i8'), shape=np.array(m.shape, 'i4'), barcodes=np.array(barcodes, 'S')).items():
    g.create_dataset(k, data=v, compression='gzip')
A = sp.random(6, 9, .4, random_state=1, data_rvs=lambda n: np.random.RandomState(1).randint(1, 99, n).astype('i4')).astype('i4')
B = sp.random(4, 9, .4, random_state=2, data_rvs=lambda n: np.random.RandomState(2).randint(1, 99, n).astype('i4')).astype('i4')
cells = ['CELL%d-1' % i for i in range(9)]
names = lambda p, n: np.array(['%s%d' % (p, i) for i in range(n)], 'S')
with h5py.File(d + '/v3.h5', 'w') as f:
  g = f.create_group('matrix'); put(g, A, cells); t = g.create_group('features')
  t['id'] = names('ENSG', 6); t['name'] = names('G', 6); t['_all_tag_keys'] = np.array(['genome'], 'S')
  t['feature_type'] = np.array(['Gene Expression'] * 5 + ['Antibody Capture'], 'S'); t['genome'] = np.array(['GRCh38'] * 6, 'S')
with h5py.File(d + '/v2.h5', 'w') as f:
  for genome, m in (('hg19', A), ('mm10', B)):
    g = f.create_group(genome); put(g, m, cells); g['genes'] = names('E' + genome, m.shape[0]); g['gene_names'] = names(genome[0], m.shape[0])
with h5py.File(d + '/other-cells.h5', 'w') as f:
  for genome, c in (('hg19', cells), ('mm10', cells[::-1])):
    g = f.create_group(genome); put(g, A, c); g['genes'] = names('E', 6); g['gene_names'] = names('g', 6)
def broken(name, key, value):
  with h5py.File(d + '/' + name + '.h5', 'w') as f, h5py.File(d + '/v3.h5') as o:
    o.copy('matrix', f); del f['matrix/' + key]
    if value is not None: f['matrix/' + key] = value
broken('no-barcodes', 'barcodes', None)
broken('few-barcodes', 'barcodes', np.array(cells[:8], 'S'))
broken('few-names', 'features/name', names('G', 5))
broken('far-index', 'indices', np.full(A.nnz, 6, 'i8'))
broken('falling', 'indptr', np.array([0, 9, 3] + [A.nnz] * 7, 'i8'))
broken('short-data', 'data', A.data[:5])
broken('huge', 'shape', np.array([2**31 - 1, 2**31 - 1]))
with h5py.File(d + '/something.h5', 'w') as f: f['x'] = 1
print(json.dumps({'A': A.toarray().T.ravel().tolist(), 'both': np.vstack([A.toarray(), B.toarray()]).T.ravel().tolist()}))
`;

describe.skipIf(!hasH5py)('10x HDF5 as CellRanger writes it', () => {
  let truth: { A: number[]; both: number[] };
  beforeAll(() => {
    truth = JSON.parse(execFileSync(PYTHON, ['-c', SCRIPT, folder], { encoding: 'utf8' }));
  });
  const read = (name: string, options = {}) => tenxH5.read!(join(folder, `${name}.h5`), options);
  const values = (data: PerturbationData) => [...toDense(data.X).values];

  it('reads version 3 with feature types', async () => {
    expect(tenxH5.matches(await probe(join(folder, 'v3.h5')))).toBe(true);
    const data = await read('v3');
    expect(values(data)).toEqual(truth.A);
    expect(data.X.kind).toBe('csr');
    expect(data.obs.index[8]).toBe('CELL8-1');
    expect(data.var.index).toEqual(['G0', 'G1', 'G2', 'G3', 'G4', 'G5']);
    expect(data.var.names).toEqual(['gene_ids', 'feature_types', 'genome']);
    expect(data.var.column('feature_types')).toEqual(
      categorical([...new Array(5).fill('Gene Expression'), 'Antibody Capture']),
    );
  });

  it('reads version 2 with its genomes side by side', async () => {
    const data = await read('v2');
    expect(values(data)).toEqual(truth.both);
    expect(data.var.index.slice(4, 8)).toEqual(['h4', 'h5', 'm0', 'm1']);
    expect(data.var.column('genome')).toEqual(
      categorical([...new Array(6).fill('hg19'), ...new Array(4).fill('mm10')]),
    );
  });

  it('reads slices of cells', async () => {
    for (const [start, end] of [
      [0, 9],
      [3, 5],
      [8, 9],
      [4, 4],
    ] as const) {
      expect(values(await read('v3', { rows: { start, end } }))).toEqual(truth.A.slice(6 * start, 6 * end));
      expect(values(await read('v2', { rows: { start, end } }))).toEqual(
        truth.both.slice(10 * start, 10 * end),
      );
    }
    await expect(read('v3', { rows: { start: 0, end: 10 } })).rejects.toMatchObject({ tag: 'OptionError' });
  });

  it.each([
    ['no-barcodes', /has no dataset 'barcodes'; found/],
    ['few-barcodes', /declares 6 × 9, but there are 6 features and 8 barcodes/],
    ['few-names', /5 rows.*6|6.*5/],
    ['far-index', /CSR matrix indices: expected 0 … 5, found 6/],
    ['falling', /indptr must rise/],
    ['short-data', /not lists of one length/],
    ['huge', /declares 2147483647 × 2147483647, but there are 6 features/],
    ['other-cells', /has other barcodes than/],
    ['something', /no 10x matrix.*found 'x'/],
  ])('refuses %s', async (name, message) => {
    await expect(read(name)).rejects.toMatchObject({
      tag: 'FormatError',
      message: expect.stringMatching(message),
    });
  });

  it('writes version 3 as h5py reads it', async () => {
    const path = join(folder, 'written.h5');
    const X = sparse(
      'csc',
      2,
      3,
      Int32Array.of(0, 1, 1, 3),
      Int32Array.of(1, 0, 1),
      Float32Array.of(5, 2, 7),
    );
    const data = new PerturbationData({ X, obs: new Table(['a', 'b']), var: new Table(['G1', 'ü', 'G3']) });
    expect(await tenxH5.write!(path, data)).toEqual([]);
    // what scanpy.read_10x_h5 does with the file
    const script = `import h5py, json, sys, numpy as np, scipy.sparse as sp
m = h5py.File(sys.argv[1])['matrix']
M, N = m['shape'][()]
X = sp.csr_matrix((m['data'][()], m['indices'][()], m['indptr'][()]), shape=(N, M))
print(json.dumps([X.toarray().tolist(), str(m['data'].dtype), [b.decode() for b in m['barcodes'][()]],
  [b.decode() for b in m['features/name'][()]], [b.decode() for b in m['features/feature_type'][()]]]))`;
    expect(JSON.parse(execFileSync(PYTHON, ['-c', script, path], { encoding: 'utf8' }))).toEqual([
      [
        [0, 0, 2],
        [5, 0, 7],
      ],
      'int32',
      ['a', 'b'],
      ['G1', 'ü', 'G3'],
      new Array(3).fill('Gene Expression'),
    ]);
  });

  it('throws only its own errors on mutated and truncated files', async () => {
    const clean = new Uint8Array(await readFile(join(folder, 'v3.h5')));
    const path = join(folder, 'mutated.h5');
    const mutation = fc.record({
      changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      cut: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(8000)),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ changes, cut }) => {
        const bytes = clean.slice(0, Math.max(1, clean.length - cut));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        await writeFile(path, bytes);
        await tenxH5.read!(path).catch((error) => {
          if (!isMechanistError(error)) throw error;
        });
      }),
      { numRuns: 60, seed: 6 },
    );
  });
});

describe('10x HDF5, round trip', () => {
  it('keeps numbers, names and what it knows of genes; says what is lost', async () => {
    const path = join(folder, 'round.h5');
    const genes = new Table(
      ['A', 'B'],
      [
        ['gene_ids', strings(['E1', 'E2'])],
        ['feature_types', categorical(['Gene Expression', 'Peaks'])],
        ['genome', categorical(['h', 'h'])],
        ['mean', numeric(Float64Array.of(1, 2))],
      ],
    );
    const obs = new Table(['x', 'y', 'z'], [['batch', strings(['1', '1', '2'])]]);
    const X = dense(3, 2, Float64Array.of(0, 0.5, 0, 0, -1, 3));
    expect(
      await tenxH5.write!(path, new PerturbationData({ X, obs, var: genes, uns: [['log', 'x']] })),
    ).toEqual([
      "A 10x file has no annotations of cells: 'batch' left out.",
      "A 10x file has no such annotations of genes: 'mean' left out.",
      "A 10x file has no uns: 'log' left out.",
    ]);
    const back = await tenxH5.read!(path);
    expect([...toDense(back.X).values]).toEqual([...X.values]);
    expect(back.obs.index).toEqual(obs.index);
    expect(back.var).toEqual(genes.without('mean'));
  });

  it('holds no cells and one gene; refuses what is no file', async () => {
    const path = join(folder, 'none.h5');
    const none = new PerturbationData({ X: dense(0, 1), obs: new Table([]), var: new Table(['G']) });
    await tenxH5.write!(path, none);
    const back = await tenxH5.read!(path);
    expect([back.nObs, back.nVars]).toEqual([0, 1]);
    await mkdir(join(folder, 'folder.h5'));
    await expect(tenxH5.read!(join(folder, 'folder.h5'))).rejects.toMatchObject({ trouble: 'directory' });
    await expect(tenxH5.read!(join(folder, 'nowhere.h5'))).rejects.toMatchObject({ trouble: 'missing' });
    await writeFile(join(folder, 'text.h5'), 'not HDF5');
    await expect(tenxH5.read!(join(folder, 'text.h5'))).rejects.toMatchObject({ tag: 'FormatError' });
  });
});
