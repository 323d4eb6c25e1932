import { describe, expect, it } from 'vitest';
import { factorScreen, relativeDifference } from '../../test/support/factor-screen.js';
import { imputerNamed, imputerOptions } from '../impute/index.js';
import { Random } from '../random/index.js';
import { donorGrid } from './donor-grid.js';
import { evaluateFolds } from './evaluate.js';
import { foldsOf, leaveOneOut, leaveOneOutOf } from './folds.js';
import type { ScoreRow } from './scores.js';
import { summarise } from './summary.js';

/** Exact rank 3: SI-A with all its donors is right wherever the test does not reject. */
const { tensor, truth } = factorScreen({ nContexts: 8, nActions: 9, nGenes: 40, rank: 3 });
const imputer = (name: string) => imputerNamed(name).create(tensor, imputerOptions());

async function scoresOf(method: string, folds = leaveOneOut(tensor)): Promise<ScoreRow[]> {
  const scores: ScoreRow[] = [];
  await evaluateFolds(tensor, method, imputer(method), folds, (score) => scores.push(score));
  return scores;
}

describe('leave-one-out', () => {
  it('holds out every pair but the controls', async () => {
    expect(leaveOneOut(tensor)).toHaveLength(8 * 8);
    expect(
      leaveOneOut(tensor)
        .flat()
        .every((pair) => tensor.pairAction[pair] !== tensor.control),
    ).toBe(true);
  });

  it('finds an exact factor model again', async () => {
    for (const score of await scoresOf('si-a')) {
      expect(score.r2).toBeGreaterThan(1 - 1e-9);
      expect(score.cosine).toBeGreaterThan(1 - 1e-9);
      expect(score.rejected).toBe(false);
      expect(score.fallback).toBe('');
    }
  });

  it('never shows the profile that is predicted', async () => {
    // the mean over contexts of an action without the one that is held out, by hand
    const [pair] = leaveOneOut(tensor)[0];
    const action = tensor.pairAction[pair];
    const others = [1, 2, 3, 4, 5, 6, 7].map((context) => truth(context, action));
    const mean = others[0].map((_, g) => others.reduce((sum, profile) => sum + profile[g], 0) / 7);
    await evaluateFolds(
      tensor,
      'mean-over-contexts',
      imputer('mean-over-contexts'),
      [[pair]],
      (_, prediction) => {
        expect(relativeDifference(prediction.profile, mean)).toBeLessThan(1e-12);
      },
    );
  });

  it('hides a whole fold while each of its pairs is predicted', async () => {
    const fold = leaveOneOut(tensor)
      .flat()
      .filter((pair) => tensor.pairAction[pair] === 4);
    const scores = await scoresOf('mean-over-contexts', [fold]);
    expect(scores).toHaveLength(8);
    expect(scores.every(({ fallback }) => fallback === 'mean-over-actions')).toBe(true);
  });

  it('has no cosine without a control, and none around a mean that is not there', async () => {
    const lonely = factorScreen({
      nContexts: 4,
      nActions: 3,
      nGenes: 10,
      rank: 2,
      observed: (context, action) => (action === 0 ? context !== 0 : action === 1 || context > 1),
    }).tensor;
    const scores: ScoreRow[] = [];
    const mean = imputerNamed('mean-over-actions').create(lonely, imputerOptions());
    await evaluateFolds(lonely, 'mean', mean, leaveOneOut(lonely), (score) => scores.push(score));
    const first = scores.find(({ context }) => context === 'context-000');
    expect(first?.cosine).toBeNaN();
    expect(first?.cosine_cellmean).toBeNaN();
    expect(first?.rmse).toBeGreaterThan(0);
  });
});

describe('named pairs and folds', () => {
  const pair = (context: number, action: number) => ({
    context: `context-00${context}`,
    action: `action-00${action}`,
  });

  it('are found by name', async () => {
    expect(leaveOneOutOf(tensor, [pair(2, 3)])).toEqual([[tensor.pair(2, 3)]]);
    const folds = foldsOf(tensor, [
      { ...pair(1, 2), fold: 'b' },
      { ...pair(0, 2), fold: 'a' },
      { ...pair(0, 1), fold: 'b' },
      { ...pair(1, 2), fold: 'b' },
    ]);
    expect(folds).toEqual([[tensor.pair(0, 1), tensor.pair(1, 2)], [tensor.pair(0, 2)]]);
  });

  it.each([
    [
      'a pair in two folds',
      () =>
        foldsOf(tensor, [
          { ...pair(1, 2), fold: 'a' },
          { ...pair(1, 2), fold: 'b' },
        ]),
      /two folds/,
    ],
    ['a control', () => leaveOneOutOf(tensor, [pair(1, 0)]), /is a control/],
    [
      'an unknown context',
      () => leaveOneOutOf(tensor, [{ ...pair(1, 1), context: 'context_001' }]),
      /did you mean 'context-001'/,
    ],
    [
      'an unknown action',
      () => leaveOneOutOf(tensor, [{ ...pair(1, 1), action: 'acton-001' }]),
      /did you mean 'action-001'/,
    ],
  ])('refuse %s', (_, choose, message) => {
    expect(choose).toThrow(message);
  });
});

describe('summarise', () => {
  const row = (method: string, nrmse: number, seconds: number): ScoreRow => ({
    context: 'c',
    action: 'a',
    method,
    nrmse,
    rmse: nrmse,
    cosine: Number.NaN,
    cosine_cellmean: nrmse,
    r2: -nrmse,
    seconds,
    donors: 1,
    training_contexts: 1,
    tau: 0,
    rejected: null,
    fallback: '',
    coverage: Number.NaN,
    interval_width: Number.NaN,
  });

  it('takes medians of what is defined, methods in the order of the scores', async () => {
    const rows = [row('b', 3, 1), row('b', 1, 2), row('a', 5, 4), row('b', Number.NaN, 3), row('b', 2, 4)];
    const [b, a] = summarise(rows);
    expect(b).toMatchObject({ method: 'b', n: 4, median_nrmse: 2, median_r2: -2, total_seconds: 10 });
    expect(b.median_cosine).toBeNaN();
    expect(a).toMatchObject({ method: 'a', n: 1, median_nrmse: 5 });
    expect(summarise([])).toEqual([]);
  });
});

describe('donorGrid', () => {
  const options = { mostDonors: 4, mostContexts: 3, imputer: imputerOptions() };

  it('has a cell for every number of donors and contexts, exact from the rank on', async () => {
    const cells = donorGrid(tensor, { ...options, random: Random.fromSeed(1) });
    expect(cells.map(({ donors, trainingContexts }) => `${donors}×${trainingContexts}`)).toEqual(
      [1, 2, 3, 4].flatMap((i) => [1, 2, 3].map((j) => `${i}×${j}`)),
    );
    for (const { donors, meanNrmse, pairs } of cells) {
      expect(pairs).toBe(64);
      if (donors === 4) expect(meanNrmse).toBeLessThan(1e-6);
      if (donors === 1) expect(meanNrmse).toBeGreaterThan(0.01);
    }
  });

  it('is the same for the same seed, and empty where no pair has so many', async () => {
    const draw = (seed: number) => donorGrid(tensor, { ...options, random: Random.fromSeed(seed) });
    expect(draw(2)).toEqual(draw(2));
    expect(draw(2)).not.toEqual(draw(3));
    expect(donorGrid(tensor, { ...options, mostDonors: 99, random: Random.fromSeed(1) })).toEqual([]);
  });
});
