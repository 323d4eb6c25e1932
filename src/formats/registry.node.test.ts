import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, numeric, PerturbationData, strings, Table, toDense } from '../data/index.js';
import { type FormatError, OptionError } from '../errors.js';
import {
  checkStreamable,
  checkWritable,
  formatOf,
  formats,
  readData,
  removeStaleLayers,
  streamData,
  writableFormat,
  writeData,
} from './registry.node.js';

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mechanist-registry-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const WRITABLE = [
  'h5ad',
  'gctx',
  'h5',
  'zarr',
  'parquet',
  'gct.gz',
  'gct',
  'csv.gz',
  'csv',
  'tsv.gz',
  'tsv',
  'txt',
];
const data = new PerturbationData({
  X: dense(3, 4, Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
  obs: new Table(['a', 'b', 'c'], [['drug', strings(['x', 'y', 'x'])]]),
  var: new Table(['TP53', 'EGFR', '780', 'HLA-A']),
});
const message = (promise: Promise<unknown>) =>
  promise.then(
    () => '',
    (error: Error) => error.message,
  );

describe('every format', () => {
  it('has a name of its own, extensions of its own, and can be loaded', async () => {
    const loaded = await Promise.all(formats.map((entry) => entry.load()));
    loaded.forEach((format, i) => {
      expect(format.name).toBe(formats[i].name);
      for (const extension of formats[i].extensions) expect(format.extensions).toContain(extension);
      expect(format.read ?? format.write).toBeDefined();
    });
    const extensions = formats.flatMap((entry) => entry.extensions);
    expect(new Set(extensions).size).toBe(extensions.length);
  });

  it.each(WRITABLE)('.%s is read back by its content, under any name', async (extension) => {
    const path = at(`screen.${extension}`);
    await writeData(path, data);
    const expected = (await writableFormat(path)).name;
    const found = await formatOf(path);
    expect(found.name).toBe(expected);
    const stranger = at(`${extension.replace('.', '-')}-without-extension`);
    await rename(path, stranger);
    const back = await readData(stranger);
    expect([back.nObs, back.nVars]).toEqual([3, 4]);
    expect(Array.from(toDense(back.X).values)).toEqual(Array.from(data.X.values));
    expect(back.var.index).toEqual(data.var.index);
  });

  it.each(WRITABLE)('.%s holds one cell and one gene', async (extension) => {
    const path = at(`one.${extension}`);
    await writeData(path, data.takeObs([1]).takeVar([2]));
    const back = await readData(path);
    expect(Array.from(toDense(back.X).values)).toEqual([6]);
    expect([back.obs.index, back.var.index]).toEqual([['b'], ['780']]);
  });
});

describe('rows', () => {
  it.each(WRITABLE)(
    'of a .%s are those asked for, or refused when there are none such',
    async (extension) => {
      const path = at(`range.${extension}`);
      await writeData(path, data);
      const read = (start: number, end: number) => readData(path, { rows: { start, end } });
      for (const [start, end] of [
        [0, 3],
        [1, 2],
        [2, 3],
        [0, 0],
        [3, 3],
      ] as const) {
        const part = await read(start, end);
        expect(Array.from(toDense(part.X).values)).toEqual(
          Array.from(data.X.values.subarray(4 * start, 4 * end)),
        );
        expect(part.obs.index).toEqual(data.obs.index.slice(start, end));
      }
      for (const [start, end] of [
        [0, 4],
        [4, 4],
        [3, 9],
      ] as const) {
        expect(await message(read(start, end))).toBe(
          `rows: '${start} … ${end}' is not a range within the 3 rows of the file`,
        );
      }
      for (const [start, end] of [
        [2, 1],
        [-1, 2],
        [0, 1.5],
        [Number.NaN, 2],
        [9, 8],
      ] as const) {
        await expect(read(start, end)).rejects.toMatchObject({ tag: 'OptionError', option: 'rows' });
      }
    },
  );
});

describe('formatOf', () => {
  it('does not believe an extension', async () => {
    await writeData(at('real.parquet'), data);
    await rename(at('real.parquet'), at('lying.csv'));
    expect((await formatOf(at('lying.csv'))).name).toBe('parquet');
  });

  it('says what it found where nothing fits, and what could be meant in a folder', async () => {
    await writeFile(at('bytes.h5ad'), Uint8Array.of(1, 2, 3, 4, 0, 0, 255, 254, 9));
    expect(await message(formatOf(at('bytes.h5ad')))).toContain('it begins with the bytes 01 02 03 04');
    await writeFile(at('empty.gctx'), '');
    expect(await message(formatOf(at('empty.gctx')))).toContain('an empty file');
    await mkdir(at('parts'));
    await writeFile(at('parts', 'cells.csv'), '');
    await writeFile(at('parts', 'counts.mtx'), '');
    expect(await message(formatOf(at('parts')))).toContain(`did you mean '${at('parts', 'counts.mtx')}'`);
    const error = await formatOf(at('bytes.h5ad')).catch((reason: FormatError) => reason);
    expect(error).toMatchObject({ tag: 'FormatError', format: 'h5ad' });
  });
});

describe('writing', () => {
  it('is refused for a name that no format has, and for one that is read only', async () => {
    for (const name of ['x.xlsx', 'x', 'x.mtx']) {
      await expect(writableFormat(name)).rejects.toBeInstanceOf(OptionError);
    }
    await expect(checkWritable(at('x.rds'))).rejects.toBeInstanceOf(OptionError);
    const refused = await message(writableFormat('x.mtx'));
    const loaded = await Promise.all(formats.map((entry) => entry.load()));
    for (const { write, extensions } of loaded) {
      for (const extension of extensions)
        expect(refused.includes(`'${extension}'`)).toBe(write !== undefined);
    }
  });

  it('replaces a zarr folder when told to, but no other folder', async () => {
    await writeData(at('twice.zarr'), data);
    await expect(writeData(at('twice.zarr'), data)).rejects.toMatchObject({ trouble: 'exists' });
    await writeData(at('twice.zarr'), data.takeObs([0]), { overwrite: true });
    expect((await readData(at('twice.zarr'))).nObs).toBe(1);
    await mkdir(at('mine.zarr'));
    await writeFile(at('mine.zarr', 'thesis.txt'), 'precious');
    await expect(writeData(at('mine.zarr'), data, { overwrite: true })).rejects.toMatchObject({
      trouble: 'directory',
    });
    expect(await readdir(at('mine.zarr'))).toEqual(['thesis.txt']);
  });

  const header = { var: data.var, nRows: 3, dtype: 'float64' as const };
  it.each(['h5ad', 'parquet', 'csv', 'tsv', 'gctx'])(
    'row by row gives .%s the same numbers',
    async (extension) => {
      const path = at(`streamed.${extension}`);
      await streamData(path, header, {}, async (sink) => {
        for (const rows of [[0], [1, 2]]) {
          const part = data.takeObs(rows);
          await sink.append({ obs: part.obs, X: Float64Array.from(part.X.values) });
        }
      });
      const back = await readData(path);
      expect(Array.from(toDense(back.X).values)).toEqual(Array.from(data.X.values));
      expect(back.obs.names).toEqual(['drug']);
    },
  );

  it.each(['h5ad', 'parquet', 'csv.gz', 'tsv', 'gctx'])(
    'row by row with layers as .%s',
    async (extension) => {
      const path = at(`layered.${extension}`);
      const withLayers = { ...header, layers: ['lower', 'upper'] };
      const X = toDense(data.X).values;
      const lower = X.map((value) => value - 1);
      const upper = X.map((value) => value + 1);
      const paths = await streamData(path, withLayers, {}, (sink) =>
        sink.append({
          obs: data.obs,
          X,
          layers: new Map([
            ['lower', lower],
            ['upper', upper],
          ]),
        }),
      );
      const back = await readData(path);
      expect(Array.from(toDense(back.X).values)).toEqual(Array.from(X));
      const beside = extension.startsWith('csv') || extension === 'tsv' || extension === 'gctx';
      expect(paths).toHaveLength(beside ? 3 : 1);
      const layer = async (name: string) =>
        beside ? (await readData(at(`layered.${name}.${extension}`))).X : back.layers.get(name)!;
      expect(Array.from(toDense(await layer('lower')).values)).toEqual(Array.from(lower));
      expect(Array.from(toDense(await layer('upper')).values)).toEqual(Array.from(upper));
      if (beside) {
        // what is there is not replaced unasked, and is found before any work
        await expect(checkStreamable(path, false, ['lower'])).rejects.toMatchObject({ tag: 'FileError' });
        await removeStaleLayers(path, ['lower', 'upper']);
        expect(
          (await readdir(folder))
            .filter((name) => name.startsWith('layered.') && /upper|lower/.test(name))
            .filter((name) => name.endsWith(extension)),
        ).toEqual([]);
      }
    },
  );

  it.each(['h5ad', 'parquet', 'csv', 'tsv', 'gctx'])(
    'of too few or wrong rows leaves no .%s',
    async (extension) => {
      const path = at(`short.${extension}`);
      const short = streamData(path, header, {}, (sink) =>
        sink.append({ obs: data.takeObs([0]).obs, X: new Float64Array(4) }),
      );
      await expect(short).rejects.toMatchObject({ tag: 'ShapeError' });
      const wrong = streamData(path, header, {}, async (sink) => {
        await sink.append({ obs: data.takeObs([0]).obs, X: new Float64Array(4) });
        const other = new Table(['b', 'c'], [['dose', numeric(Float64Array.of(1, 2))]]);
        await sink.append({ obs: other, X: new Float64Array(8) });
      });
      await expect(wrong).rejects.toMatchObject({ tag: expect.stringMatching(/Error$/) });
      expect((await readdir(folder)).filter((name) => name.includes('short'))).toEqual([]);
    },
  );

  it('row by row is refused where a format cannot', async () => {
    for (const name of ['x.gct', 'x.zarr', 'x.h5', 'x.mtx', 'x.xlsx', 'x']) {
      const refused = await message(checkStreamable(at(name)));
      expect(refused).toMatch(/'\.h5ad'.*'\.gctx'.*'\.parquet'.*'\.csv'.*'\.tsv'.*row by row/);
      expect(refused).not.toMatch(/'\.(gct|zarr|h5|mtx)'/);
      expect(await message(streamData(at(name), header, {}, async () => {}))).toBe(refused);
    }
    expect(await message(checkStreamable(at('x.csv')))).toBe('');
    expect(await message(checkStreamable(at('missing', 'x.csv')))).toMatch(/does not exist/);
  });
});
