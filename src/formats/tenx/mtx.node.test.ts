import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDense } from '../../data/matrix.js';
import type { NdArray, PerturbationData } from '../../data/perturbation-data.js';
import { columnStrings } from '../../data/table.js';
import { probe } from '../files.node.js';
import { mtx } from './mtx.node.js';

const SHARED = join(process.env.MECHANIST_SHARED ?? '../shared', 'data');
const hasScipy = (() => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import scipy.io'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtx-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}
const coordinate = (shape: string, entries: string, kind = 'real general') =>
  `%%MatrixMarket matrix coordinate ${kind}\n${shape} ${entries.split('\n').length}\n${entries}\n`;
const values = (data: PerturbationData) => [...toDense(data.X).values];
const notes = (data: PerturbationData) =>
  ((data.uns.get('reading_notes') as NdArray | undefined)?.values ?? []) as string[];

const TWO_BY_THREE = coordinate('2 3', '1 1 -1.5\n2 3 4');
const CELLS = 'cell,batch\na,1\nb,1\nc,2\n';
const GENES = 'gene,kind\nG1,x\nG2,y\n';

describe('loose Matrix Market', () => {
  it('numbers cells and genes without tables, and says so', async () => {
    const data = await mtx.read!(await put('counts.mtx', TWO_BY_THREE));
    expect([data.nObs, data.nVars]).toEqual([3, 2]);
    expect(data.obs.index).toEqual(['0', '1', '2']);
    expect(values(data)).toEqual([-1.5, 0, 0, 0, 0, 4]);
    expect(notes(data).join(' ')).toMatch(
      /2 rows were taken as genes.*cells are numbered.*genes are numbered/,
    );
  });

  it('takes rows as genes or as cells, as the given tables say', async () => {
    const [cells, genes] = [await put('my cells.csv', CELLS), await put('my genes.csv.gz', GENES)];
    const asGenes = await mtx.read!(await put('counts.mtx.gz', TWO_BY_THREE), { cells, genes });
    expect(asGenes.obs.index).toEqual(['a', 'b', 'c']);
    expect(asGenes.obs.indexName).toBe('cell');
    expect(asGenes.obs.names).toEqual(['batch']);
    expect(asGenes.var.index).toEqual(['G1', 'G2']);
    expect(values(asGenes)).toEqual([-1.5, 0, 0, 0, 0, 4]);
    expect(notes(asGenes)).toEqual([]);
    const turned = await put('turned.mtx', coordinate('3 2', '1 1 -1.5\n3 2 4'));
    const asCells = await mtx.read!(turned, { cells, genes });
    expect(values(asCells)).toEqual(values(asGenes));
    expect((await mtx.read!(turned, { genes })).var.index).toEqual(['G1', 'G2']);
    expect((await mtx.read!(turned, { cells })).obs.index).toEqual(['a', 'b', 'c']);
  });

  it('uses tables beside the file, with or without a header, and leaves aside those that do not fit', async () => {
    const path = await put('s1_matrix.mtx', TWO_BY_THREE);
    await put('s1_barcodes.tsv', 'a\nb\nc\n');
    await put('s1_genes.tsv', 'gene\tname\nE1\tG1\nE2\tG2\n');
    const data = await mtx.read!(path);
    expect(data.obs.index).toEqual(['a', 'b', 'c']);
    expect(data.var.names.length + data.var.index.length).toBeGreaterThan(2);
    expect(notes(data).filter((note) => note.includes('found beside'))).toHaveLength(2);
    await put('s1_barcodes.tsv', 'a\nb\nc\nd\ne\n');
    const without = await mtx.read!(path);
    expect(without.obs.index).toEqual(['0', '1', '2']);
    expect(notes(without).join(' ')).toMatch(/s1_barcodes.tsv' has 5 or 4 rows and does not fit this 2 × 3/);
  });

  it('refuses given tables that fit neither way', async () => {
    const path = await put('counts.mtx', TWO_BY_THREE);
    const cells = await put('c.csv', `${CELLS}d,3\n`);
    await expect(mtx.read!(path, { cells })).rejects.toThrow(
      /is 2 × 3, which does not fit.*cells '.*c\.csv' with 4 rows/,
    );
    const genes = await put('g.csv', `${GENES}G3,z\n`);
    const right = await put('right.csv', CELLS);
    await expect(mtx.read!(path, { cells: right, genes })).rejects.toMatchObject({ tag: 'FormatError' });
    await expect(mtx.read!(path, { cells: join(folder, 'none.csv') })).rejects.toMatchObject({
      trouble: 'missing',
    });
    await mkdir(join(folder, 'd.csv'));
    await expect(mtx.read!(path, { cells: join(folder, 'd.csv') })).rejects.toMatchObject({
      trouble: 'directory',
    });
  });

  it('mirrors symmetric and skew-symmetric files, sparse and dense', async () => {
    const cases: [string, number[]][] = [
      [coordinate('2 2', '1 1 1\n2 1 5', 'real symmetric'), [1, 5, 5, 0]],
      [coordinate('2 2', '2 1 5', 'integer skew-symmetric'), [0, 5, -5, 0]],
      ['%%MatrixMarket matrix array real symmetric\n2 2\n1\n5\n7\n', [1, 5, 5, 7]],
      ['%%MatrixMarket matrix array real skew-symmetric\n2 2\n5\n', [0, 5, -5, 0]],
    ];
    for (const [text, expected] of cases) {
      const path = await put('square.mtx', text);
      expect(values(await mtx.read!(path))).toEqual(expected);
      expect(values(await mtx.read!(path, { rows: { start: 1, end: 2 } }))).toEqual(expected.slice(2));
    }
  });

  it('reads dense files both ways round, whole and by slice', async () => {
    const path = await put(
      'dense.mtx',
      '%%MatrixMarket matrix array integer general\n2 3\n1\n2\n3\n4\n5\n6\n',
    );
    const cells = await put('cells.csv', CELLS);
    const genes = await put('two.csv', 'gene\nA\nB\n');
    expect((await mtx.read!(path, { cells })).X).toMatchObject({ kind: 'dense', nRows: 3 });
    expect(values(await mtx.read!(path, { cells }))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(values(await mtx.read!(path, { cells, rows: { start: 1, end: 2 } }))).toEqual([3, 4]);
    const two = await put('two-cells.csv', 'cell\nA\nB\n');
    const three = await put('three-genes.csv', 'gene\nA\nB\nC\n');
    expect(values(await mtx.read!(path, { cells: two, genes: three }))).toEqual([1, 3, 5, 2, 4, 6]);
    expect(values(await mtx.read!(path, { cells: two, genes: three, rows: { start: 1, end: 2 } }))).toEqual([
      2, 4, 6,
    ]);
    await expect(mtx.read!(path, { genes, rows: { start: 2, end: 4 } })).rejects.toMatchObject({
      tag: 'OptionError',
    });
  });

  it('does not believe sizes that cannot be', async () => {
    const path = await put(
      'huge.mtx',
      '%%MatrixMarket matrix coordinate real general\n2000000000 2000000000 0\n',
    );
    await expect(mtx.read!(path)).rejects.toThrow(/declares 2000000000 × 2000000000 in a file of 70 bytes/);
    const many = await put('many.mtx.gz', '%%MatrixMarket matrix array real general\n2000000 2000000\n1\n');
    await expect(mtx.read!(many)).rejects.toThrow(/4000000000000 entries.*cut short/);
  });

  it.skipIf(!hasScipy)('agrees with scipy.io.mmread', async () => {
    const path = join(folder, 'scipy.mtx');
    // seed 5: a 40 × 30 matrix of normal deviates, 20 % filled, written with mmwrite
    const script = `import scipy.io, scipy.sparse as s, numpy as np, json, sys
m = s.random(40, 30, 0.2, random_state=5, data_rvs=np.random.RandomState(5).standard_normal)
scipy.io.mmwrite(sys.argv[1], m)
print(json.dumps(scipy.io.mmread(sys.argv[1]).toarray().T.ravel().tolist()))`;
    const truth = JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, path], { encoding: 'utf8' }));
    expect(values(await mtx.read!(path))).toEqual(truth);
  });
});

