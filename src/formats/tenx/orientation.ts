/**
 * What the rows and columns of a loose matrix are: the tables that go with it decide by their numbers of
 * rows. Rules, in order:
 *
 * 1. Genes × cells if every table fits that way, cells × genes if every table fits the other way.
 * 2. If both ways fit (a square matrix, or no table at all): genes × cells, as 10x writes it, and a note.
 * 3. If neither fits, tables that were only found beside the file are left aside, and a note says so.
 * 4. A table that the user gave and that fits neither way is an error.
 */
import type { Table } from '../../data/table.js';
import { FormatError } from '../../errors.js';
import type { MatrixMarketHeader } from './matrix-market.js';

export interface Annotations {
  readonly path: string;
  /** Given by the user, or found beside the matrix. */
  readonly given: boolean;
  /** The readings of the file (with its first line as header, or as the first row), the likelier first. */
  readonly tables: readonly Table[];
}

export interface Orientation {
  /** What of the file's matrix is a cell. */
  readonly cellsAre: 'rows' | 'columns';
  readonly nCells: number;
  readonly nGenes: number;
  readonly cells?: Table;
  readonly genes?: Table;
  readonly notes: readonly string[];
}

/** Throws FormatError (rule 4). */
export function decideOrientation(
  { nRows, nCols }: Pick<MatrixMarketHeader, 'nRows' | 'nCols'>,
  cells: Annotations | undefined,
  genes: Annotations | undefined,
  path: string,
): Orientation {
  const notes: string[] = [];
  let fitting = waysThatFit(nRows, nCols, cells, genes);
  if (fitting.length === 0) {
    const found = [cells, genes].filter((side) => side && !side.given) as Annotations[];
    for (const side of found) {
      notes.push(
        `'${side.path}' has ${counts(side)} rows and does not fit this ${nRows} × ${nCols} matrix; it was not used.`,
      );
    }
    const given = (side: Annotations | undefined) => (side?.given ? side : undefined);
    if (found.length > 0) fitting = waysThatFit(nRows, nCols, given(cells), given(genes));
  }
  const [best] = fitting;
  if (!best) throw noFit(nRows, nCols, cells, genes, path);
  if (fitting.length > 1) {
    const why = best.cells || best.genes ? 'The tables fit both ways' : 'No table says what the rows are';
    notes.push(`${why}: the ${nRows} rows were taken as genes, the ${nCols} columns as cells.`);
  }
  return { ...best, notes };
}

function waysThatFit(
  nRows: number,
  nCols: number,
  cells: Annotations | undefined,
  genes: Annotations | undefined,
): Omit<Orientation, 'notes'>[] {
  return (['columns', 'rows'] as const).flatMap((cellsAre) => {
    const [nCells, nGenes] = cellsAre === 'columns' ? [nCols, nRows] : [nRows, nCols];
    const cellTable = cells?.tables.find((table) => table.nRows === nCells);
    const geneTable = genes?.tables.find((table) => table.nRows === nGenes);
    if ((cells && !cellTable) || (genes && !geneTable)) return [];
    return [{ cellsAre, nCells, nGenes, cells: cellTable, genes: geneTable }];
  });
}

function counts({ tables }: Annotations): string {
  return [...new Set(tables.map((table) => table.nRows))].join(' or ');
}

function noFit(
  nRows: number,
  nCols: number,
  cells: Annotations | undefined,
  genes: Annotations | undefined,
  path: string,
): FormatError {
  const sides = [
    cells && `cells '${cells.path}' with ${counts(cells)} rows`,
    genes && `genes '${genes.path}' with ${counts(genes)} rows`,
  ];
  const found = sides.filter(Boolean).join(' and ');
  return new FormatError(
    'mtx',
    `is ${nRows} × ${nCols}, which does not fit the table of ${found}; a table has one row a cell or a gene, in the order of the matrix`,
    { path, expected: `${nRows} × ${nCols}`, found },
  );
}
