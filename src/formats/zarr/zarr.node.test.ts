import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, sparse, toDense } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { booleans, categorical, numeric, strings, Table } from '../../data/table.js';
import { probe } from '../files.node.js';
import { zarr } from './zarr.node.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zarr-'));
});
afterAll(() => rm(folder, { recursive: true }));

function example(nObs = 7): PerturbationData {
  const at = (i: number) => i % 3;
  const index = Array.from({ length: nObs }, (_, i) => `cell ${i}`);
  const rows = <T>(value: (i: number) => T) => index.map((_, i) => value(i));
  const indptr = Float64Array.from({ length: nObs + 1 }, (_, i) => 2 * i);
  const indices = Int32Array.from(
    { length: 2 * nObs },
    (_, k) => (k % 2) * 2 + (k % 2 === 0 ? at(k) % 2 : 0),
  );
  const X = sparse(
    'csr',
    nObs,
    3,
    indptr,
    indices,
    Float32Array.from(indices, (_, k) => k + 0.5),
  );
  return new PerturbationData({
    X,
    obs: new Table(
      index,
      [
        ['cell_type', categorical(rows((i) => ['A', 'B', null][at(i)]!))],
        ['text', strings(rows((i) => `ü${i}`))],
        ['missing text', strings(rows((i) => (at(i) === 0 ? null : 'x')))],
        ['flag', booleans(rows((i) => i % 2))],
        [
          'maybe',
          { ...booleans(rows((i) => i % 2)), mask: Uint8Array.from(rows((i) => (at(i) === 1 ? 1 : 0))) },
        ],
        ['count', numeric(Int32Array.from(rows((i) => i - 3)))],
        [
          'k',
          {
            ...numeric(Int16Array.from(rows((i) => i))),
            mask: Uint8Array.from(rows((i) => (at(i) === 2 ? 1 : 0))),
          },
        ],
        ['weight', numeric(Float64Array.from(rows((i) => (i === 1 ? Number.NaN : i / 3))))],
      ],
      'barcode',
    ),
    var: new Table(['g1', 'g2', 'g2'], [['id', strings(['a', 'b', 'c'])]]),
    layers: [
      [
        'counts',
        dense(
          nObs,
          3,
          Float32Array.from({ length: 3 * nObs }, (_, k) => k),
        ),
      ],
      [
        'csc',
        sparse(
          'csc',
          nObs,
          3,
          Int32Array.of(0, 0, nObs, nObs),
          Int32Array.from(rows((i) => i)),
          new Float64Array(nObs).fill(2),
        ),
      ],
    ],
    obsm: [
      [
        'X_pca',
        dense(
          nObs,
          2,
          Float64Array.from({ length: 2 * nObs }, (_, k) => -k),
        ),
      ],
      ['table', new Table(index, [['q', numeric(Float32Array.from(rows((i) => i)))]])],
    ],
    varm: [['PCs', dense(3, 2)]],
    obsp: [
      [
        'near',
        dense(
          nObs,
          nObs,
          Float64Array.from({ length: nObs * nObs }, (_, k) => k),
        ),
      ],
    ],
    uns: new Map<string, never>(
      Object.entries({
        text: 'hello',
        number: 2.5,
        whole: 3,
        yes: true,
        list: { kind: 'array', shape: [2, 2], values: Int32Array.of(1, 2, 3, 4) },
        words: { kind: 'array', shape: [2], values: ['x', ''] },
        nested: new Map([['deep', new Map([['er', 1]])]]),
      }) as never,
    ),
    raw: { X, var: new Table(['r1', 'r2', 'r3']), varm: new Map() },
  });
}

async function written(data: PerturbationData, name = 'own.zarr'): Promise<string> {
  const path = join(folder, name);
  await rm(path, { recursive: true, force: true });
  expect(await zarr.write!(path, data)).toEqual([]);
  return path;
}

