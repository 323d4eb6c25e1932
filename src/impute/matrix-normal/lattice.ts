/**
 * The pairs that a posterior rests on, their spectrum K = Uᵀ diag(d) U, and what of it every choice of hidden pairs
 * among them shares.
 *
 * Pairs of the lattice that are hidden after all are eliminated direction by direction: their values are set to what is
 * predicted for them, which is the same as leaving them out (S⁻¹ z is then 0 there).
 */
import { gemm, symmetricEigen } from '../../linalg/index.js';
import { type Covariance, covarianceBetween, type Places } from './covariance.js';

export interface Lattice {
  readonly pairs: Int32Array;
  readonly places: Places;
  /** U `(n, n)`, eigenvectors in rows, and Uᵀ. */
  readonly vectors: Float64Array;
  /** 1 / (s_j d_i + n_j) `(n, r)`. */
  readonly inverse: Float64Array;
}

export function makeLattice(pairs: Int32Array, places: Places, covariance: Covariance): Lattice {
  const { contexts, actions, signal, noise } = covariance;
  const [n, r] = [pairs.length, signal.length];
  const { values, vectors } = symmetricEigen(covarianceBetween(contexts, actions, places, places), n);
  const inverse = new Float64Array(n * r);
  for (let i = 0; i < n; i++) {
    const d = Math.max(values[i], 0);
    for (let j = 0; j < r; j++) inverse[i * r + j] = 1 / (signal[j] * d + noise[j]);
  }
  return { pairs, places, vectors, inverse };
}

/** U Z `(n, r)` of coordinates that only some rows of the lattice have. */
export function rotated(
  { pairs, vectors }: Lattice,
  rows: ArrayLike<number>,
  coordinates: Float64Array,
  r: number,
): Float64Array {
  const [n, m] = [pairs.length, rows.length];
  const columns = new Float64Array(n * m);
  for (let i = 0; i < n; i++) for (let k = 0; k < m; k++) columns[i * m + k] = vectors[i * n + rows[k]];
  return gemm({ m: n, n: r, k: m, a: columns, b: coordinates });
}

/** What hiding some rows of a lattice costs. */
export class Hidden {
  /** Columns of U at the hidden rows `(h, n)`. */
  private readonly columns: Float64Array[];
  /** Cholesky factor of (S_j⁻¹) at the hidden rows, `(r, h, h)`. */
  private readonly factors: Float64Array;

  constructor(
    private readonly lattice: Lattice,
    rows: readonly number[],
    private readonly r: number,
  ) {
    const n = lattice.pairs.length;
    const h = rows.length;
    this.columns = rows.map((row) =>
      Float64Array.from({ length: n }, (_, i) => lattice.vectors[i * n + row]),
    );
    this.factors = new Float64Array(r * h * h);
    for (let x = 0; x < h; x++) {
      for (let y = 0; y <= x; y++) {
        const both = this.columns[x].map((value, i) => value * this.columns[y][i]);
        const entries = columnSums(both, lattice.inverse, r);
        for (let j = 0; j < r; j++) this.factors[(j * h + x) * h + y] = entries[j];
      }
    }
    for (let j = 0; j < r; j++) factorInPlace(this.factors, j * h * h, h);
  }

  get count(): number {
    return this.columns.length;
  }

  /** Sets the hidden rows of what was rotated `(n, r)` to their predictions, in place. */
  fill(rotatedCoordinates: Float64Array): void {
    const { r, columns, factors } = this;
    const h = columns.length;
    if (h === 0) return;
    const weighted = rotatedCoordinates.map((value, at) => value * this.lattice.inverse[at]);
    const alpha = columns.map((column) => columnSums(column, weighted, r));
    const b = new Float64Array(h);
    for (let j = 0; j < r; j++) {
      for (let x = 0; x < h; x++) b[x] = -alpha[x][j];
      solveInPlace(factors, j * h * h, h, b);
      for (let x = 0; x < h; x++) alpha[x][j] = b[x];
    }
    columns.forEach((column, x) => {
      for (let i = 0; i < column.length; i++) {
        const u = column[i];
        const values = alpha[x];
        for (let j = 0; j < r; j++) rotatedCoordinates[i * r + j] += u * values[j];
      }
    });
  }

  /** wᵀ (S_j⁻¹)_hh⁻¹ w for w = (S_j⁻¹ k)_h, `(r)`: what hiding takes from k's explained variance. */
  lostVariance(rotatedK: Float64Array): Float64Array {
    const { r, columns, factors } = this;
    const h = columns.length;
    const lost = new Float64Array(r);
    if (h === 0) return lost;
    const w = columns.map((column) =>
      columnSums(
        column.map((u, i) => u * rotatedK[i]),
        this.lattice.inverse,
        r,
      ),
    );
    const b = new Float64Array(h);
    for (let j = 0; j < r; j++) {
      for (let x = 0; x < h; x++) b[x] = w[x][j];
      forwardInPlace(factors, j * h * h, h, b);
      for (let x = 0; x < h; x++) lost[j] += b[x] ** 2;
    }
    return lost;
  }
}

/** Σ_i weights_i rows_ij `(r)`. */
export function columnSums(weights: Float64Array, rows: Float64Array, r: number): Float64Array {
  const sums = new Float64Array(r);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    const start = i * r;
    for (let j = 0; j < r; j++) sums[j] += weight * rows[start + j];
  }
  return sums;
}

/** Small Cholesky factors within one array: hundreds of them, too small for calls. */
function factorInPlace(a: Float64Array, at: number, h: number): void {
  for (let x = 0; x < h; x++) {
    for (let y = 0; y <= x; y++) {
      let sum = a[at + x * h + y];
      for (let k = 0; k < y; k++) sum -= a[at + x * h + k] * a[at + y * h + k];
      a[at + x * h + y] = x === y ? Math.sqrt(sum) : sum / a[at + y * h + y];
    }
  }
}

function forwardInPlace(l: Float64Array, at: number, h: number, b: Float64Array): void {
  for (let x = 0; x < h; x++) {
    for (let k = 0; k < x; k++) b[x] -= l[at + x * h + k] * b[k];
    b[x] /= l[at + x * h + x];
  }
}

function solveInPlace(l: Float64Array, at: number, h: number, b: Float64Array): void {
  forwardInPlace(l, at, h, b);
  for (let x = h - 1; x >= 0; x--) {
    for (let k = x + 1; k < h; k++) b[x] -= l[at + k * h + x] * b[k];
    b[x] /= l[at + x * h + x];
  }
}
