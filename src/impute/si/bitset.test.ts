import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addTo, commonCount, emptyBitset, intersectWith, members, removeFrom } from './bitset.js';

const someNumbers = fc.uniqueArray(fc.integer({ min: 0, max: 99 }));

it('counts, intersects, removes and lists as sets do', () => {
  fc.assert(
    fc.property(someNumbers, someNumbers, (left, right) => {
      const [a, b] = [left, right].map((numbers) => {
        const set = emptyBitset(100);
        for (const number of numbers) addTo(set, number);
        return set;
      });
      const common = left.filter((number) => right.includes(number)).sort((x, y) => x - y);
      expect(commonCount(a, b)).toBe(common.length);
      intersectWith(a, b);
      expect(members(a)).toEqual(common);
      if (common.length > 0) removeFrom(a, common[0]);
      expect(members(a)).toEqual(common.slice(1));
    }),
  );
});
