/** The figure of a regime, parsed back: lines, labels, and the sentence on who beats the averages where. */
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RegimeRow } from '../../evaluate/regimes.js';
import { type Drawing, loadDrawing } from './drawing.js';
import { regimeFigure } from './regimes.js';
import type { MethodKind } from './theme.js';

let drawing: Drawing;
beforeAll(async () => {
  drawing = await loadDrawing();
});

const ks = [0, 1, 4];
const kindOf = (method: string): MethodKind =>
  method === 'mean' ? 'baseline' : method === 'good' ? 'main' : 'other';
const rowsOf = (
  method: string,
  errors: readonly number[],
  regime: RegimeRow['regime'] = 'action',
): RegimeRow[] =>
  errors.map((median_nrmse, i) => ({
    regime,
    k: ks[i],
    method,
    n: 30,
    median_nrmse,
    median_rmse: 1,
    median_cosine: 0,
    median_cosine_cellmean: 0,
    median_r2: 0,
  }));
const rows = [
  ...rowsOf('mean', [0.5, 0.5, 0.5]),
  ...rowsOf('good', [0.5, 0.4, 0.3]),
  ...rowsOf('bad', [0.9, 0.8, 0.501]),
  ...rowsOf('odd', [0.4, 0.6, 0.49]),
];

describe('the figure of a regime', () => {
  it('says where each estimator beats the averages: an equal error does not', () => {
    const { caption } = regimeFigure(drawing, 'action', rows, kindOf)!;
    expect(caption).toContain('good beats the best average from k = 1 on');
    expect(caption).toContain('bad beats the best average at no k');
    expect(caption).toContain('odd beats the best average at k = 0, 4 only');
    expect(caption).toContain('the same 30 pairs');
    expect(caption).not.toContain('mean beats');
  });

  it('draws a line a method with its name at the end, no two names on each other', () => {
    const { svg } = regimeFigure(drawing, 'action', rows, kindOf)!;
    const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
    expect(document.querySelectorAll('[aria-label=line] path')).toHaveLength(4);
    const names = Array.from(document.querySelectorAll('text')).filter((text) =>
      rows.some(({ method }) => method === text.textContent),
    );
    const heights = names.map((text) =>
      Number(/,\s*([\d.]+)\)/.exec(text.getAttribute('transform') ?? '')?.[1]),
    );
    expect(names).toHaveLength(4);
    heights
      .sort((a, b) => a - b)
      .slice(1)
      .forEach((at, i) => expect(at - heights[i]).toBeGreaterThan(13.9));
  });

  it('is not there without rows of the regime; without an average nobody is said to beat one', () => {
    expect(regimeFigure(drawing, 'context', rows, kindOf)).toBeNull();
    const alone = regimeFigure(drawing, 'context', rowsOf('good', [1, 1, 1], 'context'), kindOf);
    expect(alone?.caption).not.toContain('beats');
  });

  it('is replaced by a sentence where nothing is a number', () => {
    const figure = regimeFigure(
      drawing,
      'action',
      rowsOf('good', [Number.NaN, Number.NaN, Number.NaN]),
      kindOf,
    );
    expect(figure?.svg).toBeNull();
    expect(figure?.caption).toContain('No pair has an NRMSE');
  });
});
