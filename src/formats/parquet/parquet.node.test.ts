import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, type NumericArray, sparse, toDense } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { booleans, categorical, numeric, strings, Table } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { probe } from '../files.node.js';
import { parquet } from './parquet.node.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  path = join(folder, 'file.parquet');
});
afterAll(() => rm(folder, { recursive: true }));

const OBS = new Table(
  ['c1', 'c2', 'c3', 'c 4'],
  [
    ['cell_type', categorical(['A', 'B', 'A', null])],
    ['note', strings(['x', null, 'ü → µ', ''])],
    ['control', booleans([true, false, false, true])],
    ['maybe', { ...booleans([1, 0, 0, 1]), mask: Uint8Array.of(0, 1, 0, 0) }],
    ['dose', numeric(Float64Array.of(0.1, Number.NaN, -0, Number.POSITIVE_INFINITY))],
    ['n', numeric(Int32Array.of(1, -2, 2 ** 31 - 1, 0))],
    ['u', numeric(Uint32Array.of(1, 2, 2 ** 32 - 1, 0))],
    ['k', { ...numeric(Int8Array.of(1, 0, -3, 4)), mask: Uint8Array.of(0, 1, 0, 0) }],
    [
      'grade',
      {
        kind: 'categorical',
        codes: Int32Array.of(1, 0, -1, 1),
        categories: ['2', '1', '3'],
        ordered: true,
        categoryType: 'integer',
      },
    ],
  ],
  'cell',
);
const GENES = new Table(['TP53', 'MYC', 'MYC', 'cell_type', '780']);
const X = dense(
  4,
  5,
  Float32Array.from({ length: 20 }, (_, k) => (k === 7 ? Number.NaN : k / 3)),
);

async function roundTrip(data: PerturbationData, options = {}) {
  await rm(path, { force: true });
  const lost = await parquet.write!(path, data);
  return { lost, back: await parquet.read!(path, options) };
}

