/**
 * Ridge regression of profiles on a sparse design: the response of row i is a profile, all genes share the inverse
 * (DᵀD + Λ)⁻¹, so a prediction is a weighted sum of the responses and nothing here looks at genes.
 */
import { cholesky, choleskySolve, gemm, identity, symmetricEigen } from '../../linalg/index.js';
import type { SparseRow } from './design.js';

export class Ridge {
  /** (DᵀD + Λ)⁻¹, the pseudoinverse where it is singular, `(nColumns, nColumns)`. */
  readonly inverse: Float64Array;

  constructor(
    readonly rows: readonly SparseRow[],
    penalties: Float64Array,
    normal = normalMatrix(rows, penalties.length),
  ) {
    const p = penalties.length;
    const penalised = normal.slice();
    for (let j = 0; j < p; j++) penalised[j * p + j] += penalties[j];
    this.inverse = inverseOf(penalised, p);
  }

  get nColumns(): number {
    return Math.sqrt(this.inverse.length);
  }

  /** (DᵀD + Λ)⁻¹ v for a sparse v, `(nColumns)`. */
  solve({ columns, values }: SparseRow): Float64Array {
    const p = this.nColumns;
    const u = new Float64Array(p);
    columns.forEach((column, at) => {
      for (let j = 0; j < p; j++) u[j] += values[at] * this.inverse[column * p + j];
    });
    return u;
  }

  /** D u: the fit of every row, `(nRows)`, for coefficients u. With u = solve(row): the weights of a prediction. */
  apply(u: Float64Array): Float64Array {
    return Float64Array.from(this.rows, (row) => sparseDot(row, u));
  }
}

export function sparseDot({ columns, values }: SparseRow, dense: Float64Array, offset = 0): number {
  let sum = 0;
  for (let at = 0; at < columns.length; at++) sum += values[at] * dense[offset + columns[at]];
  return sum;
}

/** DᵀD `(nColumns, nColumns)`. */
export function normalMatrix(rows: readonly SparseRow[], nColumns: number): Float64Array {
  const normal = new Float64Array(nColumns * nColumns);
  for (const { columns, values } of rows) {
    for (let a = 0; a < columns.length; a++) {
      for (let b = 0; b < columns.length; b++) {
        normal[columns[a] * nColumns + columns[b]] += values[a] * values[b];
      }
    }
  }
  return normal;
}

/** A factor whose squared pivots differ by more than this is not trusted. */
const SMALLEST_PIVOT = 1e-12;

/** Inverse of a positive (semi)definite matrix; the pseudoinverse where it is not definite. */
function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const factor = matrix.slice();
  if (cholesky(factor, n) < 0) {
    const pivots = Array.from({ length: n }, (_, i) => factor[i * n + i] ** 2);
    if (Math.min(...pivots) >= SMALLEST_PIVOT * Math.max(...pivots)) {
      return choleskySolve(factor, n, identity(n), n);
    }
  }
  const { values, vectors } = symmetricEigen(matrix, n);
  const floor = values[n - 1] * n * Number.EPSILON;
  const scaled = vectors.map((value, at) => {
    const eigenvalue = values[Math.floor(at / n)];
    return eigenvalue > floor ? value / eigenvalue : 0;
  });
  return gemm({ m: n, n, k: n, a: vectors, transposeA: true, b: scaled });
}
