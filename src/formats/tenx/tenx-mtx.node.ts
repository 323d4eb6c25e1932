/**
 * A CellRanger folder: the matrix as Matrix Market, genes × cells, with its tables of features and barcodes;
 * version 2 (plain, `genes.tsv`) and 3 (gzipped, `features.tsv.gz`), any mixture of both, with or without
 * the common prefix of GEO's supplementary files.
 */
import { join } from 'node:path';
import { PerturbationData } from '../../data/perturbation-data.js';
import type { Table } from '../../data/table.js';
import { FileError, FormatError, listNames } from '../../errors.js';
import { probe } from '../files.node.js';
import type { Format, Probe, ReadOptions } from '../format.js';
import { withNotes } from '../notes.js';
import { barcodeTable, featureTable } from './names.js';
import { type TenxParts, tenxParts } from './parts.js';
import { readMatrix } from './read-matrix.node.js';
import { textLines } from './text-lines.node.js';

export const tenxMtx: Format = {
  name: 'tenx-mtx',
  title: '10x Genomics folder (Matrix Market)',
  extensions: [],
  matches: ({ isDirectory, entries }: Probe) =>
    isDirectory && tenxParts(entries).some(({ matrix, barcodes }) => matrix ?? barcodes),
  read,
};

async function read(folder: string, options: ReadOptions = {}): Promise<PerturbationData> {
  const seen = await probe(folder);
  if (!seen.isDirectory) {
    throw new FileError(folder, 'not-a-directory', `${folder} is a file, a folder of 10x files was expected`);
  }
  const parts = onlySet(folder, seen.entries);
  const part = (name: keyof TenxParts, usual: string) => partPath(folder, parts, name, usual, seen.entries);
  const matrixPath = part('matrix', 'matrix.mtx[.gz]');
  const featuresPath = part('features', 'features.tsv[.gz]');
  const barcodesPath = part('barcodes', 'barcodes.tsv[.gz]');
  const genes = featureTable(await textLines(featuresPath), featuresPath);
  const cells = barcodeTable(await textLines(barcodesPath), barcodesPath);
  const { X, rows, notes } = await readMatrix(
    matrixPath,
    ({ nRows, nCols }) => {
      checkCount(featuresPath, genes, 'rows', nRows, matrixPath);
      checkCount(barcodesPath, cells, 'columns', nCols, matrixPath);
      return 'columns';
    },
    options,
  );
  const kept = Array.from({ length: X.nRows }, (_, i) => rows.start + i);
  const obs = X.nRows === cells.nRows ? cells : cells.take(kept);
  return new PerturbationData({ X, obs, var: genes, uns: withNotes(notes) });
}

/** The one set of parts in the folder; several samples in one folder are for the user to choose from. */
function onlySet(folder: string, entries: readonly string[]): TenxParts {
  const sets = tenxParts(entries);
  if (sets.length === 0) {
    throw new FileError(folder, 'missing', `${folder}: no matrix.mtx[.gz]; found ${listNames(entries)}`);
  }
  const matrices = sets.flatMap(({ matrix }) => matrix ?? []);
  if (matrices.length > 1) {
    throw new FormatError(
      'tenx-mtx',
      `holds ${matrices.length} matrices (${listNames(matrices)}); give the path of the one to read`,
      { path: folder },
    );
  }
  return sets.find(({ matrix }) => matrix !== undefined) ?? sets[0]!;
}

function partPath(
  folder: string,
  parts: TenxParts,
  name: keyof TenxParts,
  usual: string,
  entries: readonly string[],
): string {
  const entry = parts[name];
  if (entry !== undefined) return join(folder, entry);
  const path = join(folder, parts.prefix + usual);
  throw new FileError(
    path,
    'missing',
    `${folder}: no '${parts.prefix}${usual}'; found ${listNames(entries)}`,
  );
}

function checkCount(path: string, table: Table, what: string, count: number, matrixPath: string): void {
  if (table.nRows === count) return;
  throw new FormatError('tenx-mtx', `${table.nRows} lines, but '${matrixPath}' has ${count} ${what}`, {
    path,
    expected: `${count} lines`,
    found: `${table.nRows}`,
  });
}