describe('parquet, our own files', () => {
  it('keeps every kind of column, repeated names, X and layers', async () => {
    const layers: [string, ReturnType<typeof dense>][] = [
      [
        'lower',
        dense(
          4,
          5,
          Float64Array.from(X.values, (x) => x - 1),
        ),
      ],
    ];
    const data = new PerturbationData({ X, obs: OBS, var: GENES, layers });
    const { lost, back } = await roundTrip(data);
    expect(lost).toEqual([]);
    expect(back.obs).toEqual(OBS);
    expect(back.var.index).toEqual(GENES.index);
    expect(back.X).toEqual(X);
    expect(back.layers).toEqual(data.layers);
    expect(parquet.matches(await probe(path))).toBe(true);
  });

  it('keeps sparse matrices sparse and every number type', async () => {
    const indptr = Float64Array.of(0, 2, 2, 3, 4);
    const indices = Int32Array.of(0, 4, 2, 1);
    for (const values of [
      Float32Array.of(1, 2.5, 3, 4),
      Uint32Array.of(1, 2, 2 ** 32 - 1, 3),
      Int16Array.of(-1, 2, 3, 4),
    ]) {
      const csr = sparse('csr', 4, 5, indptr, indices, values);
      expect((await roundTrip(new PerturbationData({ X: csr, obs: OBS, var: GENES }))).back.X).toEqual(csr);
    }
    const csc = sparse('csc', 5, 4, indptr, indices, Float64Array.of(1, 2, 3, 0.1));
    const data = new PerturbationData({
      X: csc,
      obs: new Table(['a', 'b', 'c', 'd', 'e']),
      var: new Table(['w', 'x', 'y', 'z']),
    });
    const { back } = await roundTrip(data);
    expect(back.X.kind).toBe('csr');
    expect(toDense(back.X)).toEqual(toDense(csc));
  });

  it('gives back any numbers, in any slice of rows', async () => {
    const slice = fc
      .tuple(fc.nat(6), fc.nat(6))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double(), { minLength: 18, maxLength: 18 }),
        slice,
        async (numbers, rows) => {
          const index = Array.from({ length: 6 }, (_, i) => `row ${i}`);
          const data = new PerturbationData({
            X: dense(6, 3, Float64Array.from(numbers)),
            obs: new Table(index, [['weight', numeric(Float64Array.from(numbers.slice(0, 6)))]]),
            var: new Table(['a', 'b', 'c']),
          });
          const { back } = await roundTrip(data, { rows });
          const kept = Array.from({ length: rows.end - rows.start }, (_, i) => rows.start + i);
          expect(back.X).toEqual(data.takeObs(kept).X);
          expect(back.obs).toEqual(data.obs.take(kept));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('writes row groups as they come and reads only those that are needed', async () => {
    await rm(path, { force: true });
    const sink = await parquet.openSink!(path, { var: GENES, nRows: 6, dtype: 'float32', layers: ['upper'] });
    for (let b = 0; b < 3; b++) {
      const values = Float32Array.from({ length: 10 }, (_, k) => 100 * b + k);
      const obs = new Table([`r${2 * b}`, `r${2 * b + 1}`], [['action', categorical([`drug ${b}`, null])]]);
      await sink.append({ obs, X: values, layers: new Map([['upper', values.map((v) => v + 1)]]) });
    }
    await sink.finish();
    const back = await parquet.read!(path);
    expect(back.obs.index).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5']);
    expect(back.obs.column('action')).toMatchObject({ categories: ['drug 0', 'drug 1', 'drug 2'] });
    expect([...(toDense(back.X).values as NumericArray)].slice(10, 13)).toEqual([100, 101, 102]);
    expect(toDense(back.layers.get('upper')!).values[29]).toBe(210);
    // spoil the data of the first row group: the others are still readable
    const bytes = await readFile(path);
    const handle = await open(path, 'r+');
    await handle.write(new Uint8Array(60).fill(255), 0, 60, 4);
    await handle.close();
    expect((await parquet.read!(path, { rows: { start: 2, end: 3 } })).obs.index).toEqual(['r2']);
    await expect(parquet.read!(path)).rejects.toMatchObject({ tag: 'FormatError' });
    await writeFile(path, bytes);
  });

  it('refuses blocks that do not fit, and too few rows', async () => {
    await rm(path, { force: true });
    const sink = await parquet.openSink!(path, { var: GENES, nRows: 9, dtype: 'float64' });
    await sink.append({ obs: new Table(['a'], [['n', numeric(Int32Array.of(1))]]), X: new Float64Array(5) });
    const other = new Table(['a'], [['n', strings(['1'])]]);
    await expect(sink.append({ obs: other, X: new Float64Array(5) })).rejects.toMatchObject({
      tag: 'ShapeError',
    });
    const same = new Table(['a'], [['n', numeric(Int32Array.of(1))]]);
    await expect(sink.append({ obs: same, X: new Float64Array(4) })).rejects.toThrow(/1 × 5 values.*4/);
    await expect(sink.finish()).rejects.toThrow(/9 rows.*1/);
    await sink.abort();
  });

  it('holds no rows and one gene', async () => {
    const none = new PerturbationData({ X: dense(0, 1), obs: OBS.take([]), var: new Table(['G']) });
    const { back } = await roundTrip(none);
    expect([back.nObs, back.nVars]).toEqual([0, 1]);
    expect(back.obs.names).toEqual(OBS.names);
  });

  it('says what it cannot hold', async () => {
    const data = new PerturbationData({
      X,
      obs: OBS,
      var: GENES.with('id', strings(['1', '2', '3', '4', '5'])),
      obsm: [['X_pca', dense(4, 2)]],
      uns: [['log', 'x']],
    });
    expect((await roundTrip(data)).lost).toEqual([
      "Parquet has no obsm: 'X_pca' left out.",
      "Parquet has no uns: 'log' left out.",
      "Parquet keeps only the names of genes: 'id' left out.",
    ]);
  });
});

/** A file of another program. */
async function foreign(columnData: ColumnSource[], pandas?: object, more = {}) {
  const kvMetadata = pandas && [{ key: 'pandas', value: JSON.stringify(pandas) }];
  await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata, ...more })));
  return parquet.read!(path);
}

