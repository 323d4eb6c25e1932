import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, sparse } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
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
import { csv, readTable, tsv } from './table.node.js';

const shared = join(process.env.MECHANIST_SHARED ?? '../shared', 'data');
const python = '/usr/bin/python3';
const havePandas = spawnSync(python, ['-c', 'import pandas']).status === 0;

let folder: string;
let count = 0;
const file = (name: string) => join(folder, `${count++}.${name}`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'table-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function problem(
  work: Promise<unknown>,
  tag: 'FormatError' | 'FileError' = 'FormatError',
): Promise<string> {
  const error = await work.catch((reason: unknown) => reason);
  if (isMechanistError(error, tag)) return error.message;
  throw error instanceof Error ? error : new Error('read without a complaint');
}

describe.skipIf(!existsSync(shared))('real files', () => {
  it('reads the L1000 averages: 2 annotations, 978 genes with Entrez ids', async () => {
    const data = await tsv.read!(join(shared, 'l1000/cmap_24cells_20compounds.tsv'));
    expect([data.nObs, data.nVars, data.obs.names]).toEqual([326, 978, ['unit', 'intervention']]);
    expect(new Set(columnStrings(data.obs.column('unit'))).size).toBe(24);
    expect(data.var.index.every((name) => /^\d+$/.test(name))).toBe(true);
    expect(data.X.values[0]).toBe(325.7001);
    // the range that the data's own description gives
    expect(data.X.values.every((value) => value >= 40 && value <= 10334)).toBe(true);
  });
  it('reads CROP-seq with counts and fractions beside the genes', async () => {
    const data = await csv.read!(join(shared, 'scmageck/scmageck_dox_6229x28.csv'));
    expect([data.nObs, data.nVars, data.obs.indexName]).toEqual([6229, 28, 'cell']);
    expect(data.obs.names).toEqual(['geneID', 'target_gene', 'nUMI', 'percent_mito']);
    expect([data.var.index[0], data.var.index[27]]).toEqual(['APC', 'MKI67']);
  });
  it('reads flow cytometry whose target is empty for the first thousand rows', async () => {
    const data = await csv.read!(join(shared, 'sachs/sachs_5846x11_utigsp.csv'));
    expect([data.nObs, data.nVars, data.obs.names]).toEqual([5846, 11, ['target_index', 'target']]);
    expect(columnStrings(data.obs.column('target')).filter((target) => target === null)).toHaveLength(1755);
  });
  it('reads a gzipped table of cells', async () => {
    const table = await readTable(join(shared, 'papalexi2021/cells.csv.gz'));
    expect(table.nRows).toBe(20729);
    expect(table.column('target').kind).toBe('string');
    expect(table.column('top_umi').kind).toBe('numeric');
  });
  it.skipIf(!havePandas)('has the doubles of pandas', async () => {
    const path = join(shared, 'l1000/cmap_24cells_20compounds.tsv');
    const script = `import pandas, sys
sys.stdout.buffer.write(pandas.read_csv(sys.argv[1], sep='\\t', float_precision='round_trip').iloc[:, 2:].values.tobytes())`;
    const { stdout } = spawnSync(python, ['-c', script, path], { maxBuffer: 2 ** 24 });
    const expected = new Float64Array(new Uint8Array(stdout).buffer);
    expect((await tsv.read!(path)).X.values).toEqual(expected);
  });
});

