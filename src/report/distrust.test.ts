import { describe, expect, it } from 'vitest';
import type { ScoreRow } from '../evaluate/scores.js';
import { doubts, reasonsToDistrust } from './distrust.js';
import { standing } from './paired.js';
import { baselines, scoreRow, summarise } from './report.fixture.js';

/** The marks of the first row, given that the baseline has 0.5 on its pair. */
function marks(row: Partial<ScoreRow>, tauThreshold: number | null = 0.1): string[] {
  const scores = [
    scoreRow(row),
    scoreRow({ action: 'b', nrmse: 0.1 }),
    scoreRow({ method: 'mean-over-actions', nrmse: 0.5, donors: 0, tau: Number.NaN }),
  ];
  const about = standing(scores, summarise(scores), baselines);
  const reasons = reasonsToDistrust(scores, about, baselines, tauThreshold);
  const mask = doubts(scores[0], reasons);
  return reasons.filter((_, i) => mask & (1 << i)).map(({ key }) => key);
}

describe('reasons to distrust', () => {
  it('finds none in a good prediction', () => expect(marks({})).toEqual([]));
  it.each<[Partial<ScoreRow>, string[]]>([
    [{ rejected: true, tau: 0.2 }, ['rejected']],
    [{ rejected: null, tau: 0.1 }, ['tau']],
    [{ fallback: 'mean-over-actions', donors: 0 }, ['fallback']],
    [{ donors: 1 }, ['few-donors']],
    [{ nrmse: 0.51 }, ['worse']],
    [{ nrmse: 1.2 }, ['worse', 'huge']],
    [{ nrmse: Number.NaN, cosine: Number.NaN }, ['undefined']],
    [{ cosine: Number.NaN }, ['no-cosine']],
  ])('%o gives %s', (row, expected) => expect(marks(row)).toEqual(expected));

  it('has no word on τ̂ when the test was off', () =>
    expect(marks({ rejected: null, tau: 0.9 }, null)).toEqual([]));

  it('does not mark every row when there is no control at all', () => {
    const scores = [scoreRow({ cosine: Number.NaN }), scoreRow({ cosine: Number.NaN, action: 'b' })];
    const about = standing(scores, summarise(scores), []);
    const reasons = reasonsToDistrust(scores, about, [], null);
    expect(scores.map((row) => doubts(row, reasons))).toEqual([0, 0]);
  });

  it('tells pairs apart whose names run into each other', () => {
    const scores = [
      scoreRow({ context: 'ab', action: 'c', nrmse: 0.3 }),
      scoreRow({ context: 'ab', action: 'c', nrmse: 0.4, method: 'mean-over-actions' }),
      scoreRow({ context: 'a', action: 'bc', nrmse: 0.1, method: 'mean-over-actions' }),
    ];
    expect(standing(scores, summarise(scores), baselines).baselineNrmse(scores[0])).toBe(0.4);
  });
});