describe.skipIf(!existsSync(SHARED))('real files', () => {
  it('reads papalexi2021 with its tables', async () => {
    const at = (name: string) => join(SHARED, 'papalexi2021', name);
    const path = at('counts_genes_x_cells.mtx.gz');
    expect(mtx.matches(await probe(path))).toBe(true);
    const data = await mtx.read!(path, { cells: at('cells.csv.gz'), genes: at('genes.csv') });
    expect([data.nObs, data.nVars, data.X.values.length]).toEqual([20729, 299, 1390126]);
    // scipy.io.mmread(path).sum() and .tocsr()[:, 20728].sum()
    expect(Array.from(data.X.values).reduce((sum, value) => sum + value, 0)).toBe(4299765);
    const targets = columnStrings(data.obs.column('target'));
    expect(new Set(targets).size).toBe(26);
    expect(data.obs.index.slice(0, 2)).toEqual(['0', '1']);
    expect(data.var.index.slice(0, 2)).toEqual(['PCBP3', 'ITGB1BP1']);
    const slice = await mtx.read!(path, { rows: { start: 100, end: 110 } });
    expect(values(slice)).toEqual([
      ...toDense(data.takeObs(Array.from({ length: 10 }, (_, i) => 100 + i)).X).values,
    ]);
  });

  it('reads kang2018, sorted by gene, with the tables beside it', async () => {
    const data = await mtx.read!(join(SHARED, 'kang2018', 'counts_genes_x_cells.mtx.gz'));
    expect([data.nObs, data.nVars]).toEqual([1556, 1267]);
    expect(data.obs.index[0]).toBe('ATCATGCTGCGTAT-1');
    expect(data.var.index.slice(0, 2)).toEqual(['HES4', 'ISG15']);
    expect(new Set(columnStrings(data.obs.column('group_id')))).toEqual(new Set(['ctrl', 'stim']));
    expect(notes(data)).toHaveLength(2);
    // the file's first entry: gene 1, cell 10, count 1
    expect(toDense(data.X).values[9 * 1267]).toBe(1);
  });
});
