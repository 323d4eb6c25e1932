/** Whole numbers, permutations and samples without bias. */
import { OptionError } from '../errors.js';
import type { Bits } from './bits.js';

/** Uniform on 0 … n − 1 for 1 ≤ n ≤ 2^53, by rejection (no modulo bias). Throws OptionError. */
export function integer(bits: Bits, n: number): number {
  if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 53)) {
    throw new OptionError('integer bound', n, 'a whole number from 1 to 2^53');
  }
  const wide = n > 2 ** 32;
  const range = wide ? 2 ** 53 : 2 ** 32;
  const limit = range - (range % n);
  for (;;) {
    const draw = wide ? bits.uniform() * range : bits.nextUint32();
    if (draw < limit) return draw % n;
  }
}

/** Fisher–Yates in place; returns the same array. */
export function shuffle<T extends { length: number; [i: number]: unknown }>(bits: Bits, array: T): T {
  for (let i = array.length - 1; i > 0; i--) {
    const j = integer(bits, i + 1);
    const held = array[i];
    array[i] = array[j];
    array[j] = held;
  }
  return array;
}

/** The numbers 0 … n − 1 in random order. Throws OptionError. */
export function permutation(bits: Bits, n: number): Int32Array {
  return shuffle(
    bits,
    Int32Array.from({ length: checkedCount('permutation size', n) }, (_, i) => i),
  );
}

/**
 * `k` different numbers of 0 … n − 1, in random order: a Fisher–Yates shuffle stopped after k steps, which
 * remembers only the places it touched (time and memory O(k), whatever n). Throws OptionError.
 */
export function sample(bits: Bits, n: number, k: number): Int32Array {
  checkedCount('population size', n);
  if (!(Number.isInteger(k) && k >= 0 && k <= n)) {
    throw new OptionError('sample size', k, `a whole number from 0 to ${n}, the population size`);
  }
  const moved = new Map<number, number>();
  const out = new Int32Array(k);
  for (let i = 0; i < k; i++) {
    const j = i + integer(bits, n - i);
    out[i] = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
  }
  return out;
}

function checkedCount(what: string, n: number): number {
  if (!(Number.isInteger(n) && n >= 0 && n < 2 ** 31)) {
    throw new OptionError(what, n, 'a whole number from 0 to 2^31 − 1');
  }
  return n;
}
