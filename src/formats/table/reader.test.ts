import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NdArray, PerturbationData } from '../../data/perturbation-data.js';
import { columnStrings } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { type TableOptions, TableReader } from './reader.js';

const encode = (text: string) => new TextEncoder().encode(text);

function read(input: string | Uint8Array, options: TableOptions = {}): PerturbationData {
  const reader = new TableReader(options);
  reader.push(typeof input === 'string' ? encode(input) : input);
  return reader.finish();
}
function problem(input: string | Uint8Array): string {
  try {
    read(input);
  } catch (error) {
    if (isMechanistError(error, 'FormatError')) return error.message;
    throw error;
  }
  throw new Error('read without a complaint');
}
const values = (data: PerturbationData) => Array.from(data.X.values);
const notes = (data: PerturbationData) => (data.uns.get('reading_notes') as NdArray).values;

describe('delimiters', () => {
  it.each([',', '\t', ';', '|'])('finds %j', (delimiter) => {
    const text = ['drug,TP53,ATM', 'DMSO,1.5,2', 'x,3,4'].join('\n').replaceAll(',', delimiter);
    const data = read(text);
    expect(data.var.index).toEqual(['TP53', 'ATM']);
    expect(values(data)).toEqual([1.5, 2, 3, 4]);
  });
  it('does not take delimiters within quotes or names for the delimiter', () => {
    const data = read('drug\tTP53,a\tATM,b\n"x,y,z"\t1\t2\n');
    expect(data.var.index).toEqual(['TP53,a', 'ATM,b']);
    expect(columnStrings(data.obs.column('drug'))).toEqual(['x,y,z']);
  });
  it('reads decimal commas between semicolons', () => {
    const data = read('drug;TP53;ATM\nDMSO;1,5;-2,25\nx;3;4\n');
    expect(values(data)).toEqual([1.5, -2.25, 3, 4]);
    expect(notes(data)[0]).toContain('semicolon, decimal comma');
  });
  it('reads a byte order mark, CRLF, blank lines and padding at the end of lines', () => {
    const data = read('\uFEFFdrug,TP53,\r\nDMSO,1,\r\n\r\nx,2,\r\n\r\n');
    expect(data.obs.names).toEqual(['drug']);
    expect(values(data)).toEqual([1, 2]);
  });
  it('reads R tables whose header is one name short', () => {
    const data = read('"TP53"\t"ATM"\n"c1"\t1\t2\n"c2"\t3\t4\n');
    expect(data.obs.index).toEqual(['c1', 'c2']);
    expect(data.var.index).toEqual(['TP53', 'ATM']);
    expect(read('TP53\nc1\t1\nc2\t3\n').obs.index).toEqual(['c1', 'c2']);
  });
});

