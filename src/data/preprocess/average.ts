/** Replicates averaged: one row for each combination of values in some `obs` columns. */
import { DataError } from '../../errors.js';
import { type DenseMatrix, dense, type Matrix, readRow } from '../matrix.js';
import { PerturbationData } from '../perturbation-data.js';
import { columnStrings, numeric, Table } from '../table.js';

export interface Averaged {
  readonly data: PerturbationData;
  /** Rows left out because they have no value in one of the columns. */
  readonly unlabelled: number;
}

/**
 * The mean of all rows that agree in `columns`, for `X` and every layer (dense, float64: means of sparse rows
 * fill up). `obs` keeps those columns and gains `n_replicates`; rows are sorted by the columns, named by their
 * values joined with ':'. What belongs to single rows (`obsm`, `obsp`, `raw`) is left behind. Throws
 * ColumnError, DataError when no columns are given.
 */
export function averageReplicates(data: PerturbationData, columns: readonly string[]): Averaged {
  if (columns.length === 0) throw new DataError('average over which columns? name at least one');
  const labels = columns.map((name) => columnStrings(data.obs.column(name, 'obs')));
  const rowsOf = new Map<string, number[]>();
  let unlabelled = 0;
  for (let row = 0; row < data.nObs; row++) {
    const key = labels.map((label) => label[row]);
    if (key.includes(null)) {
      unlabelled++;
      continue;
    }
    // JSON keeps ('a', 'b:c') and ('a:b', 'c') apart.
    const text = JSON.stringify(key);
    const rows = rowsOf.get(text);
    if (rows) rows.push(row);
    else rowsOf.set(text, [row]);
  }
  const keyAt = (rows: number[]) => labels.map((label) => label[rows[0]] as string);
  const groups = [...rowsOf.values()].sort((a, b) => compare(keyAt(a), keyAt(b)));
  const first = data.obs.take(groups.map((rows) => rows[0]));
  const obs = new Table(
    groups.map((rows) => keyAt(rows).join(':')),
    [
      ...columns.map((name) => [name, first.column(name)] as const),
      ['n_replicates', numeric(Int32Array.from(groups, (rows) => rows.length))],
    ],
  );
  return {
    unlabelled,
    data: new PerturbationData({
      X: meanRows(data.X, groups),
      obs,
      var: data.var,
      layers: [...data.layers].map(([name, layer]) => [name, meanRows(layer, groups)] as const),
      varm: data.varm,
      varp: data.varp,
      uns: data.uns,
    }),
  };
}

/** Means of groups of rows: `(groups.length, nCols)`, float64. */
export function meanRows(matrix: Matrix, groups: readonly (readonly number[])[]): DenseMatrix {
  const { nCols } = matrix;
  const out = dense(groups.length, nCols);
  const row = new Float64Array(nCols);
  groups.forEach((rows, g) => {
    for (const i of rows) {
      readRow(matrix, i, row);
      for (let j = 0; j < nCols; j++) out.values[g * nCols + j] += row[j];
    }
    for (let j = g * nCols; j < (g + 1) * nCols; j++) out.values[j] /= rows.length;
  });
  return out;
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
}
