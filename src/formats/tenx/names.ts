/**
 * The two tables that go with a 10x matrix: `features.tsv` (CellRanger 3; `genes.tsv` before) and
 * `barcodes.tsv`. Tab-separated, no header, no quotes.
 *
 * Source: 10x Genomics, "Feature-Barcode Matrices" (CellRanger output documentation).
 */
import { type Column, categorical, numeric, strings, Table } from '../../data/table.js';
import { FormatError } from '../../errors.js';

/** What the columns after id and name are; later ones are not known. */
const FURTHER_COLUMNS = ['feature_types', 'chromosome', 'start', 'end'];

/**
 * `(nGenes)`: named by the symbol, as scanpy does, ids in `gene_ids`; `feature_types` and the position
 * where the file gives them. Repeated symbols stay as they are.
 */
export function featureTable(lines: readonly string[], path: string): Table {
  const rows = splitRows(lines, path);
  const nFields = rows[0]?.length ?? 1;
  const field = (at: number) => rows.map((row) => row[at]!);
  if (nFields === 1) return new Table(field(0));
  const columns: [string, Column][] = [['gene_ids', strings(field(0))]];
  for (let at = 2; at < Math.min(nFields, 2 + FURTHER_COLUMNS.length); at++) {
    const name = FURTHER_COLUMNS[at - 2]!;
    columns.push([name, featureColumn(name, field(at))]);
  }
  return new Table(field(1), columns);
}

function featureColumn(name: string, values: readonly string[]): Column {
  if (name === 'start' || name === 'end') {
    const numbers = Float64Array.from(values, (value) => (value === '' ? Number.NaN : Number(value)));
    if (values.every((value, i) => value === '' || !Number.isNaN(numbers[i]!))) return numeric(numbers);
  }
  return categorical(values.map((value) => (value === '' ? null : value)));
}

/** `(nCells)`: named by the first field of each line; further fields are left out. */
export function barcodeTable(lines: readonly string[], path: string): Table {
  return new Table(splitRows(lines, path).map((row) => row[0]!));
}

function splitRows(lines: readonly string[], path: string): string[][] {
  if (lines.length === 1 && lines[0] === '') return [];
  const rows = lines.map((line) => line.split('\t'));
  const wrong = rows.findIndex((row) => row.length !== rows[0]!.length || row[0] === '');
  if (wrong >= 0) {
    throw new FormatError(
      'tenx-mtx',
      `expected ${rows[0]!.length} fields, the first a name, found '${lines[wrong]!.slice(0, 60)}'`,
      { path, where: `line ${wrong + 1}` },
    );
  }
  return rows;
}
