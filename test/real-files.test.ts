/** Files as others wrote them: each is read whole, its shape and its roles are what its authors say. */
import { describe, expect, it } from 'vitest';
import { cellAt, readRow, toDense } from '../src/data/index.js';
import { readData } from '../src/formats/index.node.js';
import { hasShared, mechanist, sharedFile, succeed } from './support/command.js';

const file = (path: string) => sharedFile(`data/${path}`);
const info = async (path: string, ...more: string[]) =>
  JSON.parse((await succeed('info', file(path), '--json', ...more)).stdout);

interface Expected {
  readonly path: string;
  readonly shape: readonly [number, number];
  /** What has to be among the sentences. */
  readonly understood: readonly RegExp[];
  /** Observed pairs of contexts × actions. */
  readonly pairs?: readonly [number, number, number];
  readonly options?: readonly string[];
}

const FILES: readonly Expected[] = [
  {
    path: 'l1000/cmap_24cells_20compounds.tsv',
    shape: [326, 978],
    understood: [/context: column 'unit', 24/, /action: column 'intervention', 21/, /control: 'DMSO', 24/],
    pairs: [326, 24, 21],
  },
  {
    path: 'l1000/modzs_n272x978.gctx',
    shape: [272, 978],
    understood: [/context: column 'cell_id', 65/, /action: column 'pert_iname', 3/, /control: none/],
    pairs: [131, 65, 3],
  },
  {
    path: 'l1000/LJP009_A375_24H_X1_B20_QNORM_n371x978.gct',
    shape: [371, 978],
    understood: [/one value 'A375'/, /action: column 'pert_iname', 64/, /control: 'DMSO', 22/],
    pairs: [64, 1, 64],
  },
  {
    path: 'l1000/test_l1000_highprecision.gctx',
    shape: [377, 978],
    understood: [/one value 'A375'/, /control: 'DMSO', 26/],
    pairs: [60, 1, 60],
  },
  {
    path: 'l1000/test_p100.gct',
    shape: [96, 96],
    understood: [/1 of 96 genes have missing values/, /control: 'DMSO', 3/],
    pairs: [32, 1, 32],
    options: ['--missing=drop-genes'],
  },
  { path: 'l1000/modzs_n25x50.gctx', shape: [25, 50], understood: [/'cell_id', 18/], pairs: [24, 18, 3] },
  { path: 'l1000/modzs_n25x50.gct', shape: [25, 50], understood: [/which column is the action/] },
  {
    path: 'papalexi2021/counts_genes_x_cells.mtx.gz',
    shape: [20729, 299],
    understood: [/action: column 'target', 26/, /control: 'non-targeting', 2386/, /one context 'all'/],
    pairs: [26, 1, 26],
  },
  {
    path: 'kang2018/counts_genes_x_cells.mtx.gz',
    shape: [1556, 1267],
    understood: [/context: column 'cluster_id', 5/, /action: column 'group_id', 2/, /control: 'ctrl', 750/],
    pairs: [10, 5, 2],
  },
  {
    path: 'scmageck/scmageck_dox_6229x28.csv',
    shape: [6229, 28],
    understood: [/action: column 'target_gene', 183/, /2166 rows have no label/],
    pairs: [183, 1, 183],
  },
  {
    path: 'sachs/sachs_5846x11_utigsp.csv',
    shape: [5846, 11],
    understood: [/action: column 'target', 5/, /1755 rows without a label in 'target', now 'control'/],
    pairs: [6, 1, 6],
    options: ['--control='],
  },
  { path: 'anndata-archives/v0.5.0/adata.h5ad', shape: [700, 765], understood: [/bulk_labels/] },
  { path: 'anndata-archives/v0.7.0/adata.h5ad', shape: [30, 20], understood: [/obs_cat/] },
  { path: 'anndata-archives/v0.7.8/adata.h5ad', shape: [30, 20], understood: [/obs_cat/] },
  {
    path: 'anndata-archives/v0.11.4/adata.h5ad',
    shape: [10, 20],
    understood: [/which column is the action/],
  },
];

describe.skipIf(!hasShared)('info', () => {
  it.each(FILES)('$path', async ({ path, shape, understood, pairs, options = [] }) => {
    const facts = await info(path, ...options);
    expect([facts.nObs, facts.nVars]).toEqual(shape);
    for (const sentence of understood) expect(facts.understood.join('\n')).toMatch(sentence);
    const { coverage } = facts;
    expect(coverage && [coverage.pairs, coverage.contexts, coverage.actions]).toEqual(pairs);
  });

  it.each(['l1000/compounds.csv', 'images/car.jpg', 'smiles/lincs_drugs_smiles.csv', 'README.md', 'sachs'])(
    'refuses %s, which is no screen',
    async (path) => {
      const { code, stderr } = await mechanist('info', file(path));
      expect(code).toBe(2);
      expect(stderr).not.toMatch(/internal error|\n\s+at /);
    },
  );

  it('points from a folder to the matrix in it', async () => {
    const { code, stderr } = await mechanist('info', file('papalexi2021'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/did you mean '.*counts_genes_x_cells\.mtx\.gz'/);
  });
});

describe.skipIf(!hasShared)('the numbers', () => {
  it('of the same profiles in GCT and GCTX agree to the digits of the text', async () => {
    const [text, binary] = await Promise.all([
      readData(file('l1000/modzs_n25x50.gct')),
      readData(file('l1000/modzs_n25x50.gctx')),
    ]);
    expect(text.obs.index).toEqual(binary.obs.index);
    // the text file and the binary one order their genes differently
    const place = new Map(binary.var.index.map((gene, j) => [gene, j]));
    const [a, b] = [toDense(text.X), toDense(binary.X)];
    for (let i = 0; i < 25; i++) {
      for (let j = 0; j < 50; j++) {
        const other = b.values[i * 50 + (place.get(text.var.index[j]) ?? -1)];
        expect(Math.abs(a.values[i * 50 + j] - other)).toBeLessThan(0.0051);
      }
    }
  });

  it('of a row of the CMAP set stand where the file has them', async () => {
    const data = await readData(file('l1000/cmap_24cells_20compounds.tsv'));
    // awk -F'\t' 'NR==1 || NR==100 {print $1, $2, $3, $4, $980}'
    expect(data.var.index.slice(0, 2)).toEqual(['780', '7849']);
    const row = readRow(data.X, 98, new Float64Array(978));
    expect(['unit', 'intervention'].map((name) => cellAt(data.obs.column(name), 98))).toEqual([
      'NOMO1',
      'BRD-A79768653',
    ]);
    expect([row[0], row[1], row[977]]).toEqual([403.5, 213, 920]);
  });

  it('of Perturb-seq are counts, sparse, with the cells in the order of the table', async () => {
    const data = await readData(file('kang2018/counts_genes_x_cells.mtx.gz'));
    expect(data.X.kind).not.toBe('dense');
    expect(data.X.values.every((value) => Number.isInteger(value) && value > 0)).toBe(true);
  });
});
