import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { fisherThresholds } from './fisher-z.js';
import { correlationOf, partialOf, randomModel } from './models.fixture.js';
import { partialCorrelation } from './partial-correlation.js';

const bits = (list: number[]) => list.reduce((set, i) => set | (1 << i), 0);

describe('partial correlations', () => {
  it.each([2, 5, 6, 7, 12])('of %i variables are those of the inverse', (n) => {
    const found = partialCorrelation(n);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = Random.fromSeed(seed);
        const correlation = correlationOf(randomModel(random, n, 0, 0.6));
        found.load(correlation);
        for (let question = 0; question < 5; question++) {
          const [x, y, ...others] = random.permutation(n);
          const given = others.slice(0, random.integer(n - 1));
          const expected = partialOf(correlation, n, x, y, given) ** 2;
          expect(found.squared(x, y, bits(given))).toBeCloseTo(expected, 9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([3, 8])('of %i variables are 0 where the set determines one of them', (n) => {
    const correlation = new Float64Array(n * n).fill(1 / 2);
    for (let i = 0; i < n; i++) correlation[i * n + i] = 1;
    // the first two are copies of each other
    correlation[1] = 1;
    correlation[n] = 1;
    const found = partialCorrelation(n);
    found.load(correlation);
    expect(found.squared(0, 1, 0)).toBe(1);
    expect(found.squared(0, 2, 0)).toBe(0.25);
    expect(found.squared(0, 2, bits([1]))).toBe(0);
    expect(found.squared(2, 0, bits([1]))).toBe(0);
  });
});

describe("Fisher's test", () => {
  it('has the thresholds of the p-value', () => {
    // >>> [np.tanh(scipy.stats.norm.isf(a / 2) / np.sqrt(n - k - 3)) ** 2 for a, n, k in
    // ...  [(.05, 500, 0), (.05, 500, 3), (.01, 10, 2), (.001, 1000, 1)]]
    expect(fisherThresholds(500, 5, 0.05)[0]).toBeCloseTo(0.007689639161561041, 14);
    expect(fisherThresholds(500, 5, 0.05)[3]).toBeCloseTo(0.00773609616109715, 14);
    expect(fisherThresholds(10, 5, 0.01)[2]).toBeCloseTo(0.6697747661951012, 14);
    expect(fisherThresholds(1000, 5, 0.001)[1]).toBeCloseTo(0.010792746492545146, 14);
  });

  it('finds nothing independent where there are too few rows to tell', () => {
    expect([...fisherThresholds(5, 5, 0.05)].map((r) => r < 0)).toEqual([false, false, true, true]);
  });

  it('refuses fewer than four rows and levels that are none', () => {
    for (const rows of [3, 0, -1, 4.5, Number.NaN])
      expect(() => fisherThresholds(rows, 5, 0.05)).toThrow(/rows/);
    for (const alpha of [0, 1, -1, Number.NaN])
      expect(() => fisherThresholds(100, 5, alpha)).toThrow(/alpha/);
  });
});
