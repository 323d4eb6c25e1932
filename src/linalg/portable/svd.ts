/** Singular values and vectors: bidiagonal first, by way of QR where the matrix is tall, then implicit QR. */

import type { LeastSquares, Svd } from '../kernels.js';
import { rankOf } from '../rank.js';
import { transpose } from '../vectors.js';
import { type Bidiagonal, bidiagonalise } from './bidiagonal.js';
import { diagonaliseBidiagonal } from './bidiagonal-qr.js';
import { bordered } from './eigen.js';
import { applyQ, applyQTransposed, type Factors, factor, formQ } from './householder.js';
import { workspace } from './rows.js';
import { roomForStrips, Strips, type Sweep } from './strips.js';

/** How much taller than wide a matrix must be for QR to save work. */
const TALL = 1.6;

/** A (m, n) with m ≥ n as Q times something square where it is tall, and that (or A itself) as U B Vᵀ. */
interface Reduced {
  /** Left out where it was not worth it. */
  tall?: Factors;
  core: Bidiagonal;
}

function reduce(a: Float64Array, m: number, n: number): Reduced {
  if (m < TALL * n) return { core: bidiagonalise(a, m, n) };
  const tall = factor(a.slice(), m, n);
  return { tall, core: bidiagonalise(tall.r, n, n) };
}

/** Thin SVD of the (m, n) matrix `a`. */
export function svd(a: Float64Array, m: number, n: number): Svd {
  if (m < n) {
    const { u, s, vt } = svd(transpose(a, m, n), n, m);
    return { u: transpose(vt, m, m), s, vt: transpose(u, n, m) };
  }
  const { tall, core } = reduce(a, m, n);
  const height = core.left.m;
  const work = workspace(roomForStrips(height, n) + roomForStrips(n, n));
  const left = new Strips(work, formQ(core.left), height, n);
  const right = new Strips(work, bordered(formQ(core.right), n), n, n);
  diagonaliseBidiagonal(core, (onLeft, onRight) => {
    left.rotate(onLeft);
    right.rotate(onRight);
  });
  const { d } = core;
  const order = descending(d);
  const u = left.columns(order);
  const vt = right.columnsAsRows(order);
  order.forEach((from, i) => {
    if (d[from] < 0) for (let j = i * n; j < (i + 1) * n; j++) vt[j] = -vt[j];
  });
  return { u: tall ? applyQ(tall.q, u, n) : u, s: Float64Array.from(order, (i) => Math.abs(d[i])), vt };
}

/** Singular values of the (m, n) matrix `a`. */
export function singularValues(a: Float64Array, m: number, n: number): Float64Array {
  if (m < n) return singularValues(transpose(a, m, n), n, m);
  const { core } = reduce(a, m, n);
  diagonaliseBidiagonal(core, () => {});
  return core.d.map(Math.abs).sort().reverse();
}

/**
 * Least squares of least norm for the (m, n) matrix `a` and `b` (m, nRhs). The singular
 * vectors are never formed: their reflections and rotations are applied to the right-hand sides.
 */
export function leastSquares(
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  nRhs: number,
  rcond: number,
): LeastSquares {
  const wide = m < n;
  const k = Math.min(m, n);
  const { tall, core } = wide ? reduce(transpose(a, m, n), n, m) : reduce(a, m, n);
  const leftSweeps: Sweep[] = [];
  const rightSweeps: Sweep[] = [];
  const { d, e } = core;
  diagonaliseBidiagonal({ d, e }, (left, right) => {
    leftSweeps.push(left);
    rightSweeps.push(right);
  });
  const s = d.map(Math.abs).sort().reverse();
  const rank = rankOf(s, rcond);
  const keep = d.map((value) => (Math.abs(value) > rcond * s[0] ? 1 / value : 0));

  // A = Q U G D Hᵀ Vᵀ, or its transpose where A is wide.
  const fromLeft = (c: Float64Array): Float64Array => {
    const inCore = tall ? applyQTransposed(tall.q, c, nRhs) : c;
    return rotated(applyQTransposed(core.left, inCore, nRhs), k, nRhs, leftSweeps, false);
  };
  const toLeft = (c: Float64Array): Float64Array => {
    const inCore = applyQ(core.left, rotated(c, k, nRhs, leftSweeps, true), nRhs);
    return tall ? applyQ(tall.q, inCore, nRhs) : inCore;
  };
  const fromRight = (c: Float64Array): Float64Array => {
    if (k > 1) c.set(applyQTransposed(core.right, c.slice(nRhs), nRhs), nRhs);
    return rotated(c, k, nRhs, rightSweeps, false);
  };
  const toRight = (c: Float64Array): Float64Array => {
    const out = rotated(c, k, nRhs, rightSweeps, true);
    if (k > 1) out.set(applyQ(core.right, out.subarray(nRhs), nRhs), nRhs);
    return out;
  };
  const projected = wide ? fromRight(b.slice()) : fromLeft(b.slice());
  for (let i = 0; i < k; i++) for (let j = i * nRhs; j < (i + 1) * nRhs; j++) projected[j] *= keep[i];
  return { x: wide ? toLeft(projected) : toRight(projected), rank, singularValues: s };
}

/** The rows of `c` (k, nRhs) rotated by all `sweeps`, or back. */
function rotated(
  c: Float64Array,
  k: number,
  nRhs: number,
  sweeps: readonly Sweep[],
  back: boolean,
): Float64Array {
  const strips = new Strips(workspace(roomForStrips(nRhs, k)), transpose(c, k, nRhs), nRhs, k, back);
  for (const sweep of back ? sweeps.toReversed() : sweeps) strips.rotate(sweep);
  return strips.columnsAsRows(Array.from({ length: k }, (_, i) => i));
}

/** Indices of `d` by falling absolute value. */
function descending(d: Float64Array): number[] {
  return Array.from(d.keys()).sort((i, j) => Math.abs(d[j]) - Math.abs(d[i]));
}
