/** Small valid files of every format that is read: what the fuzzer breaks. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { booleans, categorical, numeric, PerturbationData, strings, Table } from '../../dist/data/index.js';
import { writeData } from '../../dist/formats/index.node.js';

const N_OBS = 7;
const N_VARS = 5;
const range = (n) => Array.from({ length: n }, (_, i) => i);

/** Every kind of column, a layer, an embedding, sparse and dense, things in `uns`. */
function sample(sparse) {
  const values = Float32Array.from({ length: N_OBS * N_VARS }, (_, i) => ((i * 37) % 11) / 4);
  const dense = { kind: 'dense', nRows: N_OBS, nCols: N_VARS, values };
  const counts = {
    kind: 'csr',
    nRows: N_OBS,
    nCols: N_VARS,
    indptr: Int32Array.from(range(N_OBS + 1), (i) => 2 * i),
    indices: Int32Array.from(range(2 * N_OBS), (i) => (i % 2 ? 3 : 1)),
    values: Float32Array.from(range(2 * N_OBS), (i) => i + 1),
  };
  return new PerturbationData({
    X: sparse ? counts : dense,
    obs: new Table(
      range(N_OBS).map((i) => `cell-${i}`),
      [
        ['cell_line', categorical(range(N_OBS).map((i) => ['A375', 'MCF7'][i % 2]))],
        ['drug', strings(range(N_OBS).map((i) => (i === 3 ? null : ['DMSO', 'x', 'µ "y"'][i % 3])))],
        ['dose', numeric(Float64Array.from(range(N_OBS), (i) => i / 3))],
        [
          'batch',
          {
            kind: 'numeric',
            values: Int32Array.from(range(N_OBS)),
            mask: new Uint8Array(N_OBS).fill(1, 2, 3),
          },
        ],
        ['is_good', booleans(range(N_OBS).map((i) => i % 2))],
      ],
    ),
    var: new Table(
      range(N_VARS).map((j) => `gene-${j}`),
      [['symbol', strings(range(N_VARS).map((j) => `G${j}`))]],
    ),
    layers: [['counts', counts]],
    obsm: [
      ['X_pca', { kind: 'dense', nRows: N_OBS, nCols: 2, values: new Float64Array(2 * N_OBS).fill(0.5) }],
    ],
    uns: [
      ['title', 'a sample'],
      [
        'nested',
        new Map([
          ['number', 3],
          ['list', { kind: 'array', shape: [2], values: ['a', 'b'] }],
        ]),
      ],
    ],
  });
}

/** What each format is tried on: how its files are made at a path with this extension. */
const MAKERS = {
  h5ad: ['.h5ad', (path) => writeData(path, sample(false))],
  'h5ad-sparse': ['.h5ad', (path) => writeData(path, sample(true))],
  gctx: ['.gctx', (path) => writeData(path, sample(false))],
  gct: ['.gct', (path) => writeData(path, sample(false))],
  csv: ['.csv', (path) => writeData(path, sample(false))],
  'csv.gz': ['.csv.gz', (path) => writeData(path, sample(false))],
  tsv: ['.tsv', (path) => writeData(path, sample(false))],
  parquet: ['.parquet', (path) => writeData(path, sample(false))],
  zarr: ['.zarr', (path) => writeData(path, sample(true))],
  'tenx-h5': ['.h5', (path) => writeData(path, sample(true))],
  'tenx-mtx': ['', tenxFolder],
  mtx: ['.mtx', (path) => writeFileSync(path, matrixMarket())],
};

export const FORMATS = Object.keys(MAKERS);

function matrixMarket() {
  const entries = range(N_OBS).map((i) => `${1 + (i % N_VARS)} ${i + 1} ${i + 2}`);
  const head = [
    '%%MatrixMarket matrix coordinate integer general',
    '%a comment',
    `${N_VARS} ${N_OBS} ${N_OBS}`,
  ];
  return `${[...head, ...entries].join('\n')}\n`;
}

function tenxFolder(path) {
  mkdirSync(path);
  const lines = (n, line) => gzipSync(`${range(n).map(line).join('\n')}\n`);
  writeFileSync(join(path, 'matrix.mtx.gz'), gzipSync(matrixMarket()));
  writeFileSync(
    join(path, 'barcodes.tsv.gz'),
    lines(N_OBS, (i) => `AAAC-${i}`),
  );
  writeFileSync(
    join(path, 'features.tsv.gz'),
    lines(N_VARS, (j) => `ENSG${j}\tG${j}\tGene Expression`),
  );
}

/** The files of a sample at `path`: one, or a folder of them. */
export function placeFiles(path, files) {
  rmSync(path, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    if (name) mkdirSync(dirname(join(path, name)), { recursive: true });
    placeFile(path, name, bytes);
  }
}

export const placeFile = (path, name, bytes) => writeFileSync(name ? join(path, name) : path, bytes);

/** The sample of `format` in memory: `{ format, extension, files: [[name within the folder or '', bytes]] }`. */
export async function sampleFiles(format, folder) {
  const [extension, make] = MAKERS[format];
  const path = join(folder, `sample-${format}${extension}`);
  await make(path);
  if (!statSync(path).isDirectory()) return { format, extension, files: [['', readFileSync(path)]] };
  const names = readdirSync(path, { recursive: true }).filter((name) => statSync(join(path, name)).isFile());
  return { format, extension, files: names.sort().map((name) => [name, readFileSync(join(path, name))]) };
}