describe('parquet of other programs', () => {
  const genes: ColumnSource[] = [
    { name: 'TP53', data: Float32Array.of(1, 2, 3), nullable: true },
    { name: 'MYC', data: Float32Array.of(4, 5, 6), nullable: true },
  ];

  it("reads pandas' index and categories", async () => {
    const columns = [
      {
        name: 'barcode',
        field_name: '__index_level_0__',
        pandas_type: 'unicode',
        numpy_type: 'object',
        metadata: null,
      },
      {
        name: 'cell_type',
        field_name: 'cell_type',
        pandas_type: 'categorical',
        numpy_type: 'int8',
        metadata: { num_categories: 2, ordered: true },
      },
    ];
    const data = await foreign(
      [
        ...genes,
        { name: 'cell_type', data: ['A', 'B', 'A'] },
        { name: '__index_level_0__', data: ['x', 'y', 'z'] },
      ],
      { index_columns: ['__index_level_0__'], columns, pandas_version: '1.5.3' },
    );
    expect(data.obs.index).toEqual(['x', 'y', 'z']);
    expect(data.obs.indexName).toBe('barcode');
    expect(data.obs.column('cell_type')).toEqual({ ...categorical(['A', 'B', 'A']), ordered: true });
    expect(data.X).toEqual(dense(3, 2, Float32Array.of(1, 4, 2, 5, 3, 6)));
  });

  it('tells annotations by type and by name, as the text tables do', async () => {
    const data = await foreign(
      [
        { name: 'barcode', data: ['a', 'b', 'c'] },
        { name: 'dose', data: Float64Array.of(1, 2, 3) },
        { name: 'plate', data: BigInt64Array.of(7n, 8n, 9n), nullable: true },
        {
          name: 'day',
          data: [new Date('2020-01-02'), null, new Date('2020-01-02T03:04:05Z')],
          nullable: true,
        },
        { name: 'qc', data: [true, false, null] },
        ...genes,
      ],
      { index_columns: [{ kind: 'range', start: 0, stop: 3, step: 1 }], columns: [] },
    );
    expect(data.obs.index).toEqual(['a', 'b', 'c']);
    expect(data.obs.names).toEqual(['dose', 'plate', 'day', 'qc']);
    expect(data.obs.column('plate')).toEqual(numeric(Float64Array.of(7, 8, 9)));
    expect(data.obs.column('day')).toEqual(strings(['2020-01-02', null, '2020-01-02T03:04:05.000Z']));
    expect(data.obs.column('qc')).toMatchObject({ mask: Uint8Array.of(0, 0, 1) });
    expect(data.var.index).toEqual(['TP53', 'MYC']);
  });

  it('reads every encoding and page layout that the writer knows, with and without nulls', async () => {
    const n = 3000;
    const doubles = Float64Array.from({ length: n }, (_, i) => i / 7);
    const ints = Int32Array.from({ length: n }, (_, i) => ((i * 7919) % 1000) - 500);
    const words = Array.from({ length: n }, (_, i) => `condition ${i % 17}`);
    const holes = (values: ArrayLike<unknown>) =>
      Array.from(values, (value, i) => (i % 3 === 1 ? null : value));
    const data = await foreign(
      [
        { name: 'perturbation', data: words, encoding: 'RLE_DICTIONARY' },
        { name: 'guide', data: holes(words) as string[], encoding: 'DELTA_BYTE_ARRAY' },
        { name: 'batch', data: words, encoding: 'DELTA_LENGTH_BYTE_ARRAY' },
        { name: 'A', data: doubles, encoding: 'BYTE_STREAM_SPLIT' },
        { name: 'B', data: ints, encoding: 'DELTA_BINARY_PACKED' },
        { name: 'C', data: holes(doubles) as number[], encoding: 'PLAIN' },
        { name: 'D', data: BigInt64Array.from(ints, BigInt), encoding: 'DELTA_BINARY_PACKED' },
        { name: 'E', data: ints.map((v) => v & 7), encoding: 'RLE_DICTIONARY' },
      ],
      undefined,
      { pageSize: 1000, rowGroupSize: 1100 },
    );
    const X = toDense(data.X).values;
    const gene = (j: number) => Float64Array.from({ length: n }, (_, i) => X[i * 5 + j]!);
    expect(gene(0)).toEqual(doubles);
    expect(gene(1)).toEqual(Float64Array.from(ints));
    expect(gene(2)).toEqual(doubles.map((v, i) => (i % 3 === 1 ? Number.NaN : v)));
    expect(gene(3)).toEqual(Float64Array.from(ints));
    expect(gene(4)).toEqual(Float64Array.from(ints, (v) => v & 7));
    expect(data.obs.column('perturbation')).toEqual(strings(words));
    expect(data.obs.column('guide')).toEqual(strings(holes(words) as string[]));
    expect(data.obs.column('batch')).toEqual(strings(words));
  });

  it('refuses lists, numbers that would lose digits, text that is not UTF-8, and no genes', async () => {
    const list = foreign([...genes, { name: 'embedding', data: [[1], [2], [3]], type: 'JSON' }]);
    expect((await list).obs.names).toEqual(['embedding']);
    const nested = [
      { name: 'root', num_children: 1 },
      { name: 'pca', num_children: 1, converted_type: 'LIST' as const, repetition_type: 'OPTIONAL' as const },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' as const },
      { name: 'element', type: 'DOUBLE' as const, repetition_type: 'OPTIONAL' as const },
    ];
    await expect(foreign([{ name: 'pca', data: [[1], [2]] }], undefined, { schema: nested })).rejects.toThrow(
      /columns of lists or structures are not read \('pca', 'list'\)/,
    );
    await expect(
      foreign([...genes, { name: 'BIG', data: BigInt64Array.of(1n, 2n ** 53n + 1n, 3n) }]),
    ).rejects.toThrow(/row group 0, column 'BIG': .*9007199254740993 is beyond/);
    await expect(
      foreign([
        ...genes,
        { name: 'raw', data: Array(3).fill(Uint8Array.of(0xff, 0xfe)), type: 'BYTE_ARRAY' },
      ]),
    ).rejects.toMatchObject({ tag: 'FormatError' });
    const noGenes = foreign([{ name: 'name', data: ['a', 'b'] }]);
    await expect(noGenes).rejects.toThrow(`${path}, schema: no column of numbers`);
    await expect(noGenes).rejects.toMatchObject({ tag: 'FormatError', format: 'parquet' });
  });
});