describe('annotations and genes', () => {
  const split = (header: string, row: string, sameRows = 3) => {
    const data = read(`${header}\n${`${row}\n`.repeat(sameRows)}`);
    return { obs: data.obs.names, genes: data.var.index, indexName: data.obs.indexName };
  };
  it.each([
    ['Entrez ids as genes', 'unit,intervention,780,7849', 'A,DMSO,1,2', ['unit', 'intervention']],
    ['numbers before the genes', 'dose,time,batch,TP53,ATM,BRCA1', '1,24,3,5,6,7', ['dose', 'time', 'batch']],
    [
      'numbers after the genes',
      'TP53,ATM,BRCA1,n_counts,percent.mito',
      '5,6,7,100,0.1',
      ['n_counts', 'percent.mito'],
    ],
    ['both', 'cell_line,dose_value,TP53,ATM,ncounts', 'A,1,5,6,100', ['cell_line', 'dose_value', 'ncounts']],
    ['an unknown number before text', 'foo2,drug,TP53,ATM', '1,x,5,6', ['foo2', 'drug']],
    ['an unknown number before a known one', 'foo2,dose,TP53,ATM', '1,10,5,6', ['foo2', 'dose']],
    [
      'L1000',
      'pert_id,pert_dose,pert_time,cell_id,780,23',
      'BRD,10,24,A375,1,2',
      ['pert_id', 'pert_dose', 'pert_time', 'cell_id'],
    ],
    ['CPA', 'cell_type,dose_val,control,TP53,ATM', 'A,0.5,0,1,2', ['cell_type', 'dose_val', 'control']],
    [
      'a word beside Ensembl ids',
      'Weight2,ENSG00000141510,ENSG00000149311,ENSG00000012048,ENSG00000139618,ENSG00000171862,ENSG00000133703,ENSG00000146648,ENSG00000157764,ENSG00000121879,ENSG00000136997',
      '1,1,2,3,4,5,6,7,8,9,10',
      ['Weight2'],
    ],
    ['truth values', 'is_x,TP53,ATM', 'True,1,2', ['is_x']],
    ['simulated genes', 'context,action,g0,g1', 'a,b,1,2', ['context', 'action']],
    ['only genes', 'TP53,ATM,p38', '1,2,3', []],
  ])('%s', (_, header, row, obs) => {
    expect(split(header, row)).toEqual({
      obs,
      genes: header.split(',').filter((name) => !obs.includes(name)),
      indexName: undefined,
    });
  });

  it('keeps genes whose names look like annotations in the midst of genes', () => {
    expect(split('drug,TP53,ATM,KRAS,time,MYC,EGFR,JUN', 'x,1,2,3,4,5,6,7').obs).toEqual(['drug']);
  });
  it('takes row names from an unnamed first column, or one of their usual names without repeats', () => {
    expect(read(',TP53\n0,1\n1,2\n').obs.index).toEqual(['0', '1']);
    expect(read('Unnamed: 0,TP53\n0,1\n1,2\n').obs.index).toEqual(['0', '1']);
    const named = read('cell,drug,TP53\nAC,x,1\nGT,y,2\n').obs;
    expect([named.index, named.indexName, named.names]).toEqual([['AC', 'GT'], 'cell', ['drug']]);
    expect(read('cell,TP53\nAC,1\nAC,2\n').obs.names).toEqual(['cell']);
  });
  it('reads genes × samples as they are', () => {
    const data = read('gene\ts1\ts2\nTP53\t1\t2\nATM\t3\t4\n');
    expect([data.obs.index, data.obs.indexName, data.var.index]).toEqual([
      ['TP53', 'ATM'],
      'gene',
      ['s1', 's2'],
    ]);
    // with another annotation, `gene` is a column: the perturbed gene
    expect(read('gene,cell_line,s1\nTP53,A,2\n').obs.names).toEqual(['gene', 'cell_line']);
  });
  it('keeps duplicate gene names and refuses duplicate annotations', () => {
    expect(read('drug,ATM,ATM\nx,1,2\n').var.index).toEqual(['ATM', 'ATM']);
    expect(problem('drug,drug,ATM\nx,y,1\n')).toMatch(/line 1: annotation columns of the same name: 'drug'/);
  });
  it('reads a header without rows, one row, one gene', () => {
    const none = read('unit,intervention,780,23\n');
    expect([none.nObs, none.obs.names, none.var.index]).toEqual([0, ['unit', 'intervention'], ['780', '23']]);
    expect(values(read('TP53\n1'))).toEqual([1]);
  });
  it('refuses what it cannot tell, and says what to do', () => {
    const names = (letter: string, n: number) => Array.from({ length: n }, (_, i) => `${letter}${i}`).join();
    const numbers = (n: number) => Array(n).fill('1').join();
    const ambiguous = `${names('A', 30)},note,${names('B', 30)}\n${numbers(30)},x,${numbers(30)}\n`;
    expect(problem(ambiguous)).toMatch(/numbers on both sides of text columns/);
    expect(problem('drug,cell\nx,y\n')).toMatch(/no column of numbers that could be a gene; found .*'drug'/);
    expect(problem('drug,,ATM\nx,1,2\n')).toMatch(/column 2 of 3 has no name/);
  });
  it('says how it understood the columns', () => {
    expect(notes(read('drug,TP53,ATM,n_counts\nx,1,2,3\n'))).toEqual([
      "Read 2 annotation columns ('drug', 'n_counts') and 2 genes ('TP53' … 'ATM'); rows numbered; delimiter: comma.",
      "Taken for annotations, not genes, by their names or their place: 'n_counts'.",
    ]);
  });
});

