import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOf, firstSubset, nextSubset, sizeOf } from './subsets.js';

const members = (set: number) => Array.from({ length: 30 }, (_, i) => i).filter((i) => (set >>> i) & 1);
const sets = fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { minLength: 1, maxLength: 9 });
const bits = (list: number[]) => list.reduce((set, i) => set | (1 << i), 0);

describe('sets as bits', () => {
  it('have the size and the first member of the list', () => {
    fc.assert(
      fc.property(sets, (list) => {
        expect(sizeOf(bits(list))).toBe(list.length);
        expect(firstOf(bits(list))).toBe(Math.min(...list));
      }),
    );
    expect(sizeOf(0)).toBe(0);
  });

  it('have every subset of a size once', () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 0, max: 9 }), (list, wanted) => {
        const size = Math.min(wanted, list.length);
        const set = bits(list);
        const seen: number[] = [];
        let subset = firstSubset(set, size);
        do {
          seen.push(subset);
          subset = size === 0 ? 0 : nextSubset(set, subset);
        } while (subset !== 0);
        const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
        expect(new Set(seen).size).toBe(Math.round(choose(list.length, size)));
        expect(seen).toHaveLength(Math.round(choose(list.length, size)));
        for (const one of seen) expect([sizeOf(one), one & ~set]).toEqual([size, 0]);
        expect(members(set)).toHaveLength(list.length);
      }),
    );
  });
});
