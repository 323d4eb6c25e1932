/** Sets of variables as bits of one number: variable i is bit i. */
import { OptionError } from '../../errors.js';

/** Most variables of one run: the bits of a small integer, the sign aside. */
const MOST_VARIABLES = 30;

/** Throws OptionError unless there are from 1 to 30 variables. */
export function checkVariables(nVariables: number): void {
  if (!Number.isInteger(nVariables) || nVariables < 1 || nVariables > MOST_VARIABLES) {
    throw new OptionError('variables', nVariables, `a number from 1 to ${MOST_VARIABLES}`);
  }
}

/** How many variables are in `set`. */
export function sizeOf(set: number): number {
  const pairs = set - ((set >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** The smallest variable of a set that is not empty. */
export const firstOf = (set: number): number => 31 - Math.clz32(set & -set);

/** The first of the subsets of `set` with `size` members; `size` must not be above the size of `set`. */
export function firstSubset(set: number, size: number): number {
  let subset = 0;
  let rest = set;
  for (let i = 0; i < size; i++) {
    subset |= rest & -rest;
    rest &= rest - 1;
  }
  return subset;
}

/**
 * The subset of `set` after `subset` with as many members, 0 after the last. As the successor of a number with the
 * same number of bits (HAKMEM 175), the bits outside of `set` filled so that carries run through them.
 */
export function nextSubset(set: number, subset: number): number {
  const carried = ((subset | ~set) + (subset & -subset)) & set;
  return carried === 0 ? 0 : carried | firstSubset(set, sizeOf(subset) - sizeOf(carried));
}