describe('values', () => {
  it('takes every usual spelling of missing', () => {
    const tokens = ['', 'NA', 'NaN', 'nan', 'null', 'NULL', 'None', 'N/A', '#N/A', '<NA>'];
    const data = read(`drug,TP53,ATM\n${tokens.map((token) => `${token},${token},1\n`).join('')}x,2,1\n`);
    expect(values(data).filter((_, i) => i % 2 === 0)).toEqual([...tokens.map(() => Number.NaN), 2]);
    expect(columnStrings(data.obs.column('drug'))).toEqual([...tokens.map(() => null), 'x']);
  });
  it('takes -666 for missing in annotations of L1000 only, never in genes', () => {
    const l1000 = read('pert_id,pert_dose,TP53\nA,-666,-666\nB,10,1\n');
    expect(l1000.obs.column('pert_dose')).toEqual({
      kind: 'numeric',
      values: Float64Array.of(Number.NaN, 10),
    });
    expect(values(l1000)).toEqual([-666, 1]);
    expect(read('drug,dose,TP53\nA,-666,1\n').obs.column('dose')).toEqual({
      kind: 'numeric',
      values: Float64Array.of(-666),
    });
  });
  it('types annotations, and keeps identifiers whole', () => {
    const data = read(
      'drug,plate,n_counts,good,big_id,TP53\nx,007,1.5,True,12345678901234567890,1\ny,010,NA,False,3,1\n',
    );
    const kinds = [...data.obs.columns].map(([name, column]) => [name, column.kind]);
    expect(kinds).toEqual([
      ['drug', 'string'],
      ['plate', 'string'],
      ['n_counts', 'numeric'],
      ['good', 'boolean'],
      ['big_id', 'string'],
    ]);
  });
  it('takes quoted numbers for text beside bare ones, for numbers where all are quoted', () => {
    expect(read('drug,batch,TP53\nx,"1",2\n').obs.column('batch').kind).toBe('string');
    const all = read('"drug","batch","TP53"\n"x","1","2"\n"y","","3"\n');
    expect(all.obs.column('batch')).toEqual({ kind: 'numeric', values: Float64Array.of(1, Number.NaN) });
    expect(values(all)).toEqual([2, 3]);
  });
  it('names the line, the column and the value of what is not a number', () => {
    const rows = Array.from({ length: 50 }, (_, i) => `x,${i},1\n`);
    rows[30] = 'x,#REF!,1\n';
    expect(problem(`drug,TP53,ATM\n${rows.join('')}`)).toMatch(
      /^line 32: '#REF!' in column 'TP53' \(2\) is not a number.*in quotes if it is an annotation/,
    );
  });
  it('names the line of a ragged row with both counts', () => {
    expect(problem('drug,TP53,ATM\nx,1,2\n"a\nb",1\ny,1,2\n')).toMatch(
      /^line 3: 2 fields where the header has 3 \(delimiter: comma\)/,
    );
  });
});

