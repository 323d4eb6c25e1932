/** What trees may split on: numbers, sorted once for all trees, and labels, which stand for one-hot columns. */

export interface Columns {
  readonly nRows: number;
  readonly numbers: readonly NumberColumn[];
  readonly labels: readonly LabelColumns[];
}

export interface NumberColumn {
  /** Its number in the rows that are predicted. */
  readonly column: number;
  /** `(nRows)` */
  readonly values: Float64Array;
  /** Rows by increasing value, `(nRows)`. */
  readonly order: Int32Array;
}

/** One-hot columns `column … column + count − 1`, of which each row has one. */
export interface LabelColumns {
  readonly column: number;
  readonly count: number;
  /** `(nRows)`, 0 … count − 1. */
  readonly labels: Int32Array;
}

export function numberColumn(column: number, values: Float64Array): NumberColumn {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
  return { column, values, order };
}
