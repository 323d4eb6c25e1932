/** `PerturbationData` as the lines of a GCT 1.3 file; see `reader.ts` for the layout. */
import { type Matrix, readRow, swapCompression, transpose } from '../../data/matrix.js';
import type { PerturbationData } from '../../data/perturbation-data.js';
import { type Column, columnLength, type Table } from '../../data/table.js';
import { listNames } from '../../errors.js';
import { lostParts } from '../notes.js';
import { cellText, typedColumn } from '../table/columns.js';
import { formatNumber } from '../table/numbers.js';

/** A missing annotation; a number in its place (−666) would be taken for a value by other programs. */
const MISSING = 'na';

/** The file, line by line. Tabs and line ends within text become spaces: the format cannot hold them. */
export function* gctLines(data: PerturbationData): Generator<string> {
  const { obs, var: genes } = data;
  yield '#1.3\n';
  yield line([data.nVars, data.nObs, genes.names.length, obs.names.length].map(String));
  yield line(['id', ...genes.names, ...obs.index]);
  const filler = genes.names.map(() => MISSING);
  for (const [name, column] of obs.columns) {
    yield line([name, ...filler, ...Array.from(obs.index, (_, i) => cellText(column, i) ?? MISSING)]);
  }
  const single = data.X.values instanceof Float32Array;
  const valuesOf = columnReader(data.X);
  for (let j = 0; j < data.nVars; j++) {
    const annotations = [...genes.columns.values()].map((column) => cellText(column, j) ?? MISSING);
    const values = Array.from(valuesOf(j), (value) => formatNumber(value, single) || 'NaN');
    yield line([genes.index[j]!, ...annotations, ...values]);
  }
}

/** What of `data` a GCT cannot hold or does not bring back, in sentences for the user. */
export function whatIsLost(data: PerturbationData): string[] {
  const lost = lostParts('A GCT', data);
  const retyped = [...numbersInText(data.obs), ...numbersInText(data.var)];
  if (retyped.length > 0) {
    lost.push(
      `A GCT does not tell text from numbers: ${listNames(retyped)} will be read as numbers or truth values.`,
    );
  }
  return lost;
}

/** Text columns that would come back as something else. */
function numbersInText(table: Table): string[] {
  const isText = (column: Column) => column.kind === 'string' || column.kind === 'categorical';
  return [...table.columns].flatMap(([name, column]) => {
    if (!isText(column)) return [];
    const cells = Array.from({ length: columnLength(column) }, (_, i) => cellText(column, i));
    return typedColumn(cells).kind === 'string' ? [] : [name];
  });
}

function line(cells: readonly string[]): string {
  return `${cells.map((cell) => cell.replace(/[\t\r\n]/g, ' ')).join('\t')}\n`;
}

/** Reads columns of any matrix; what it returns is filled anew by the next call. */
function columnReader(X: Matrix): (j: number) => Float64Array {
  const out = new Float64Array(X.nRows);
  if (X.kind === 'dense') {
    return (j) => {
      for (let i = 0; i < X.nRows; i++) out[i] = X.values[i * X.nCols + j]!;
      return out;
    };
  }
  const turned = transpose(X.kind === 'csc' ? X : swapCompression(X));
  return (j) => readRow(turned, j, out);
}
