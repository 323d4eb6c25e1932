import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, sparse } from '../../data/matrix.js';
import { type NdArray, PerturbationData } from '../../data/perturbation-data.js';
import { booleans, columnStrings, numeric, strings, Table } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { probe } from '../files.node.js';
import { gct } from './gct.node.js';
import { type GctOptions, GctReader } from './reader.js';

const shared = join(process.env.MECHANIST_SHARED ?? '../shared', 'data/l1000');
const python = '/usr/bin/python3';
const havePandas = spawnSync(python, ['-c', 'import pandas']).status === 0;

let folder: string;
let count = 0;
const file = (name: string) => join(folder, `${count++}.${name}`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gct-'));
});
afterAll(() => rm(folder, { recursive: true }));

const encode = (text: string) => new TextEncoder().encode(text);
function read(input: string | Uint8Array, options: GctOptions = {}): PerturbationData {
  const reader = new GctReader(options);
  reader.push(typeof input === 'string' ? encode(input) : input);
  return reader.finish();
}
function problem(input: string | Uint8Array, options: GctOptions = {}): string {
  try {
    read(input, options);
  } catch (error) {
    if (isMechanistError(error, 'FormatError')) return error.message;
    throw error;
  }
  throw new Error('read without a complaint');
}

const small = [
  '#1.3',
  '2\t3\t1\t3',
  'id\tsymbol\ts1\ts2\ts3',
  'pert_id\tna\tDMSO\tx\t-666',
  'dose\tna\t-666\t0.5\t10',
  'well\tna\t01\t02\t03',
  'g1\tTP53\t1\t2.5\t-666',
  'g2\tna\tNaN\t\t-3e2',
  '',
].join('\n');

describe('reading', () => {
  it('turns samples into rows, with both annotations', () => {
    const data = read(small);
    expect([data.obs.index, data.var.index]).toEqual([
      ['s1', 's2', 's3'],
      ['g1', 'g2'],
    ]);
    expect(Array.from(data.X.values)).toEqual([1, Number.NaN, 2.5, Number.NaN, Number.NaN, -300]);
    expect([...data.obs.columns]).toEqual([
      ['pert_id', strings(['DMSO', 'x', null])],
      ['dose', numeric(Float64Array.of(Number.NaN, 0.5, 10))],
      ['well', strings(['01', '02', '03'])],
    ]);
    expect(columnStrings(data.var.column('symbol'))).toEqual(['TP53', null]);
    expect((data.uns.get('reading_notes') as NdArray).values).toEqual([
      'Values of −666 taken as missing: 1.',
    ]);
  });
  it('reads GCT 1.2 with its descriptions', () => {
    const data = read('#1.2\r\n2\t2\r\nName\tDescription\ta\tb\r\ng1\tfirst\t1\t2\r\ng2\tna\t3\t4\r\n');
    expect(Array.from(data.X.values)).toEqual([1, 3, 2, 4]);
    expect(columnStrings(data.var.column('Description'))).toEqual(['first', null]);
  });
  it('reads files with fewer column annotations than declared', () => {
    const data = read(small.replace('3\t1\t3', '3\t1\t9').replace('g2\tna', 'g2\tATM'));
    expect(data).toEqual(
      read(small.replace('g2\tna', 'g2\tATM')).with({
        uns: [
          [
            'reading_notes',
            {
              kind: 'array',
              shape: [2],
              values: [
                'The file declares 9 column annotations and has 3.',
                'Values of −666 taken as missing: 1.',
              ],
            },
          ],
        ],
      }),
    );
    // a number of annotations too small makes the others genes: text for a number
    expect(problem(small.replace('3\t1\t3', '3\t1\t0'))).toMatch(/line 4: 'DMSO'.* is not a number/);
  });
  it('reads only the samples asked for', () => {
    const data = read(small, { rows: { start: 1, end: 3 } });
    expect(data.obs.index).toEqual(['s2', 's3']);
    expect(data.obs.column('well')).toEqual(strings(['02', '03']));
    expect(Array.from(data.X.values)).toEqual([2.5, Number.NaN, Number.NaN, -300]);
  });
  it('reads the same from pieces of any size', () => {
    for (const size of [1, 5, 50]) {
      const reader = new GctReader();
      const bytes = encode(small);
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      expect(reader.finish()).toEqual(read(small));
    }
  });
  it('reads no genes, no samples, Latin-1', () => {
    expect(read('#1.3\n0\t1\t0\t0\nid\ts1\n').nObs).toBe(1);
    expect(read('#1.3\n1\t0\t0\t0\nid\ng1\n').nVars).toBe(1);
    const latin = Uint8Array.from(small, (letter) => letter.charCodeAt(0)).map((byte) =>
      byte === 68 ? 0xb5 : byte,
    );
    const data = read(latin);
    expect(columnStrings(data.obs.column('pert_id'))[0]).toBe('µMSO');
    expect((data.uns.get('reading_notes') as NdArray).values).toContain(
      'Cells that are not UTF-8, read as Latin-1: 1.',
    );
  });
});

