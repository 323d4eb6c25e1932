/**
 * A loose Matrix Market file: the matrix alone, with tables of its cells and genes given by the user, found
 * beside it, or not at all. See `orientation.ts` for how rows and columns are told apart.
 */
import { PerturbationData } from '../../data/perturbation-data.js';
import { Table } from '../../data/table.js';
import { FormatError } from '../../errors.js';
import type { Format, Probe, ReadOptions } from '../format.js';
import { withNotes } from '../notes.js';
import { inspect } from '../table/chunks.node.js';
import { annotations } from './annotations.node.js';
import { decideOrientation, type Orientation } from './orientation.js';
import { readMatrix } from './read-matrix.node.js';

/** Cells and genes that a file may have without saying anything of them. */
const MAX_UNNAMED = 1_000_000;

export const mtx: Format = {
  name: 'mtx',
  title: 'Matrix Market',
  extensions: ['.mtx.gz', '.mtx'],
  matches: ({ head, isDirectory }: Probe) =>
    !isDirectory && /^%{1,2}MatrixMarket\s/i.test(String.fromCharCode(...head.subarray(0, 16))),
  read,
};

async function read(path: string, options: ReadOptions = {}): Promise<PerturbationData> {
  const cells = await annotations('cells', options.cells, path);
  const genes = await annotations('genes', options.genes, path);
  const { size } = await inspect(path);
  let found: Orientation | undefined;
  const { X, rows, notes } = await readMatrix(
    path,
    (header) => {
      found = decideOrientation(header, cells, genes, path);
      const nUnnamed = (found.cells ? 0 : found.nCells) + (found.genes ? 0 : found.nGenes);
      if (nUnnamed > MAX_UNNAMED + size) {
        const shape = `${header.nRows} × ${header.nCols}`;
        throw new FormatError(
          'mtx',
          `declares ${shape} in a file of ${size} bytes; give the tables that name them`,
          {
            path,
            where: 'size line',
          },
        );
      }
      return found.cellsAre;
    },
    options,
  );
  const { cells: cellTable, genes: geneTable, nGenes } = found!;
  const kept = Array.from({ length: X.nRows }, (_, i) => rows.start + i);
  const told = [...found!.notes, ...notes];
  for (const [side, table] of [
    [cells, cellTable],
    [genes, geneTable],
  ] as const) {
    if (side && table && !side.given) told.unshift(`'${side.path}', found beside the matrix, was used.`);
  }
  if (!cellTable) told.push('The cells are numbered; --cells names a table of them.');
  if (!geneTable) told.push('The genes are numbered; --genes names a table of them.');
  return new PerturbationData({
    X,
    obs: cellTable ? cellTable.take(kept) : new Table(kept.map(String)),
    var: geneTable ?? new Table(Array.from({ length: nGenes }, (_, j) => String(j))),
    uns: withNotes(told),
  });
}
