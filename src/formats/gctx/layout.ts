/**
 * GCTX 1.0, the HDF5 matrices of the Connectivity Map: where things are, and what a missing value is.
 *
 *     /                     attribute version = "GCTX1.0"
 *     /0/DATA/0/matrix      (nSamples, nGenes), row-major, float32 or float64
 *     /0/META/ROW/id, …     genes: one dataset an annotation
 *     /0/META/COL/id, …     samples
 *
 * ROW and COL are meant as in a GCT, whose rows are genes; the matrix is stored the other way round. Layout:
 * Enache et al. 2019, doi:10.1093/bioinformatics/bty784, and cmapPy's `write_gctx.py`.
 */
import { type Column, strings } from '../../data/table.js';
import { typedColumn } from '../table/columns.js';
import { isMissingText } from '../table/missing.js';

export const VERSION = 'GCTX1.0';
export const MATRIX = '0/DATA/0/matrix';
export const GENES = '0/META/ROW';
export const SAMPLES = '0/META/COL';
export const ID = 'id';

/** What the Connectivity Map writes for "missing", in numbers and in text. */
export const MISSING_NUMBER = -666;
export const MISSING_TEXT = '-666';

/**
 * A text annotation. A column of numbers with a missing one is written as text by cmapPy, with `-666` in the
 * gap: where that is there, numbers are taken for numbers.
 */
export function textColumn(cells: readonly string[]): Column {
  const isMissing = (cell: string) => cell === MISSING_TEXT || cell === '-666.0' || isMissingText(cell);
  const values = cells.map((cell) => (isMissing(cell) || cell === 'na' ? null : cell));
  return cells.includes(MISSING_TEXT) || cells.includes('-666.0') ? typedColumn(values) : strings(values);
}
