/** Singular value decomposition: QR first, then the square factor by way of a bidiagonal matrix. */

import { type Bidiagonal, bidiagonalise, diagonaliseBidiagonal } from './bidiagonal.js';
import { copyScaled } from './checks.js';
import { applyQ, factor, type Reflections } from './householder.js';
import { transpose } from './vectors.js';

export interface Svd {
  /** (m, k), orthonormal columns, k = min(m, n). */
  u: Float64Array;
  /** (k), descending, ≥ 0. */
  s: Float64Array;
  /** (k, n), orthonormal rows. */
  vt: Float64Array;
}

/**
 * Thin SVD A = U diag(s) Vᵀ of the (m, n) matrix `a`, which is left as it is. Signs are arbitrary but repeatable.
 *
 * Throws `DataError` on NaN or infinity, `NumericalError` if the iteration does not converge.
 */
export function svd(a: Float64Array, m: number, n: number): Svd {
  const { reflections, core, scale, wide } = reduce(a, m, n, true);
  const { k } = reflections;
  const { d, u, v } = core as Required<Bidiagonal>;
  const order = descending(d);
  const s = Float64Array.from(order, (i) => Math.abs(d[i]) * scale);
  // The left vectors as columns, the right ones as rows, in order; signs of d go to the right ones.
  const left = new Float64Array(k * k);
  const right = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    const from = order[i];
    const sign = d[from] < 0 ? -1 : 1;
    for (let j = 0; j < k; j++) {
      left[j * k + i] = u[j * k + from];
      right[i * k + j] = sign * v[j * k + from];
    }
  }
  const tall = applyQ(reflections, left, k);
  // A wide matrix was decomposed transposed: what was right is left.
  return wide ? { u: transpose(right, k, k), s, vt: transpose(tall, n, k) } : { u: tall, s, vt: right };
}

/** Singular values of the (m, n) matrix `a`, descending, without the vectors. Throws as `svd`. */
export function singularValues(a: Float64Array, m: number, n: number): Float64Array {
  const { core, scale } = reduce(a, m, n, false);
  return core.d
    .map((value) => Math.abs(value) * scale)
    .sort()
    .reverse();
}

interface Reduced {
  /** Of A, or of Aᵀ where A is wide. */
  reflections: Reflections;
  core: Bidiagonal;
  scale: number;
  wide: boolean;
}

function reduce(a: Float64Array, m: number, n: number, wantVectors: boolean): Reduced {
  const { copy, scale } = copyScaled('a', a, m, n);
  const wide = m < n;
  const k = Math.min(m, n);
  const reflections = wide ? factor(transpose(copy, m, n), n, m) : factor(copy, m, n);
  const core = bidiagonalise(reflections.r.slice(), k, wantVectors);
  diagonaliseBidiagonal(core);
  return { reflections, core, scale, wide };
}

/** Indices of `d` by falling absolute value. */
function descending(d: Float64Array): number[] {
  return Array.from(d.keys()).sort((i, j) => Math.abs(d[j]) - Math.abs(d[i]));
}
