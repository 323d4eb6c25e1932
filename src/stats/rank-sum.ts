/**
 * Wilcoxon's rank-sum test (Mann–Whitney) by its normal approximation, for many groups against one reference.
 *
 * A list of values is kept as its different values and how often each comes, so that the many zeros of counts are one
 * entry, and the reference is sorted once for all groups.
 */

import { DataError } from '../errors.js';
import { normalCdf } from './normal.js';

/** A list of values, sorted, each value once. */
export interface ValueRuns {
  /** Different values, rising. */
  readonly values: Float64Array;
  /** (values.length + 1): `starts[i]` values of the list are smaller than `values[i]`; the last is their number. */
  readonly starts: Float64Array;
  /** Σ t³ − t over the runs of t equal values. */
  readonly ties: number;
}

/** The runs of `values` and of `zeros` further zeros. Throws DataError on NaN. */
export function valueRuns(values: ArrayLike<number>, zeros = 0): ValueRuns {
  const sorted = Float64Array.from(values).sort();
  // NaN sorts last
  if (Number.isNaN(sorted[sorted.length - 1])) {
    throw new DataError('ranks were asked of values of which one is NaN; leave NaN out first');
  }
  const different: number[] = [];
  const starts: number[] = [];
  let [ties, seen, zerosLeft] = [0, 0, zeros];
  const add = (value: number, count: number) => {
    different.push(value);
    starts.push(seen);
    seen += count;
    ties += cubeLess(count);
  };
  for (let i = 0; i < sorted.length; ) {
    const value = sorted[i];
    if (zerosLeft > 0 && value > 0) {
      add(0, zerosLeft);
      zerosLeft = 0;
    }
    let end = i + 1;
    while (end < sorted.length && sorted[end] === value) end++;
    if (value === 0) {
      add(0, end - i + zerosLeft);
      zerosLeft = 0;
    } else add(value, end - i);
    i = end;
  }
  if (zerosLeft > 0) add(0, zerosLeft);
  starts.push(seen);
  return { values: Float64Array.from(different), starts: Float64Array.from(starts), ties };
}

export interface RankSum {
  /** Of the first list's ranks among both, less what is expected; equal values share the mean of their ranks. */
  readonly excess: number;
  /** What `excess` is divided by to give `z`; 0 where all values are equal and ties are corrected for. */
  readonly deviation: number;
  /** Positive where the first list has the larger values. 0 where the deviation is. */
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
}

export interface RankSumOptions {
  /** Make the deviation smaller for equal values. Default false, as scanpy. */
  readonly tieCorrection?: boolean;
}

/**
 * The rank-sum test of `a` against `b`, without continuity correction: `scipy.stats.ranksums`, and with
 * `tieCorrection` `scipy.stats.mannwhitneyu(method='asymptotic', use_continuity=False)`. For fewer than about ten values
 * the p-value is rough; the order of z is right. Throws DataError for an empty list.
 */
export function rankSum(a: ValueRuns, b: ValueRuns, options: RankSumOptions = {}): RankSum {
  const [n, m] = [sizeOf(a), sizeOf(b)];
  if (n === 0 || m === 0) throw new DataError(`a rank-sum test of ${n} against ${m} values; both need one`);
  // 2U − nm, whole numbers throughout: exact for lists of up to some ten million values
  let doubled = -n * m;
  let ties = a.ties + b.ties;
  let place = 0;
  for (let i = 0; i < a.values.length; i++) {
    place = firstNotBelow(b.values, a.values[i], place);
    const count = a.starts[i + 1] - a.starts[i];
    const equal = b.values[place] === a.values[i] ? b.starts[place + 1] - b.starts[place] : 0;
    doubled += count * (2 * b.starts[place] + equal);
    if (equal > 0) ties += cubeLess(count + equal) - cubeLess(count) - cubeLess(equal);
  }
  const all = n + m;
  const share = options.tieCorrection ? 1 - ties / cubeLess(all) : 1;
  const deviation = Math.sqrt(Math.max(0, share) * ((n * m * (all + 1)) / 12));
  const excess = doubled / 2;
  const z = deviation > 0 ? excess / deviation : 0;
  return { excess, deviation, z, pValue: Math.min(1, 2 * normalCdf(-Math.abs(z))) };
}

const sizeOf = ({ starts }: ValueRuns): number => starts[starts.length - 1];

const cubeLess = (count: number): number => count * (count * count - 1);

/** The first place from `from` on whose value is not below `value`; rising steps, then halves. */
function firstNotBelow(values: Float64Array, value: number, from: number): number {
  let step = 1;
  let low = from;
  while (low + step < values.length && values[low + step] < value) {
    low += step;
    step *= 2;
  }
  let high = Math.min(values.length, low + step);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