describe('zarr version 3, our own', () => {
  it('keeps everything', async () => {
    const data = example();
    const path = await written(data);
    expect(zarr.matches(await probe(path))).toBe(true);
    const back = await zarr.read!(path);
    expect(back.obs).toEqual(data.obs);
    expect(back.var).toEqual(data.var);
    expect({ ...back.X, indptr: [...(back.X as never as { indptr: Float64Array }).indptr] }).toEqual({
      ...data.X,
      indptr: [0, 2, 4, 6, 8, 10, 12, 14],
    });
    expect(back.layers).toEqual(data.layers);
    expect(back.obsm).toEqual(data.obsm);
    expect(back.varm).toEqual(data.varm);
    expect(back.obsp).toEqual(data.obsp);
    expect(back.uns).toEqual(new Map([...data.uns].sort(([a], [b]) => (a < b ? -1 : 1))));
    expect(toDense(back.raw!.X)).toEqual(toDense(data.raw!.X));
  });

  it('writes nothing outside of its folder, whatever the names are', async () => {
    const path = join(folder, 'names.zarr');
    const obs = new Table(['a'], [['../../../outside', numeric(Int32Array.of(1))]]);
    const names = ['..', 'zarr.json', 'c'];
    const data = new PerturbationData({
      X: dense(1, 1),
      obs,
      var: new Table(['g']),
      uns: names.map((name, i) => [name, i] as const),
    });
    const before = readdirSync(folder);
    expect(await zarr.write!(path, data)).toEqual([
      "obs column '../../../outside' was written as '.._.._.._outside': the file cannot hold that name.",
      "uns '..' was written as '_': the file cannot hold that name.",
      "uns 'zarr.json' was written as '_zarrjson': the file cannot hold that name.",
    ]);
    expect(readdirSync(folder).sort()).toEqual([...before, 'names.zarr'].sort());
    const back = await zarr.read!(path);
    expect(back.obs.column('.._.._.._outside')).toEqual(obs.column('../../../outside'));
    expect([...back.uns]).toEqual([
      ['_', 0],
      ['_zarrjson', 1],
      ['c', 2],
    ]);
  });

  it('is what the specification says', async () => {
    const path = await written(example());
    const json = async (key: string) => JSON.parse(await readFile(join(path, key, 'zarr.json'), 'utf8'));
    expect(await json('')).toMatchObject({
      zarr_format: 3,
      node_type: 'group',
      attributes: { 'encoding-type': 'anndata' },
    });
    expect(await json('X')).toMatchObject({ attributes: { 'encoding-type': 'csr_matrix', shape: [7, 3] } });
    expect(await json('obs/text')).toMatchObject({
      data_type: 'string',
      shape: [7],
      codecs: [{ name: 'vlen-utf8' }, { name: 'gzip' }],
    });
    expect(await json('layers/counts')).toMatchObject({
      data_type: 'float32',
      shape: [7, 3],
      attributes: { 'encoding-type': 'array' },
    });
    expect(existsSync(join(path, 'layers/counts/c/0/0'))).toBe(true);
    expect(existsSync(join(path, 'uns/whole/c'))).toBe(true);
  });

  it('reads slices of rows, and of many chunks only those that hold them', async () => {
    const nObs = 1000;
    const X = dense(
      nObs,
      2000,
      Float32Array.from({ length: nObs * 2000 }, (_, k) => k % 1009),
    );
    const index = Array.from({ length: nObs }, (_, i) => `c${i}`);
    const data = new PerturbationData({
      X,
      obs: new Table(index),
      var: new Table(Array.from({ length: 2000 }, (_, j) => `g${j}`)),
    });
    const path = await written(data);
    const chunks = readdirSync(join(path, 'X/c'));
    expect(chunks.length).toBe(8);
    // 131 rows a chunk: rows 400 … 409 are in the fourth
    for (const chunk of chunks) if (chunk !== '3') await writeFile(join(path, 'X/c', chunk, '0'), 'spoilt');
    const slice = await zarr.read!(path, { rows: { start: 400, end: 410 } });
    expect(slice.X).toEqual(data.takeObs(Array.from({ length: 10 }, (_, i) => 400 + i)).X);
    expect(slice.obs.index).toEqual(index.slice(400, 410));
    await expect(zarr.read!(path)).rejects.toThrow(/\/X: chunk 0\.0 cannot be decoded/);
  });

  it('cuts every part by rows', async () => {
    const data = example();
    const path = await written(data);
    for (const [start, end] of [
      [0, 7],
      [2, 5],
      [6, 7],
      [3, 3],
    ] as const) {
      const back = await zarr.read!(path, { rows: { start, end } });
      const truth = data.takeObs(Array.from({ length: end - start }, (_, i) => start + i));
      expect(back.obs).toEqual(truth.obs);
      expect(toDense(back.X)).toEqual(toDense(truth.X));
      expect(toDense(back.layers.get('csc')!)).toEqual(toDense(truth.layers.get('csc')!));
      expect(back.obsm).toEqual(truth.obsm);
      expect(back.obsp).toEqual(truth.obsp);
    }
    await expect(zarr.read!(path, { rows: { start: 5, end: 8 } })).rejects.toMatchObject({
      tag: 'OptionError',
    });
  });

  it('holds no rows and one gene', async () => {
    const none = new PerturbationData({ X: dense(0, 1), obs: example().obs.take([]), var: new Table(['G']) });
    const back = await zarr.read!(await written(none));
    expect([back.nObs, back.nVars, back.obs.names.length]).toEqual([0, 1, 8]);
  });
});

