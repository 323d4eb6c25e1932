/** Statistics of order: quantiles and ranks. */

import { DataError, OptionError } from '../errors.js';

/**
 * The `p`-quantile (0 ≤ p ≤ 1) by linear interpolation between order statistics: numpy's default, R's type 7.
 * `values` is left as it is. Throws `DataError` without values or with a NaN, `OptionError` on another `p`.
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new OptionError('p', p, 'a number between 0 and 1');
  return between(sorted(values), p);
}

/** The middle value, or the mean of the two middle ones. Throws as `quantile`. */
export function median(values: ArrayLike<number>): number {
  return between(sorted(values), 0.5);
}

/** The 0.75-quantile less the 0.25-quantile. Throws as `quantile`. */
export function interquartileRange(values: ArrayLike<number>): number {
  const ascending = sorted(values);
  return between(ascending, 0.75) - between(ascending, 0.25);
}

function sorted(values: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new DataError('a quantile was asked of no values');
  const ascending = Float64Array.from(values).sort();
  // NaN sorts last.
  if (Number.isNaN(ascending[ascending.length - 1])) {
    const row = Array.prototype.findIndex.call(values, Number.isNaN);
    throw new DataError(`a quantile was asked of values of which number ${row} is NaN; leave NaN out first`, {
      row,
    });
  }
  return ascending;
}

function between(ascending: Float64Array, p: number): number {
  const place = p * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below];
  const high = ascending[Math.min(below + 1, ascending.length - 1)];
  const part = place - below;
  if (part === 0 || low === high) return low;
  // From the nearer end, so that it is reached exactly; as numpy does.
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}

/** Ranks from 1; equal values share the mean of their ranks. Throws `DataError` on NaN. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) => values[i] - values[j] || i - j);
  const result = new Float64Array(n);
  for (let first = 0; first < n; ) {
    const value = values[order[first]];
    if (Number.isNaN(value)) {
      throw new DataError(`ranks were asked of values of which number ${order[first]} is NaN`, {
        row: order[first],
      });
    }
    let last = first;
    while (last + 1 < n && values[order[last + 1]] === value) last++;
    for (let i = first; i <= last; i++) result[order[i]] = (first + last) / 2 + 1;
    first = last + 1;
  }
  return result;
}
