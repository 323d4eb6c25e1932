/** The page of a replay: says what was saved, draws it, and needs nothing from outside. */
import { describe, expect, it } from 'vitest';
import type { ReplayRow } from '../design/index.js';
import { buildDesignReport, savingSentence } from './index.js';

const rows: ReplayRow[] = [0, 1].flatMap((seed) =>
  [0, 10, 20, 30, 40].flatMap((experiments) => [
    { strategy: 'random' as const, seed, experiments, error: 1 - experiments / 100 },
    { strategy: 'expected-error' as const, seed, experiments, error: 1 - (2 * experiments) / 100 },
  ]),
);
const input = {
  source: 'a <b>.csv',
  version: '1',
  understood: ['context: <i>'],
  rows,
  what: 'the pairs that are still hidden',
};

describe('the page', () => {
  it('says what was saved, once a strategy and place', async () => {
    const { html, figures } = await buildDesignReport(input);
    const said = html.match(
      /expected-error reaches the error of \d+ random experiments \(0\.\d+\) with 50.% of them/g,
    );
    expect(said).toHaveLength(3);
    expect([...figures.keys()]).toEqual(['design-curve']);
    expect(html).toContain('a &lt;b&gt;.csv');
    expect(html).toContain('context: &lt;i&gt;');
    expect(html).not.toMatch(/src=|href="http|<i>/);
  });

  it('says why there is no figure', async () => {
    const nothing = rows.map((row) => ({ ...row, error: Number.NaN }));
    const { html, figures } = await buildDesignReport({ ...input, rows: nothing });
    expect(figures.size).toBe(0);
    expect(html).toContain('No pair has a normalised error.');
    expect(html).not.toContain('NaN');
  });
});

describe('the sentence', () => {
  const saving = { strategy: 'expected-error' as const, experiments: 100, error: 0.4, share: 0.7 };

  it('tells the range over seeds, and those that do not get there', () => {
    expect(savingSentence({ ...saving, shares: [0.6, 0.8] })).toMatch(
      /^expected-error reaches the error of 100 random experiments \(0\.400\) with 70.% of them \(seeds: 60.% to 80.%\)\.$/,
    );
    expect(savingSentence({ ...saving, shares: [0.6, Number.NaN] })).toMatch(/60.% to 60.%, 1 not at all\)/);
    expect(savingSentence({ ...saving, shares: [0.7] })).toMatch(/with 70.% of them\.$/);
    expect(savingSentence({ ...saving, share: Number.NaN, shares: [] })).toBe(
      'expected-error does not reach the error of 100 random experiments (0.400).',
    );
  });
});