describe('bytes that are no table', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...encode(part)] : part)));
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', bytes(), /an empty file/],
    ['blank lines', bytes('\n\n\n'), /an empty file/],
    ['Latin-1', bytes('drug,TP53\nx,1\n10 ', [0xb5], 'M,2\n'), /^line 3, byte 17: not UTF-8: the byte 0xb5/],
    ['Latin-1 in the header', bytes('d', [0xfc], ',TP53\nx,1\n'), /^line 1, byte 1: not UTF-8/],
    ['UTF-16', bytes([0xff, 0xfe], 'd\0r\0'), /UTF-16 text; save the file as UTF-8/],
    ['NUL bytes', bytes('drug,TP53\nx,1\n\0\0,2\n'), /byte 14: a NUL byte/],
    ['a cut character', bytes('drug,TP53\nx,1\n', [0xe2, 0x82], ',2\n'), /not UTF-8/],
    ['an open quote', bytes('drug,TP53\n"x,1\ny,2\n'), /line 2: a quote is opened and never closed/],
  ])('%s', (_, input, message) => expect(problem(input)).toMatch(message));

  it('finds a NUL byte far from the beginning', () => {
    const text = `drug,TP53\n${'x,1\n'.repeat(20000)}`;
    expect(problem(bytes(text, 'y\0z,1\n'))).toMatch(/line 20002, byte 80011: a NUL byte/);
  });

  it('answers any mutation with data or a FormatError', () => {
    const clean = encode('cell,drug,"do,se",TP53,ATM\nA,x,1,0.5,2\nB,"y ""z""",2,NA,3e2\nC,é,3,-1,0\n');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(clean.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(clean.length),
        (changes, length) => {
          const mutant = clean.slice(0, length);
          for (const [at, byte] of changes) if (at < length) mutant[at] = byte;
          try {
            const data = read(mutant);
            expect(data.X.values.length).toBe(data.nObs * data.nVars);
          } catch (error) {
            if (!isMechanistError(error, 'FormatError')) throw error;
          }
        },
      ),
      { seed: 5, numRuns: 3000 },
    );
  });
});

describe('pieces and rows', () => {
  const text = `cell,drug,TP53,ATM\n${Array.from({ length: 40 }, (_, i) => `c${i},"d\n${i % 3}",${i}.5,${-i}\n`).join('')}`;
  it('reads the same from pieces of any size', () => {
    const whole = read(text);
    for (const size of [1, 7, 64]) {
      const reader = new TableReader();
      const all = encode(text);
      for (let at = 0; at < all.length; at += size) reader.push(all.subarray(at, at + size));
      expect(reader.finish()).toEqual(whole);
    }
  });
  it('reads the same when the head is less than the file', () => {
    // the head is 4 MiB: 300,000 rows are more, and the pieces cut records
    const lines = Array.from({ length: 300_000 }, (_, i) => `c${i},x${i % 5},${i / 8},${i % 7}\n`);
    const all = encode(`cell,drug,TP53,ATM\n${lines.join('')}`);
    const reader = new TableReader();
    for (let at = 0; at < all.length; at += 100_003) reader.push(all.subarray(at, at + 100_003));
    const data = reader.finish();
    expect(data.nObs).toBe(300_000);
    expect(data.X.values.every((value, k) => value === (k % 2 ? ((k - 1) / 2) % 7 : k / 16))).toBe(true);
    expect(data.obs.index[299_999]).toBe('c299999');
  });
  it.each([
    [0, 40],
    [0, 0],
    [5, 9],
    [39, 40],
    [40, 40],
  ])('reads rows %i to %i only', (start, end) => {
    const whole = read(text);
    const kept = Array.from({ length: 40 }, (_, i) => i).slice(start, end);
    const some = read(text, { rows: { start, end } });
    expect(some.X).toEqual(whole.takeObs(kept).X);
    expect(some.obs.index).toEqual(kept.map((i) => `c${i}`));
  });
  it('needs no more bytes than the rows asked for', () => {
    const reader = new TableReader({ rows: { start: 0, end: 1 } });
    const big = encode(`drug,TP53\n${'x,1\n'.repeat(1_100_000)}`);
    expect(reader.push(big)).toBe(false);
    expect(reader.finish().nObs).toBe(1);
  });
  it('numbers the rows of a slice as in the file', () => {
    expect(read('TP53,ATM\n1,2\n3,4\n5,6\n', { rows: { start: 1, end: 3 } }).obs.index).toEqual(['1', '2']);
  });
  it('refuses more values than fit', () => {
    expect(() => read('TP53,ATM\n1,2\n', { maxBytes: 1000, path: 'x.csv' })).toThrow(
      /x.csv: not enough memory/,
    );
  });
});

it('reads a table of annotations', () => {
  const table = (() => {
    const reader = new TableReader({ annotationsOnly: true });
    reader.push(encode('cell,dose,780\nA,1,5\nA,2,6\n'));
    return reader.finishAnnotations();
  })();
  expect([table.names, table.index]).toEqual([
    ['cell', 'dose', '780'],
    ['0', '1'],
  ]);
});
