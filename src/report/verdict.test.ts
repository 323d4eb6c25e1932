import { describe, expect, it } from 'vitest';
import type { ScoreRow } from '../evaluate/scores.js';
import { standing } from './paired.js';
import { baselines, reportInput, scoreAll, screen, summarise } from './report.fixture.js';
import { cosineTrap, verdict } from './verdict.js';

const tensor = screen(['x', 'y'], ['DMSO', 'a', 'b']);
const judge = (scores: ScoreRow[]) => {
  const summary = summarise(scores);
  return verdict(standing(scores, summary, baselines), summary, baselines);
};
const scored = (method: string, nrmse: (context: number, action: number) => number) =>
  scoreAll(tensor, method, (c, a) => ({ nrmse: nrmse(c, a) }));

describe('verdict', () => {
  it('says who wins, by how much, on how many pairs', () => {
    const { scores, summary } = reportInput();
    const { tone, sentences } = verdict(standing(scores, summary, baselines), summary, baselines);
    expect(tone).toBe('good');
    // medians by hand: si-a 0.23, mean-over-actions (0.51 + 0.52) / 2 = 0.515; 1 − 0.23 / 0.515 = 0.553
    expect(sentences[0]).toContain('median NRMSE 0.230 over 20 held-out pairs against 0.515');
    expect(sentences[0]).toContain('best baseline, mean-over-actions');
    expect(sentences[0]).toContain('55\u00a0% less error');
    expect(sentences[0]).toContain('19 of 20 pairs (95\u00a0%), in 4 of 4 contexts');
    expect(sentences[1]).toContain('by R² si-a is best (median 0.900');
  });

  it('warns when the best baseline is not beaten', () => {
    const { tone, headline, sentences } = judge([
      ...scored('si-a', () => 0.5),
      ...scored('mean-over-actions', () => 0.4),
    ]);
    expect(tone).toBe('bad');
    expect(headline).toBe('The best baseline is not beaten');
    expect(sentences.join(' ')).toContain('nearer to the truth on 0 of 4 pairs');
    expect(sentences.join(' ')).toContain('Use mean-over-actions');
  });

  it('a better median with a minority of pairs is not a victory', () => {
    // medians 0.40 and 0.45, but si-a is nearer on one pair of four only
    const one = [0.1, 0.35, 0.45, 0.9];
    const two = [0.5, 0.3, 0.4, 0.85];
    const at = (values: number[]) => (c: number, a: number) => values[2 * c + a - 1];
    const { tone } = judge([...scored('si-a', at(one)), ...scored('mean-over-actions', at(two))]);
    expect(tone).toBe('bad');
  });

  it('calls a gain of 2 % small', () => {
    const { tone, headline } = verdictOf(20, 0.49);
    expect([tone, headline]).toEqual(['small', 'si-a beats the best baseline by little']);
  });

  it('does not praise a method for fewer than 20 pairs, however good it is on them', () => {
    expect(verdictOf(20, 0.1).tone).toBe('good');
    const { tone, headline, sentences } = verdictOf(19, 0.1);
    expect([tone, headline]).toEqual(['small', 'Too few pairs to tell: 19']);
    expect(sentences.at(-1)).toContain('mostly chance');
  });

  /** si-a at this error against 0.5 of the mean over actions, on so many pairs. */
  function verdictOf(pairs: number, nrmse: number) {
    const actions = Array.from({ length: pairs }, (_, i) => `a${i}`);
    const wide = screen(['x'], ['DMSO', ...actions]);
    const rows = [
      ...scoreAll(wide, 'si-a', () => ({ nrmse })),
      ...scoreAll(wide, 'mean-over-actions', () => ({ nrmse: 0.5 })),
    ];
    return judge(rows);
  }

  it('says so without baselines, with baselines only, and without anything', () => {
    expect(judge(scored('si-a', () => 0.5)).headline).toBe('No baseline to compare with');
    expect(judge(scored('two-way-mean', () => 0.5)).headline).toBe('Only baselines were evaluated');
    expect(judge([]).headline).toBe('No result');
    expect(judge(scored('si-a', () => Number.NaN)).headline).toBe('No result');
  });
});

describe('cosineTrap', () => {
  const trap = (method: string, cosine: number, cosine_cellmean: number) => {
    const scores = [
      ...scoreAll(tensor, method, () => ({ cosine, cosine_cellmean })),
      ...scoreAll(tensor, 'si-c', () => ({ nrmse: 0.9, cosine: 0.9, cosine_cellmean: 0 })),
    ];
    const summary = summarise(scores);
    return cosineTrap(summary, standing(scores, summary, baselines), baselines);
  };
  it('is seen in the method of the report and in baselines, not in others', () => {
    expect(trap('si-a', 0.9, 0.4)).toMatchObject({ method: 'si-a', isBaseline: false });
    expect(trap('mean-over-actions', 0.8, 0)).not.toBeNull();
    expect(trap('si-a', 0.9, 0.8)).toBeNull();
  });
  it('needs both cosines', () => {
    expect(trap('si-a', Number.NaN, 0.4)).toBeNull();
  });
});