describe('hostile zarr', () => {
  const spoil = async (key: string, change: (metadata: Record<string, unknown>) => void) => {
    const path = await written(example(), 'hostile.zarr');
    const file = join(path, key, 'zarr.json');
    const metadata = JSON.parse(await readFile(file, 'utf8'));
    change(metadata);
    await writeFile(file, JSON.stringify(metadata));
    return zarr.read!(path);
  };

  it.each<[string, string, (m: Record<string, unknown>) => void, RegExp]>([
    ['shapes without data', 'layers/counts', (m) => (m.shape = [7, 3e9]), /\/layers\/counts/],
    ['negative shapes', 'obs/barcode', (m) => (m.shape = [-1]), /makes no sense/],
    [
      'chunks of no size',
      'obs/barcode',
      (m) => (m.chunk_grid = { name: 'regular', configuration: { chunk_shape: [0] } }),
      /makes no sense/,
    ],
    [
      'chunks of all memory',
      'X/data',
      (m) => (m.chunk_grid = { name: 'regular', configuration: { chunk_shape: [1e12] } }),
      /declares 14 values in chunks of 1000000000000/,
    ],
    [
      'too many chunks',
      'X/data',
      (m) => {
        m.shape = [1e8];
        m.chunk_grid = { name: 'regular', configuration: { chunk_shape: [1] } };
      },
      /\/X/,
    ],
    [
      'unknown types',
      'X/data',
      (m) => (m.data_type = 'complex128'),
      /\/X\/data: its metadata cannot be read/,
    ],
    ['columns of another length', 'obs/count', (m) => (m.shape = [6]), /has 6 entries, 7 were expected/],
    [
      'a column order with more',
      'obs',
      (m) => ((m.attributes as never as Record<string, unknown>)['column-order'] = ['nothing']),
      /has no column 'nothing'/,
    ],
    [
      'a sparse matrix without shape',
      'X',
      (m) => (m.attributes = { 'encoding-type': 'csr_matrix' }),
      /no usable 'shape'/,
    ],
    [
      'a matrix of another shape',
      'X',
      (m) => ((m.attributes as Record<string, unknown>).shape = [7, 4]),
      /is 7 × 4, 7 × 3 was expected/,
    ],
  ])('refuses %s', async (_, key, change, message) => {
    await expect(spoil(key, change)).rejects.toMatchObject({
      tag: 'FormatError',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  it('names what is missing, and other things than AnnData', async () => {
    const path = await written(example(), 'hostile.zarr');
    await rm(join(path, 'obs'), { recursive: true });
    await expect(zarr.read!(path)).rejects.toThrow(/it has no 'obs'; found .*'var'/);
    const cut = await written(example(), 'hostile.zarr');
    await rm(join(cut, 'X/indptr'), { recursive: true });
    await expect(zarr.read!(cut)).rejects.toThrow(/\/X: has no array 'indptr'; found 'data', 'indices'/);
    const empty = join(folder, 'empty.zarr');
    await mkdir(empty);
    await expect(zarr.read!(empty)).rejects.toMatchObject({ tag: 'FormatError' });
    await writeFile(join(folder, 'file.zarr'), 'x');
    await expect(zarr.read!(join(folder, 'file.zarr'))).rejects.toMatchObject({ trouble: 'not-a-directory' });
    await expect(zarr.read!(join(folder, 'missing.zarr'))).rejects.toMatchObject({ trouble: 'missing' });
    const blocked = await written(example(), 'hostile.zarr');
    await rm(join(blocked, 'obs/count/c/0'));
    await mkdir(join(blocked, 'obs/count/c/0'));
    await expect(zarr.read!(blocked)).rejects.toMatchObject({ tag: 'FileError', trouble: 'directory' });
  });
});