describe('bad files', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', '', /ends within its header/],
    ['another version', '#1.4\n', /line 1: begins with '#1.4', expected '#1.2' or '#1.3'/],
    ['no sizes', '#1.3\n2\t3\n', /line 2: 4 sizes expected, found '2', '3'/],
    ['negative sizes', '#1.3\n2\t-3\t1\t1\n', /line 2: 4 sizes expected/],
    ['a header cut short', small.slice(0, 30), /fields where 5 are declared|ends within its header/],
    ['rows missing', small.slice(0, small.indexOf('g2')), /declares 2 rows and has 1: the file is cut short/],
    ['rows too many', `${small}g3\tx\t1\t2\t3\n`, /line 9: declares 2 rows and has more/],
    ['a ragged row', small.replace('\t2.5', ''), /line 7: 4 fields where 5 are declared/],
    ['text for a number', small.replace('2.5', 'abc'), /line 7: 'abc' in column 's2' is not a number/],
    [
      'an annotation twice',
      small.replace('dose', 'pert_id'),
      /column annotations of the same name: 'pert_id'/,
    ],
    ['NUL bytes', small.replace('TP53', '\0'), /a NUL byte/],
  ])('%s', (_, text, message) => expect(problem(text)).toMatch(message));

  it('refuses sizes that the file cannot have, before taking memory', () => {
    const text = small.replace('2\t3\t', '999999999\t999999\t');
    expect(problem(text, { maxTextBytes: text.length })).toMatch(/impossible in a file of this size/);
  });
  it('answers any mutation with data or a FormatError', () => {
    const clean = encode(small);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(clean.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(clean.length),
        (changes, length) => {
          const mutant = clean.slice(0, length);
          for (const [at, byte] of changes) if (at < length) mutant[at] = byte;
          try {
            const data = read(mutant, { maxTextBytes: mutant.length });
            expect(data.X.values.length).toBe(data.nObs * data.nVars);
          } catch (error) {
            if (!isMechanistError(error, 'FormatError')) throw error;
          }
        },
      ),
      { seed: 7, numRuns: 3000 },
    );
  });
  it('names folders and gzip files cut short', async () => {
    await expect(gct.read!(folder)).rejects.toThrow(/is a directory/);
    const path = file('x.gct.gz');
    const whole = gzipSync(small);
    await writeFile(path, whole.subarray(0, whole.length - 12));
    await expect(gct.read!(path)).rejects.toThrow(/cut short/);
  });
  it('knows its own by content', async () => {
    const path = file('x.txt');
    await writeFile(path, gzipSync(small));
    expect(gct.matches(await probe(path))).toBe(true);
    await writeFile(path, '#1.35,a\n');
    expect(gct.matches(await probe(path))).toBe(false);
  });
});

