/** How far two lists of numbers go together. Undefined values are NaN, as each docstring says. */

import { ShapeError } from '../errors.js';
import { ranks } from './order.js';

/**
 * Pearson's correlation, in [−1, 1]. NaN where it is undefined: fewer than two values, a constant list, or a
 * value that is not finite. Throws `ShapeError` when the lengths differ.
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const centredA = centred(a);
  const centredB = centred(b);
  return cosine(centredA, centredB);
}

/** Spearman's correlation: Pearson's of the ranks, ties sharing theirs. NaN as `pearson`; throws as `ranks`. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return pearson(ranks(a), ranks(b));
}

/**
 * Cosine of the angle between `a` and `b`, in [−1, 1]. NaN where one of them is zero or has a value that is not
 * finite. Throws `ShapeError` when the lengths differ.
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new ShapeError('second list', `${a.length} values`, String(b.length));
  const scaleA = 1 / largest(a);
  const scaleB = 1 / largest(b);
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] * scaleA;
    const y = b[i] * scaleB;
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const value = product / Math.sqrt(squaresA * squaresB);
  return Math.max(-1, Math.min(1, value));
}

/** `values` less their mean; all zero where they are equal, whatever rounding does to the mean. */
function centred(values: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(values);
  if (result.every((value) => value === result[0])) return result.fill(0);
  const scale = largest(values);
  let sum = 0;
  for (const value of result) sum += value / scale;
  const mean = (sum / result.length) * scale;
  return result.map((value) => value - mean);
}

function largest(values: ArrayLike<number>): number {
  let size = 0;
  for (let i = 0; i < values.length; i++) size = Math.max(size, Math.abs(values[i]));
  return size;
}
