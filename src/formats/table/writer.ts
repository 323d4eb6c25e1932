/**
 * Rows as csv or tsv: row names, annotations, genes; what pandas and Excel expect of one.
 *
 * Quotes carry what a csv cannot say otherwise, and no other program minds them: the names of the row names
 * and of the annotations are quoted in the header, those of genes are not (so that our own files are split
 * again as they were); text that would be read as a number, a truth value or missing is quoted.
 */
import { type Matrix, type NumericArray, readRow } from '../../data/matrix.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import type { Column, Table } from '../../data/table.js';
import { listNames, ShapeError } from '../../errors.js';
import { lostParts } from '../notes.js';
import { cellText, isBooleanText } from './columns.js';
import { markedColumns, needsQuotes } from './layout.js';
import { isMissingText } from './missing.js';
import { formatNumber, numberFromText } from './numbers.js';

export class TableWriter {
  private readonly separator: string;

  constructor(private readonly delimiter: number) {
    this.separator = String.fromCharCode(delimiter);
  }

  header(obs: Table, genes: readonly string[]): string {
    const quoted = [obs.indexName ?? '', ...obs.names].map(quote);
    return this.line([...quoted, ...genes.map((name) => this.field(name))]);
  }

  /** One line for row `i` of `obs`, with its values `(nVars)`; `single` when they are float32. */
  row(obs: Table, i: number, values: ArrayLike<number>, single: boolean): string {
    const cells = [this.field(obs.index[i]!)];
    if (cells[0] === '') cells[0] = quote('');
    for (const column of obs.columns.values()) cells.push(this.cell(column, i));
    for (let j = 0; j < values.length; j++) cells.push(formatNumber(values[j]!, single));
    return this.line(cells);
  }

  private cell(column: Column, i: number): string {
    const text = cellText(column, i);
    if (text === null) return '';
    if (column.kind === 'numeric' || column.kind === 'boolean') return text;
    return isAmbiguous(text) ? quote(text) : this.field(text);
  }

  private field(text: string): string {
    return needsQuotes(text, this.delimiter) ? quote(text) : text;
  }

  private line(cells: readonly string[]): string {
    return `${cells.join(this.separator)}\n`;
  }
}

/** Text that would not be read as text. */
function isAmbiguous(text: string): boolean {
  return isMissingText(text) || isBooleanText(text) || !Number.isNaN(numberFromText(text));
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Reads rows of any matrix as dense ones; `single` says whether they are float32. */
export function rowReader(X: Matrix): { row: (i: number) => Float64Array; single: boolean } {
  const out = new Float64Array(X.nCols);
  return { row: (i) => readRow(X, i, out), single: X.values instanceof Float32Array };
}

/** What of `data` has no place in a table, in sentences for the user. */
export function whatIsLost(data: PerturbationData, delimiter: number): string[] {
  const lost = lostParts('A table', data);
  if (data.var.names.length > 0)
    lost.push(`A table keeps only the names of genes: ${listNames(data.var.names)} left out.`);
  const names = [data.obs.indexName ?? '', ...data.obs.names];
  const header = [
    ...names.map((name) => ({ name, quoted: true })),
    ...data.var.index.map((name) => ({ name, quoted: needsQuotes(name, delimiter) })),
  ];
  if (markedColumns(header, delimiter) !== names.length) {
    lost.push(`Annotations and genes may not be told apart when this table is read again.`);
  }
  return lost;
}

/** Throws ShapeError when a block of a stream does not fit what came before it. */
export function checkBlock(names: readonly string[], nGenes: number, obs: Table, X: NumericArray): void {
  if (obs.names.join('\0') !== names.join('\0')) {
    throw new ShapeError('columns of the block', listNames(names), listNames(obs.names));
  }
  if (X.length !== obs.nRows * nGenes) {
    throw new ShapeError('values of the block', `${obs.nRows} × ${nGenes}`, `${X.length}`);
  }
}
