/**
 * Covariates of contexts as a linear model takes them: each column with mean 0 and standard deviation 1 over the
 * contexts that are known, all of them together scaled so that the mean square length of a row is 1, and turned to at
 * most as many columns as there are contexts. A ridge does not notice the turn; thousands of columns become few.
 */
import type { FeatureTable } from '../../data/outcome-tensor.js';
import { gram, symmetricEigen } from '../../linalg/index.js';

export class ContextCovariates {
  private constructor(
    readonly nColumns: number,
    /** `(nContexts, nColumns)`; zeros, the mean, where nothing is known. */
    private readonly values: Float64Array,
    private readonly known: Uint8Array,
  ) {}

  /** `null` where the table says nothing: not given, no column, or the same values for every context. */
  static from(table: FeatureTable | undefined): ContextCovariates | null {
    if (!table) return null;
    const n = table.known.length;
    const standard = standardised(table, n);
    const products = gram(standard, n, table.columns.length);
    const { values, vectors } = symmetricEigen(products, n);
    let total = 0;
    for (let i = 0; i < n; i++) total += Math.max(values[i], 0);
    const kept = Array.from(values.keys()).filter((i) => values[i] > total * n * Number.EPSILON);
    if (kept.length === 0) return null;
    const nKnown = table.known.reduce((sum, flag) => sum + flag, 0);
    const scores = new Float64Array(n * kept.length);
    kept.forEach((component, j) => {
      const size = Math.sqrt((values[component] * nKnown) / total);
      for (let c = 0; c < n; c++) scores[c * kept.length + j] = size * vectors[component * n + c];
    });
    return new ContextCovariates(kept.length, scores, table.known);
  }

  /** Covariates of a context `(nColumns)`. */
  of(context: number): Float64Array {
    return this.values.subarray(context * this.nColumns, (context + 1) * this.nColumns);
  }
  isKnown(context: number): boolean {
    return context >= 0 && this.known[context] === 1;
  }
}

/** `(nNames, nColumns)`: mean 0 and standard deviation 1 over what is known, zeros elsewhere and for constants. */
function standardised({ columns, values, known }: FeatureTable, n: number): Float64Array {
  const k = columns.length;
  const out = new Float64Array(n * k);
  const rows = Array.from({ length: n }, (_, i) => i).filter((i) => known[i] === 1);
  for (let j = 0; j < k; j++) {
    const column = rows.map((i) => values[i * k + j]);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    const deviation = Math.sqrt(variance);
    if (!(deviation > Math.abs(mean) * 1e-12)) continue;
    for (const i of rows) out[i * k + j] = (values[i * k + j] - mean) / deviation;
  }
  return out;
}
