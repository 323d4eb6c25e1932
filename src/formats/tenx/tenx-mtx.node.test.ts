import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDense } from '../../data/matrix.js';
import { columnStrings } from '../../data/table.js';
import { isMechanistError } from '../../errors.js';
import { probe } from '../files.node.js';
import { tenxMtx } from './tenx-mtx.node.js';

const MATRIX =
  '%%MatrixMarket matrix coordinate integer general\n%metadata_json: {}\n3 2 4\n1 1 5\n3 1 1\n1 2 2\n2 2 7\n';
const GENES = 'ENSG1\tTP53\nENSG2\tMYC\nENSG3\tMYC\n';
const FEATURES = 'ENSG1\tTP53\tGene Expression\nENSG2\tMYC\tGene Expression\nCD3\tCD3\tAntibody Capture\n';
const BARCODES = 'AAAC-1\nAAAG-1\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenx-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes the files, gzipped where the name says so. */
async function put(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
  }
}
const read = (options = {}) => tenxMtx.read!(folder, options);

describe('10x folder', () => {
  it('reads version 2: plain files, genes.tsv', async () => {
    await put({ 'matrix.mtx': MATRIX, 'genes.tsv': GENES, 'barcodes.tsv': BARCODES });
    expect(tenxMtx.matches(await probe(folder))).toBe(true);
    const data = await read();
    expect(data.obs.index).toEqual(['AAAC-1', 'AAAG-1']);
    expect(data.var.index).toEqual(['TP53', 'MYC', 'MYC']);
    expect(data.var.column('gene_ids')).toEqual({ kind: 'string', values: ['ENSG1', 'ENSG2', 'ENSG3'] });
    expect(data.X.kind).toBe('csr');
    expect([...toDense(data.X).values]).toEqual([5, 0, 1, 2, 7, 0]);
    expect(data.uns.size).toBe(0);
  });

  it('reads version 3 with feature types, any mixture of gzipped and plain, and a prefix', async () => {
    await put({
      'GSM1_s1_matrix.mtx.gz': MATRIX,
      'GSM1_s1_features.tsv.gz': FEATURES,
      'GSM1_s1_barcodes.tsv': BARCODES,
      'README.txt': 'not mine',
    });
    const data = await read();
    expect(columnStrings(data.var.column('feature_types'))).toEqual([
      'Gene Expression',
      'Gene Expression',
      'Antibody Capture',
    ]);
    expect([...toDense(data.X).values]).toEqual([5, 0, 1, 2, 7, 0]);
  });

  it('reads positions of peaks, and Windows line ends', async () => {
    const features =
      'p1\tchr1:1-9\tPeaks\tchr1\t1\t9\r\np2\tchr2:3-4\tPeaks\tchr2\t3\t4\r\ng\tMT\tGene Expression\t\t\t\r\n';
    await put({ 'matrix.mtx': MATRIX, 'features.tsv': features, 'barcodes.tsv': BARCODES });
    const { var: genes } = await read();
    expect(genes.column('start')).toEqual({ kind: 'numeric', values: Float64Array.of(1, 3, Number.NaN) });
    expect(columnStrings(genes.column('chromosome'))).toEqual(['chr1', 'chr2', null]);
  });

  it('reads a slice of cells', async () => {
    await put({ 'matrix.mtx': MATRIX, 'genes.tsv': GENES, 'barcodes.tsv': BARCODES });
    const data = await read({ rows: { start: 1, end: 2 } });
    expect(data.obs.index).toEqual(['AAAG-1']);
    expect([...toDense(data.X).values]).toEqual([2, 7, 0]);
    expect((await read({ rows: { start: 1, end: 1 } })).nObs).toBe(0);
  });

  it('sums repeated entries and says so', async () => {
    const twice = MATRIX.replace('3 2 4', '3 2 5').concat('1 1 10\n');
    await put({ 'matrix.mtx': twice, 'genes.tsv': GENES, 'barcodes.tsv': BARCODES });
    const data = await read();
    expect([...toDense(data.X).values]).toEqual([15, 0, 1, 2, 7, 0]);
    expect(data.uns.get('reading_notes')).toMatchObject({
      values: [expect.stringMatching(/^1 entries.*summed/)],
    });
  });

  it('reads no cells and one gene', async () => {
    await put({
      'matrix.mtx': '%%MatrixMarket matrix coordinate integer general\n1 0 0\n',
      'genes.tsv': 'ENSG1\tTP53\n',
      'barcodes.tsv': '',
    });
    const data = await read();
    expect([data.nObs, data.nVars]).toEqual([0, 1]);
  });

  it.each([
    ['barcodes.tsv', 'FileError', /no 'barcodes\.tsv\[\.gz\]'; found 'genes\.tsv', 'matrix\.mtx'/],
    ['genes.tsv', 'FileError', /no 'features\.tsv\[\.gz\]'; found 'barcodes\.tsv', 'matrix\.mtx'/],
    ['matrix.mtx', 'FileError', /no 'matrix\.mtx\[\.gz\]'; found 'barcodes\.tsv', 'genes\.tsv'/],
  ])('names the missing %s and what is there', async (name, tag, message) => {
    await put({ 'matrix.mtx': MATRIX, 'genes.tsv': GENES, 'barcodes.tsv': BARCODES });
    await rm(join(folder, name));
    await expect(read()).rejects.toThrow(message);
    await expect(read()).rejects.toMatchObject({ tag, exitCode: 2 });
    expect(tenxMtx.matches(await probe(folder))).toBe(true);
  });

  it.each([
    ['barcodes.tsv', 'A\nB\nC\n', /barcodes\.tsv: 3 lines, but '.*matrix\.mtx' has 2 columns/],
    ['genes.tsv', 'A\tB\n', /genes\.tsv: 1 lines, but '.*matrix\.mtx' has 3 rows/],
    ['genes.tsv', 'A\tB\nC\nD\tE\n', /genes\.tsv, line 2: expected 2 fields/],
    ['genes.tsv', Uint8Array.of(0xff, 0xfe, 0x41), /genes\.tsv: is not UTF-8/],
    ['barcodes.tsv', gzipSync(BARCODES).subarray(0, 20), /barcodes\.tsv: corrupt or cut short gzip/],
    ['matrix.mtx', gzipSync(MATRIX).subarray(0, 60), /matrix\.mtx: gzip data are cut short/],
    ['matrix.mtx', MATRIX.replace('3 2 4', '3 2 4000'), /declares 3 × 2 with 4000 entries.*cut short/],
    ['matrix.mtx', gzipSync(MATRIX.replace('3 2 4', '3 2 99999999999')), /declares.*99999999999 entries/],
    ['matrix.mtx', '', /before the banner/],
  ])('refuses %s with %j', async (name, content, message) => {
    await put({ 'matrix.mtx': MATRIX, 'genes.tsv': GENES, 'barcodes.tsv': BARCODES });
    await writeFile(join(folder, name), content);
    await expect(read()).rejects.toThrow(message);
    await expect(read()).rejects.toMatchObject({ tag: 'FormatError', exitCode: 2 });
  });

  it('refuses a folder in the place of a file, a file in the place of the folder', async () => {
    await put({ 'matrix.mtx': MATRIX, 'genes.tsv': GENES });
    await mkdir(join(folder, 'barcodes.tsv'));
    await expect(read()).rejects.toMatchObject({ tag: 'FileError', trouble: 'directory' });
    await expect(tenxMtx.read!(join(folder, 'genes.tsv'))).rejects.toMatchObject({
      trouble: 'not-a-directory',
    });
  });

  it('asks which matrix of several is meant', async () => {
    await put({
      'a_matrix.mtx': MATRIX,
      'b_matrix.mtx': MATRIX,
      'a_genes.tsv': GENES,
      'a_barcodes.tsv': BARCODES,
    });
    await expect(read()).rejects.toThrow(/2 matrices \('a_matrix.mtx', 'b_matrix.mtx'\); give the path/);
  });

  it('throws only its own errors on mutated files', async () => {
    const files = { 'matrix.mtx': MATRIX, 'genes.tsv': GENES, 'barcodes.tsv': BARCODES };
    await put(files);
    const mutation = fc.record({
      name: fc.constantFrom(...(Object.keys(files) as (keyof typeof files)[])),
      changes: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      cut: fc.oneof(fc.constant(0), fc.nat(60)),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ name, changes, cut }) => {
        const bytes = new TextEncoder().encode(files[name]);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        await writeFile(join(folder, name), bytes.subarray(0, Math.max(0, bytes.length - cut)));
        await read().catch((error) => {
          if (!isMechanistError(error)) throw error;
        });
        await writeFile(join(folder, name), files[name]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
