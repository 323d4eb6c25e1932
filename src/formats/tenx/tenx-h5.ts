/**
 * The HDF5 file of CellRanger. Version 3 has one group `matrix` with `features` in it; version 2 had one group
 * a genome. The matrix is genes × cells by columns, which is cells × genes by rows: a cell's entries stand
 * together, so that a slice of cells is a slice of the file.
 *
 * Source: 10x Genomics, "Molecule and matrix HDF5 formats" (CellRanger output documentation).
 */
import { type SparseMatrix, sparse } from '../../data/matrix.js';
import { PerturbationData } from '../../data/perturbation-data.js';
import { type Column, categorical, columnStrings, strings, Table } from '../../data/table.js';
import { isMechanistError, listNames } from '../../errors.js';
import type { ReadOptions } from '../format.js';
import type { Hdf5Group, Hdf5Reader } from '../hdf5/index.js';
import { withNotes } from '../notes.js';
import { type RowRange, rowRange } from '../row-range.js';
import { EntryCollector } from './entries.js';

/** Throws FormatError, and OptionError for rows that there are not. */
export function readTenxH5(file: Hdf5Reader, options: ReadOptions = {}): PerturbationData {
  const { root } = file;
  const groups = matrixGroups(root);
  const [first, ...others] = groups;
  if (!first) {
    throw root.fail(
      `no 10x matrix: neither a group 'matrix' nor one a genome; found ${listNames(root.keys())}`,
    );
  }
  const barcodes = first.dataset('barcodes').strings();
  for (const other of others) {
    if (other.dataset('barcodes').strings().join('\n') !== barcodes.join('\n')) {
      throw other.fail(
        `has other barcodes than ${first.path}; genomes of different cells are not put together`,
      );
    }
  }
  const rows = rowRange(options.rows, barcodes.length);
  const parts = groups.map((group) => readGroup(group, barcodes.length, rows));
  const { X, nRepeated } = sideBySide(parts.map((part) => part.X));
  const notes = file.notes;
  if (nRepeated > 0) notes.push(`${nRepeated} entries gave a cell and gene again; they were summed.`);
  return new PerturbationData({
    X,
    obs: new Table(barcodes.slice(rows.start, rows.end)),
    var: stacked(parts.map((part) => part.genes)),
    uns: withNotes(notes),
  });
}

function matrixGroups(root: Hdf5Group): Hdf5Group[] {
  const isMatrix = (group: Hdf5Group) =>
    ['barcodes', 'data', 'indices', 'indptr', 'shape'].some((key) => group.has(key));
  const children = root.keys().map((key) => root.get(key));
  return children.filter((child) => child?.kind === 'group').filter(isMatrix);
}

function readGroup(group: Hdf5Group, nCells: number, rows: RowRange): { X: SparseMatrix; genes: Table } {
  const genes = group.has('features') ? features(group.group('features')) : genesOf(group);
  const [nGenes, nColumns] = group.dataset('shape').numbers();
  if (nGenes !== genes.nRows || nColumns !== nCells) {
    throw group.fail(
      `declares ${nGenes} × ${nColumns}, but there are ${genes.nRows} features and ${nCells} barcodes`,
    );
  }
  const [data, indices] = [group.dataset('data'), group.dataset('indices')];
  const nValues = data.shape?.length === 1 ? data.shape[0]! : -1;
  if (nValues < 0 || indices.shape?.length !== 1 || indices.shape[0] !== nValues) {
    throw group.fail(`data (${data.shape}) and indices (${indices.shape}) are not lists of one length`);
  }
  const pointers = Float64Array.from(group.dataset('indptr').numbers());
  const rises = pointers.every((pointer, k) => k === 0 || pointer >= pointers[k - 1]!);
  if (pointers.length !== nCells + 1 || pointers[0] !== 0 || pointers[nCells] !== nValues || !rises) {
    throw group.fail(`indptr must rise in ${nCells + 1} steps from 0 to the number of values, ${nValues}`);
  }
  const range = [pointers[rows.start]!, pointers[rows.end]!] as const;
  const own = pointers.slice(rows.start, rows.end + 1).map((pointer) => pointer - range[0]);
  const places = Int32Array.from(indices.numbers({ rows: range }));
  const values = data.numbers({ rows: range });
  try {
    return { X: sparse('csr', rows.end - rows.start, genes.nRows, own, places, values), genes };
  } catch (error) {
    if (isMechanistError(error, 'ShapeError')) throw group.fail(error.message);
    throw error;
  }
}

/** Version 3: one list a property, all of the same length. */
function features(group: Hdf5Group): Table {
  const read = (key: string) => group.dataset(key).strings();
  const names = read('name');
  const columns: [string, Column][] = [['gene_ids', strings(read('id'))]];
  const properties = ['feature_type', ...group.keys().filter((key) => !OWN_FEATURE_KEYS.has(key))];
  for (const key of properties) {
    const property = group.get(key);
    if (property?.kind !== 'dataset' || property.type.kind !== 'string') continue;
    columns.push([key === 'feature_type' ? 'feature_types' : key, categorical(property.strings())]);
  }
  return tableOf(group, names, columns);
}
const OWN_FEATURE_KEYS = new Set(['id', 'name', 'feature_type', '_all_tag_keys']);

/** Version 2: the group is the genome. */
function genesOf(group: Hdf5Group): Table {
  const names = group.dataset('gene_names').strings();
  return tableOf(group, names, [
    ['gene_ids', strings(group.dataset('genes').strings())],
    ['genome', categorical(names.map(() => group.name))],
  ]);
}

function tableOf(group: Hdf5Group, names: readonly string[], columns: [string, Column][]): Table {
  try {
    return new Table(names, columns);
  } catch (error) {
    if (isMechanistError(error, 'ShapeError')) throw group.fail(error.message);
    throw error;
  }
}

/** The matrices of several genomes as one, repeated entries summed. */
function sideBySide(parts: readonly SparseMatrix[]): { X: SparseMatrix; nRepeated: number } {
  if (parts.length === 1 && rowsAreDistinct(parts[0]!)) return { X: parts[0]!, nRepeated: 0 };
  const nRows = parts[0]!.nRows;
  const nCols = parts.reduce((sum, part) => sum + part.nCols, 0);
  const nValues = parts.reduce((sum, part) => sum + part.values.length, 0);
  const entries = new EntryCollector({ start: 0, end: nRows }, nCols, nValues, nValues);
  for (let cell = 0; cell < nRows; cell++) {
    let offset = 0;
    for (const { indptr, indices, values, nCols: width } of parts) {
      for (let k = indptr[cell]!; k < indptr[cell + 1]!; k++)
        entries.add(cell, offset + indices[k]!, values[k]!);
      offset += width;
    }
  }
  const { matrix, nRepeated } = entries.toCsr();
  return { X: matrix, nRepeated };
}

function rowsAreDistinct({ nRows, nCols, indptr, indices }: SparseMatrix): boolean {
  const lastCell = new Int32Array(nCols).fill(-1);
  for (let cell = 0; cell < nRows; cell++) {
    for (let k = indptr[cell]!; k < indptr[cell + 1]!; k++) {
      if (lastCell[indices[k]!] === cell) return false;
      lastCell[indices[k]!] = cell;
    }
  }
  return true;
}

function stacked(tables: readonly Table[]): Table {
  if (tables.length === 1) return tables[0]!;
  const all = (name: string) => tables.flatMap((table) => columnStrings(table.column(name)));
  return new Table(
    tables.flatMap((table) => table.index),
    [
      ['gene_ids', strings(all('gene_ids'))],
      ['genome', categorical(all('genome'))],
    ],
  );
}
