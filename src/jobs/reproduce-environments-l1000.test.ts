import { describe, expect, it } from 'vitest';
import { dense } from '../data/index.js';
import { Random } from '../random/index.js';
import { smallSet } from './reproduce-environments-l1000.fixture.js';
import { meanOfContext, meanProfile, nearestFingerprint } from './reproduce-environments-l1000-baselines.js';
import { type L1000Fold, l1000Fold, l1000Folds } from './reproduce-environments-l1000-folds.js';
import { imputedFold } from './reproduce-environments-l1000-imputers.js';
import { kernelRidge, ridge } from './reproduce-environments-l1000-ridge.js';
import { environmentScore, gainOver, summaryOf } from './reproduce-environments-l1000-scores.js';

/** First gene of what is predicted, by environment. */
const firstGenes = (fold: L1000Fold, predicted: Float64Array) =>
  Object.fromEntries(fold.environments.map((e, k) => [fold.described.environments[e], predicted[2 * k]]));

describe('folds of an L1000 set', () => {
  it('hold every compound with a molecule out once, in all its cell lines; others and controls always train', async () => {
    const set = smallSet();
    const folds = await l1000Folds(set, { by: 'action', folds: 5, random: Random.fromSeed(1) });
    expect(folds.length).toBe(3);
    const held = folds.map(({ validation }) => [
      ...new Set(Array.from(validation, (row) => set.actions[row])),
    ]);
    expect(held.flat().sort()).toEqual(['a', 'b', 'c']);
    for (const { train, validation } of folds) {
      expect(validation.length).toBe(2);
      const seen = new Set(Array.from(train, (row) => set.actions[row]));
      for (const row of validation) expect(seen.has(set.actions[row])).toBe(false);
      expect(seen.has('d') && seen.has('DMSO')).toBe(true);
    }
  });

  it('hold every treated pair out once', async () => {
    const set = smallSet();
    const folds = await l1000Folds(set, { by: 'pair', folds: 4, random: Random.fromSeed(1) });
    const held = folds.flatMap(({ validation }) => Array.from(validation));
    expect(held.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('baselines of L1000', () => {
  it('means of all, and of treated ones in the same cell line', async () => {
    const fold = await l1000Fold(smallSet(), 'action', ['c']);
    // x: 0, 1, 2, 8; y: 10 more
    expect(firstGenes(fold, meanProfile(fold))).toEqual({ 'c, x': 7.75, 'c, y': 7.75 });
    const means = firstGenes(fold, meanOfContext(fold));
    expect(means['c, x']).toBeCloseTo(11 / 3, 12);
    expect(means['c, y']).toBeCloseTo(11 / 3 + 10, 12);
  });

  it('the compound that is most alike, in the same cell line', async () => {
    const fold = await l1000Fold(smallSet(), 'action', ['c']);
    expect(firstGenes(fold, nearestFingerprint(fold))).toEqual({ 'c, x': 2, 'c, y': 12 });
  });

  it('ridge without fingerprint knows cell lines, and is exact where nothing else matters', async () => {
    const set = smallSet();
    const values = set.X.values.map((_, at) => (set.contexts[Math.floor(at / 2)] === 'y' ? 10 : 0));
    const fold = await l1000Fold({ ...set, X: dense(10, 2, values) }, 'action', ['c']);
    const found = firstGenes(fold, ridge({ fingerprint: false })(fold));
    expect(found['c, x']).toBeCloseTo(0, 1);
    expect(found['c, y']).toBeCloseTo(10, 1);
  });

  it('ridge is the closed form: of one row y k / (k + λ k)', () => {
    const [answer, none] = kernelRidge((a, b) => a * b, [2], Float64Array.of(6, -3), [1, 4], [1, 0]);
    // slope 2 · 6 / (4 + 4)
    expect(Array.from(answer)).toEqual([1.5, -0.75, 6, -3]);
    expect(Array.from(none)).toEqual([3, -1.5, 12, -6]);
  });

  it('ridge of three rows in one number: x·y / (x·x + λ)', () => {
    const x = [0.5, -1, 2, 0.25];
    const [answer] = kernelRidge((a, b) => x[a] * x[b], [0, 1, 2], Float64Array.of(1, 2, 3), [3], [0.1]);
    expect(answer[0]).toBeCloseTo((0.25 * 4.5) / (5.25 + 0.175), 12);
  });

  it('imputers answer hidden pairs of known compounds themselves, and unseen compounds by an average', async () => {
    const set = smallSet();
    const pair = await l1000Fold(set, 'pair', [{ context: 'y', action: 'b' }]);
    expect((await imputedFold(pair, 'ntk+prior=fingerprint')).fallbacks).toEqual(['']);
    const unseen = await l1000Fold(set, 'action', ['b']);
    const { fallbacks, profiles } = await imputedFold(unseen, 'si-a');
    expect(fallbacks.every((word) => word !== '')).toBe(true);
    expect(profiles.every(Number.isFinite)).toBe(true);
  });
});

describe('scores of unseen environments', () => {
  const control = [1, 1];
  const measured = Float64Array.of(2, 4, 4, 6);
  const scoreOf = (predicted: number[]) =>
    environmentScore({ unit: 'a', measured, reconstructed: [2, 4, 4, 4], predicted, control });

  it('errors are of profiles, R² of their mean shift', () => {
    const score = scoreOf([3, 4]);
    // shift of the mean (3, 5) is (2, 4); predicted is (2, 3)
    const { reconstruction, prediction, pooledR2, medianR2 } = summaryOf([score]);
    expect(reconstruction).toBe(1);
    expect(prediction).toBe((1 + 0 + 1 + 4) / 4);
    expect(pooledR2).toBe(1 - 1 / 2);
    expect(medianR2).toBe(1 - 1 / 2);
    expect(summaryOf([scoreOf([3, 5])]).pooledR2).toBe(1);
  });

  it('gains are shares of the error, 0 against itself; the interval holds the truth of alike units', () => {
    const base = Array.from({ length: 30 }, (_, k) => ({ ...scoreOf([1, 1]), unit: `${k}` }));
    const half = base.map((one) => ({ ...one, predictionSquares: one.predictionSquares / 2 }));
    const random = Random.fromSeed(1);
    expect(gainOver(base, base, random)).toEqual({ gain: 0, low: 0, high: 0, wins: 0 });
    expect(gainOver(half, base, random)).toEqual({ gain: 0.5, low: 0.5, high: 0.5, wins: 1 });
    const mixed = base.map((one, k) => (k % 2 ? one : { ...one, predictionSquares: 0 }));
    const { gain, low, high, wins } = gainOver(mixed, base, random);
    expect(gain).toBeCloseTo(0.5, 12);
    expect(wins).toBe(0.5);
    // binomial of 30: 0.5 ± 1.96 · √(0.25 / 30)
    expect(low).toBeCloseTo(0.32, 1);
    expect(high).toBeCloseTo(0.68, 1);
  });
});