describe('round trip', () => {
  const cell = fc
    .oneof(fc.constantFrom('x', 'a b', '007', 'µM', '"q"'), fc.stringMatching(/^[a-z]{3,6}$/))
    .filter((text) => !/^(na|nan|null|inf|true|false|infinity)$/.test(text));
  const number = fc.double({ noDefaultInfinity: false }).filter((value) => value !== -666);
  const anyData = fc.tuple(fc.nat(4), fc.nat(4)).chain(([n, p]) => {
    const list = <T>(item: fc.Arbitrary<T>, length: number) =>
      fc.array(item, { minLength: length, maxLength: length });
    const annotations = (length: number) =>
      fc
        .record({
          text: list(fc.option(cell), length),
          numbers: list(
            fc.double({ noNaN: true }).filter((value) => value !== -666),
            length,
          ),
          flags: list(fc.boolean(), length),
        })
        .map(({ text, numbers, flags }): [string, ReturnType<typeof strings>][] | [] =>
          length === 0
            ? []
            : ([
                ['text', strings(text)],
                ['numbers', numeric(Float64Array.from(numbers))],
                ['flags', booleans(flags)],
              ] as never),
        );
    return fc
      .record({
        names: list(cell, n),
        genes: list(cell, p),
        obs: annotations(n),
        var: annotations(p),
        X: list(number, n * p),
      })
      .map(
        (parts) =>
          new PerturbationData({
            X: dense(n, p, Float64Array.from(parts.X)),
            obs: new Table(parts.names, parts.obs),
            var: new Table(parts.genes, parts.var),
          }),
      );
  });

  it('keeps values, names and both annotations', async () => {
    await fc.assert(
      fc.asyncProperty(anyData, fc.boolean(), async (data, gzipped) => {
        const path = file(gzipped ? 'x.gct.gz' : 'x.gct');
        expect(await gct.write!(path, data)).toEqual([]);
        const back = await gct.read!(path);
        expect(back.X).toEqual(data.X);
        expect(back.obs).toEqual(data.obs);
        expect(back.var).toEqual(data.var);
      }),
      { seed: 8, numRuns: 100 },
    );
  });
  it('writes sparse float32, and says what is lost', async () => {
    const path = file('x.gct');
    const data = new PerturbationData({
      X: sparse('csr', 2, 2, Int32Array.of(0, 1, 2), Int32Array.of(1, 0), Float32Array.of(0.1, 2)),
      obs: new Table(['a', 'b'], [['batch', strings(['1', '2'])]]),
      var: new Table(['g\t1', 'g2']),
      layers: [['counts', dense(2, 2)]],
    });
    expect(await gct.write!(path, data)).toEqual([
      "A GCT has no layers: 'counts' left out.",
      "A GCT does not tell text from numbers: 'batch' will be read as numbers or truth values.",
    ]);
    expect(await readFile(path, 'utf8')).toBe(
      '#1.3\n2\t2\t0\t1\nid\ta\tb\nbatch\t1\t2\ng 1\t0\t2\ng2\t0.1\t0\n',
    );
  });
});

describe.skipIf(!existsSync(shared))('real files', () => {
  it('reads a plate of level 3', async () => {
    const data = await gct.read!(join(shared, 'LJP009_A375_24H_X1_B20_QNORM_n371x978.gct'));
    expect([data.nObs, data.nVars, data.obs.names.length, data.var.names.length]).toEqual([371, 978, 34, 11]);
    expect(new Set(columnStrings(data.obs.column('cell_id')))).toEqual(new Set(['A375']));
    expect(data.obs.column('pert_dose').kind).toBe('numeric');
  });
  it('reads phosphoproteomics with missing values', async () => {
    const data = await gct.read!(join(shared, 'test_p100.gct'));
    expect([data.nObs, data.nVars, data.obs.names.length, data.var.names.length]).toEqual([96, 96, 19, 11]);
  });
  it.skipIf(!havePandas)('has the doubles of pandas', async () => {
    const script = `import pandas, sys
frame = pandas.read_csv(sys.argv[1], sep='\\t', skiprows=[0, 1], low_memory=False, dtype=str, keep_default_na=False)
part = frame.iloc[int(sys.argv[2]):, int(sys.argv[3]):].replace(['NA', 'NaN', 'na', ''], 'nan').astype(float)
sys.stdout.buffer.write(part.values.T.tobytes())`;
    for (const [name, nSampleAnnotations, nGeneAnnotations] of [
      ['LJP009_A375_24H_X1_B20_QNORM_n371x978.gct', 34, 11],
      ['test_p100.gct', 19, 11],
    ] as const) {
      const path = join(shared, name);
      const { stdout } = spawnSync(
        python,
        ['-c', script, path, String(nSampleAnnotations), String(nGeneAnnotations + 1)],
        { maxBuffer: 2 ** 24 },
      );
      const expected = new Float64Array(new Uint8Array(stdout).buffer);
      expect((await gct.read!(path)).X.values).toEqual(expected);
    }
  });
});
