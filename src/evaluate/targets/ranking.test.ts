import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePrecision, normalisedRank, placesOf, recallAt, rocAuc } from './ranking.js';

describe('average precision and AUC', () => {
  it('are those of scikit-learn, ties included', () => {
    // sklearn.metrics.average_precision_score(truth, scores), roc_auc_score(truth, scores)
    const [truth, scores] = [
      [0, 1, 0, 1, 1, 0, 0, 1],
      [0.1, 0.9, 0.9, 0.3, 0.3, 0.3, 0.2, 0.1],
    ];
    expect(averagePrecision(truth, scores)).toBeCloseTo(0.55, 12);
    expect(rocAuc(truth, scores)).toBeCloseTo(0.5625, 12);
    const other = [-2, -1, -3, 0.5, 0.25];
    expect(averagePrecision([1, 0, 0, 1, 0], other)).toBeCloseTo(0.75, 12);
    expect(rocAuc([1, 0, 0, 1, 0], other)).toBeCloseTo(2 / 3, 12);
  });

  it('have their extremes', () => {
    expect(averagePrecision([0, 0, 1], [1, 2, 3])).toBe(1);
    expect(averagePrecision([1, 0, 0], [1, 2, 3])).toBeCloseTo(1 / 3, 12);
    expect(averagePrecision([1, 0, 0, 1], [7, 7, 7, 7])).toBe(0.5);
    expect([rocAuc([0, 1], [1, 2]), rocAuc([1, 0], [1, 2]), rocAuc([1, 0], [2, 2])]).toEqual([1, 0, 0.5]);
    expect([averagePrecision([0, 0], [1, 2]), rocAuc([0, 0], [1, 2]), rocAuc([1, 1], [1, 2])]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(() => rocAuc([1], [1, 2])).toThrow(/2 values/);
  });

  it('agree with the share of pairs in order', () => {
    const entry = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(entry, { minLength: 2, maxLength: 25 }), (entries) => {
        const [truth, scores] = [entries.map(([hit]) => hit), entries.map(([, score]) => score)];
        const of = (wanted: boolean) => entries.filter(([hit]) => hit === wanted).map(([, score]) => score);
        const pairs = of(true).flatMap((a) => of(false).map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const share = pairs.reduce<number>((sum, value) => sum + value, 0) / pairs.length;
        if (pairs.length === 0) expect(rocAuc(truth, scores)).toBeNaN();
        else expect(rocAuc(truth, scores)).toBeCloseTo(share, 12);
      }),
    );
  });
});

describe('places', () => {
  it('count from the largest, ties in the middle', () => {
    expect([...placesOf([3, 9, 3, 1, 3])]).toEqual([3, 1, 3, 5, 3]);
    expect([...placesOf([])]).toEqual([]);
  });

  it('become normalised ranks and recall', () => {
    expect([normalisedRank(1, 11), normalisedRank(6, 11), normalisedRank(11, 11)]).toEqual([1, 0.5, 0]);
    expect(normalisedRank(1, 1)).toBeNaN();
    expect(recallAt([1, 4, Number.POSITIVE_INFINITY, 20], 4)).toBe(0.5);
    expect(recallAt([], 4)).toBeNaN();
  });
});
