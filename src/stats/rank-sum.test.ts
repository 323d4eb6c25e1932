import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ranks } from './order.js';
import { rankSum, valueRuns } from './rank-sum.js';

const test = (a: readonly number[], b: readonly number[], tieCorrection = false) =>
  rankSum(valueRuns(a), valueRuns(b), { tieCorrection });

describe('valueRuns', () => {
  it('counts zeros that are not in the list, between negative and positive values', () => {
    expect(valueRuns([2, -1, 0, 2], 3)).toEqual(valueRuns([0, 2, 0, -1, 0, 2, 0]));
    expect(valueRuns([2, -1, 0, 2], 3)).toEqual({
      values: Float64Array.of(-1, 0, 2),
      starts: Float64Array.of(0, 1, 5, 7),
      ties: 60 + 6, // 4³ − 4 and 2³ − 2
    });
    expect(valueRuns([], 2).values).toEqual(Float64Array.of(0));
    expect(valueRuns([-3], 1).values).toEqual(Float64Array.of(-3, 0));
  });

  it('refuses NaN', () => {
    expect(() => valueRuns([1, Number.NaN])).toThrow(/NaN/);
  });
});

describe('rankSum', () => {
  const a = [1.5, 0, 0, 2.25, 3, 0, 7, 2];
  const b = [0, 0, 1, 2.25, 2.25, 0, 0, 4, 5, 0, 1, 0];

  it('is scipy.stats.ranksums', () => {
    // scipy.stats.ranksums(a, b)
    expect(test(a, b).z).toBeCloseTo(0.6172133998483676, 14);
    expect(test(a, b).pValue).toBeCloseTo(0.5370939784426416, 14);
    const [c, d] = [
      [-2.5, -1, 3],
      [0.5, -1, 2, 4, -3, 0.25, 1],
    ];
    expect(test(c, d).z).toBeCloseTo(-0.4558423058385518, 14);
    expect(test(c, d).pValue).toBeCloseTo(0.648503379652976, 14);
    // scipy.stats.mannwhitneyu(c, d, use_continuity=False, method='asymptotic')
    expect(test(c, d, true).pValue).toBeCloseTo(0.6475057684266377, 14);
    expect(test(a, b, true).pValue).toBeCloseTo(0.5167024855186599, 14);
  });

  it('is the sum of ranks less what is expected, whatever the values', () => {
    const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (x, y) => {
        const all = ranks([...x, ...y]);
        const sum = x.reduce((total, _, i) => total + all[i], 0);
        const found = test(x, y);
        expect(found.excess).toBeCloseTo(sum - (x.length * (x.length + y.length + 1)) / 2, 9);
        expect(test(y, x).z).toBeCloseTo(-found.z, 12);
        expect(Math.abs(test(x, y, true).z)).toBeGreaterThanOrEqual(Math.abs(found.z));
      }),
    );
  });

  it('finds nothing where all values are equal, or both lists are', () => {
    expect(test([2, 2], [2, 2, 2], true)).toEqual({ excess: 0, deviation: 0, z: 0, pValue: 1 });
    expect(test([2, 2], [2, 2, 2]).pValue).toBe(1);
    expect(test([5, 1, 3], [1, 3, 5, 1, 3, 5]).z).toBe(0);
    expect(test([1], [2]).z).toBeCloseTo(-1, 12);
  });

  it('refuses an empty list', () => {
    expect(() => test([], [1])).toThrow(/0 against 1/);
  });
});