describe('hostile parquet', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['only the magic', new TextEncoder().encode('PAR1')],
    ['two magics', new TextEncoder().encode('PAR1....PAR1')],
    [
      'a footer longer than the file',
      new Uint8Array([
        ...new TextEncoder().encode('PAR1aaaa'),
        255,
        0,
        0,
        0,
        ...new TextEncoder().encode('PAR1'),
      ]),
    ],
    ['an encrypted footer', new TextEncoder().encode('PAR1aaaaaaaaPARE')],
    ['text', new TextEncoder().encode('gene,cell\n1,2\n3,4\n')],
  ])('refuses %s', async (_, bytes) => {
    await writeFile(path, bytes);
    await expect(parquet.read!(path)).rejects.toMatchObject({ tag: 'FormatError', exitCode: 2 });
  });

  it('refuses a folder and a missing file', async () => {
    await expect(parquet.read!(folder)).rejects.toMatchObject({ tag: 'FileError', trouble: 'directory' });
    await expect(parquet.read!(join(folder, 'none'))).rejects.toMatchObject({
      tag: 'FileError',
      trouble: 'missing',
    });
    await expect(parquet.read!(join(folder, 'none'))).rejects.toMatchObject({ exitCode: 2 });
  });

  it('throws only its own errors on mutated and truncated files', async () => {
    await roundTrip(new PerturbationData({ X, obs: OBS, var: GENES }));
    const own = new Uint8Array(await readFile(path));
    const pandas = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'cell_type', data: ['A', null, 'B', 'A'] },
          { name: 'TP53', data: [1, null, 3, 3] },
          { name: 'MYC', data: Int32Array.of(1, 1, 1, 1) },
        ],
      }),
    );
    const mutation = fc.record({
      file: fc.constantFrom(own, pandas),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
      cut: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(3000)),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ file, changes, cut }) => {
        const bytes = file.slice(0, Math.max(0, file.length - cut));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        await writeFile(path, bytes);
        await parquet.read!(path).catch((error) => {
          if (!isMechanistError(error)) throw error;
        });
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});