describe('round trip', () => {
  const text = fc.oneof(
    fc.constantFrom(
      '',
      'NA',
      'nan',
      'True',
      '1',
      '007',
      '-666',
      'a,b',
      'a\tb',
      '"',
      'x\r\ny',
      ' ',
      'µM',
      'none',
    ),
    fc.string({ unit: 'grapheme', maxLength: 5 }).filter((value) => !value.includes('\0')),
  );
  const number = fc.double({ noDefaultInfinity: false });
  const columnOf = (n: number): fc.Arbitrary<Column> => {
    const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: n, maxLength: n });
    return fc.oneof(
      list(fc.option(text)).map(strings),
      list(number).map((values) => numeric(Float64Array.from(values))),
      list(fc.boolean()).map(booleans),
    );
  };
  const names = (min: number, max: number, pattern: RegExp) =>
    fc.uniqueArray(fc.stringMatching(pattern), { minLength: min, maxLength: max });
  const anyData = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 })).chain(([n, p]) =>
    fc
      .record({
        index: fc.array(text, { minLength: n, maxLength: n }),
        indexName: fc.option(fc.constantFrom('cell', 'foo', 'dose'), { nil: undefined }),
        genes: fc.array(fc.stringMatching(/^[A-Za-z0-9_.-]{1,6}$/), { minLength: p, maxLength: p }),
        columns: names(0, 4, /^[a-z0-9_]{1,6}$/).chain((keys) =>
          fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), columnOf(n)))),
        ),
        X: fc.array(number, { minLength: n * p, maxLength: n * p }),
      })
      .map(({ index, indexName, genes, columns, X }) => {
        const obs = new Table(index, columns, indexName);
        return new PerturbationData({ X: dense(n, p, Float64Array.from(X)), obs, var: new Table(genes) });
      }),
  );
  /** A column without any value has no type in a table; it comes back as text. */
  const untyped = (column: Column): Column => {
    const empty = columnStrings(column).every((cell) => cell === null);
    return empty ? strings(columnStrings(column)) : column;
  };

  it.each([csv, tsv])('$name keeps values, types and the split of columns', async (format) => {
    await fc.assert(
      fc.asyncProperty(anyData, fc.boolean(), async (data, gzipped) => {
        const path = file(format.extensions[gzipped ? 0 : 1 + +(format === tsv)]!);
        expect(await format.write!(path, data)).toEqual([]);
        const back = await format.read!(path);
        expect(back.X).toEqual(data.X);
        expect(back.var.index).toEqual(data.var.index);
        expect([back.obs.index, back.obs.indexName]).toEqual([data.obs.index, data.obs.indexName]);
        expect([...back.obs.columns]).toEqual(
          [...data.obs.columns].map(([k, column]) => [k, untyped(column)]),
        );
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  const small = new PerturbationData({
    X: sparse('csr', 2, 3, Int32Array.of(0, 1, 2), Int32Array.of(2, 0), Float32Array.of(0.1, 1e-7)),
    obs: new Table(
      ['a', 'b'],
      [
        ['drug', categorical(['x', 'A,"B"'])],
        ['dose', numeric(Float32Array.of(0.3, 5))],
      ],
    ),
    var: new Table(['780', '23', 'a;b'], [['symbol', strings(['X', 'Y', 'Z'])]]),
    layers: [['counts', dense(2, 3)]],
    uns: [['reading_notes', null]],
  });

  it('writes sparse float32 in short, and says what a table cannot hold', async () => {
    const path = file('x.csv');
    expect(await csv.write!(path, small)).toEqual([
      "A table has no layers: 'counts' left out.",
      "A table keeps only the names of genes: 'symbol' left out.",
    ]);
    expect(await readFile(path, 'utf8')).toBe(
      '"","drug","dose",780,23,a;b\na,x,0.3,0,0,0.1\nb,"A,""B""",5,1e-7,0,0\n',
    );
  });

  it('splits foreign copies of our files by the rule', async () => {
    const path = file('x.csv');
    await csv.write!(path, small);
    // what spreadsheets make of it: no quotes but where needed
    const unquoted = file('y.csv');
    await writeFile(unquoted, (await readFile(path, 'utf8')).replace('"","drug","dose"', ',drug,dose'));
    expect((await csv.read!(unquoted)).obs.names).toEqual(['drug', 'dose']);
  });

  it('says when the split could be lost', async () => {
    const obs = new Table(['a'], [['do,se', numeric(Float64Array.of(1))]]);
    const data = new PerturbationData({ X: dense(1, 1), obs, var: new Table(['x']) });
    expect((await csv.write!(file('x.csv'), data)).join()).toMatch(/may not be told apart/);
    expect(await tsv.write!(file('x.tsv'), data)).toEqual([]);
  });

  it.skipIf(!havePandas)('is what pandas reads', async () => {
    const path = file('x.csv.gz');
    await csv.write!(path, small);
    const script =
      'import pandas, sys; f = pandas.read_csv(sys.argv[1], index_col=0); print(f.to_dict("list"), list(f.index))';
    expect(spawnSync(python, ['-c', script, path], { encoding: 'utf8' }).stdout.trim()).toBe(
      `{'drug': ['x', 'A,"B"'], 'dose': [0.3, 5.0], '780': [0.0, 1e-07], '23': [0, 0], 'a;b': [0.1, 0.0]} ['a', 'b']`,
    );
  });
});

describe('sink', () => {
  const header = { var: new Table(['TP53', '780']), nRows: 3, dtype: 'float32' as const };
  const block = (names: string[], X: number[]) => ({
    obs: new Table(names, [['action', strings(names)]]),
    X: Float32Array.from(X),
  });
  it('writes rows as they come', async () => {
    const path = file('x.tsv');
    const sink = await tsv.openSink!(path, header);
    await sink.append(block(['a', 'b'], [1, 2.5, 3, 0.1]));
    await sink.append(block(['c'], [5, Number.NaN]));
    await sink.finish();
    expect(await readFile(path, 'utf8')).toBe(
      '""\t"action"\tTP53\t780\na\ta\t1\t2.5\nb\tb\t3\t0.1\nc\tc\t5\t\n',
    );
  });
  it('writes a header when there are no rows', async () => {
    const path = file('x.csv.gz');
    const sink = await csv.openSink!(path, { ...header, nRows: 0 });
    await sink.finish();
    expect((await csv.read!(path)).var.index).toEqual(['TP53', '780']);
  });
  it('refuses blocks that do not fit and too few rows', async () => {
    const sink = await csv.openSink!(file('x.csv'), header);
    await sink.append(block(['a'], [1, 2]));
    await expect(sink.append(block(['b'], [1]))).rejects.toThrow(/values of the block: expected 1 × 2/);
    await expect(sink.append({ obs: new Table(['c']), X: Float32Array.of(1, 2) })).rejects.toThrow(
      /columns of the block: expected 'action', found none/,
    );
    await expect(sink.finish()).rejects.toThrow(/expected 3 rows, found 1/);
    await sink.abort();
  });
});

describe('files in the way', () => {
  const text = `drug,TP53\n${Array.from({ length: 5000 }, (_, i) => `x${i},${i}\n`).join('')}`;
  it('names a gzip file that is cut short, and a corrupt one', async () => {
    const whole = gzipSync(text);
    const cut = file('cut.csv.gz');
    await writeFile(cut, whole.subarray(0, whole.length - 50));
    expect(await problem(csv.read!(cut))).toMatch(/cut short/);
    const corrupt = file('corrupt.csv.gz');
    await writeFile(corrupt, whole.fill(7, 2000, 2100));
    expect(await problem(csv.read!(corrupt))).toMatch(/gzip|not a number|fields/);
  });
  it('bounds what a bomb may unpack to', async () => {
    const bomb = file('bomb.csv.gz');
    await writeFile(bomb, gzipSync(Buffer.alloc(66 * 2 ** 20, 'a')));
    expect(await problem(csv.read!(bomb))).toMatch(/a line of more than 64 MiB/);
  });
  it('names a folder, a missing file and an existing one', async () => {
    expect(await problem(csv.read!(folder), 'FileError')).toMatch(/is a directory/);
    expect(await problem(csv.read!(join(folder, 'none.csv')), 'FileError')).toMatch(/no such file/);
    const path = file('there.csv');
    await writeFile(path, '');
    expect(
      await problem(csv.openSink!(path, { var: new Table([]), nRows: 0, dtype: 'float64' }), 'FileError'),
    ).toMatch(/exists/);
  });
  it('stops when asked to', async () => {
    const path = file('x.csv');
    await writeFile(path, text);
    const signal = AbortSignal.abort();
    await expect(csv.read!(path, { signal })).rejects.toThrow(/interrupted/);
  });
  it('knows its own by content', async () => {
    const is = async (name: string, bytes: string | Uint8Array) => {
      const path = file(name);
      await writeFile(path, bytes);
      return csv.matches(await probe(path));
    };
    expect(await is('a.csv', 'TP53\n1\n')).toBe(true);
    expect(await is('a.dat', 'a;b\n1;2\n')).toBe(true);
    expect(await is('a.dat', 'some words\nand more\n')).toBe(false);
    expect(await is('a.csv', '')).toBe(false);
    expect(
      await is(
        'a.csv',
        Uint8Array.from({ length: 400 }, (_, i) => (i * 7) % 256),
      ),
    ).toBe(false);
    expect(await is('a.csv', Uint8Array.of(0xff, 0xfe, 65, 0))).toBe(true);
    expect(await is('a.csv.gz', gzipSync(`a,b\n${'0,0\n'.repeat(500_000)}`))).toBe(true);
    expect(csv.matches(await probe(folder))).toBe(false);
  });
  it('reads a file of zeros that is much smaller gzipped', async () => {
    const path = file('zeros.csv.gz');
    await writeFile(path, gzipSync(`A,B\n${'0,0\n'.repeat(500_000)}`));
    expect((await csv.read!(path)).nObs).toBe(500_000);
  });
});
