import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Matrix, toDense } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { booleans, type Column, categorical, numeric, strings, Table } from '../../data/table.js';
import { h5ad, openH5ad } from './h5ad.node.js';
import { dump, dumpTable, everything, hasAnndata, PYTHON_DUMP, python } from './testing.node.js';

const folder = mkdtempSync(join(tmpdir(), 'mechanist-h5ad-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

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
    expect(() => file.readRows(2, 6)).toThrow("rows: '2 … 6' is not a range within the 5 rows of the file");
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
  });
});
