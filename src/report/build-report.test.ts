import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import type { ScoreRow } from '../evaluate/scores.js';
import { Random } from '../random/index.js';
import { buildReport } from './build-report.js';
import type { ReportInput } from './input.js';
import { reportInput, scoreAll, screen, summarise } from './report.fixture.js';

async function built(changes: Partial<ReportInput> = {}) {
  const report = await buildReport(reportInput(changes));
  const { document } = parseHTML(report.html);
  const text = (selector: string) => document.querySelector(selector)?.textContent ?? '';
  return { ...report, document, text };
}

const scored = (tensor: OutcomeTensor, ...rows: ScoreRow[][]) => ({
  tensor,
  scores: rows.flat(),
  summary: summarise(rows.flat()),
});

describe('the page', () => {
  it('says what was asked', async () => {
    const { text } = await built({
      command: 'mechanist evaluate small.h5ad --out out',
      notes: ['3 rows left out'],
    });
    const asked = text('#asked + div');
    for (const part of [
      'small.h5ad',
      'context: column cell_line',
      'donors greedy',
      '7',
      '0.1.0',
      '--out out',
    ]) {
      expect(asked).toContain(part);
    }
    expect(asked).toContain('4 contexts × 6 actions × 12 genes; 24 pairs measured, 0 missing; control DMSO');
    expect(text('header')).toContain('3 rows left out');
  });

  it('gives the summary as it came, least error first', async () => {
    const { document } = await built();
    const rows = Array.from(document.querySelectorAll('#summary + div tbody tr')).map((row) =>
      Array.from(row.querySelectorAll('th, td')).map((cell) => cell.textContent),
    );
    expect(rows.map((row) => row[0])).toEqual([
      'si-a',
      'mean-over-actions (baseline)',
      'two-way-mean (baseline)',
    ]);
    // n, median nrmse, cosine, cosine_cellmean, r2, rmse, total time (20 × 0.01 s)
    expect(rows[0].slice(1)).toEqual(['20', '0.230', '0.800', '0.700', '0.900', '3.000', '200\u00a0ms']);
    expect(document.querySelectorAll('td.best')).toHaveLength(4);
  });

  it('counts the reasons for doubt', async () => {
    const { document } = await built();
    const rows = Array.from(document.querySelectorAll('#distrust ~ div tbody tr'))
      .slice(0, 3)
      .map((row) => Array.from(row.querySelectorAll('th, td')).map((cell) => cell.textContent));
    // actions d and e have τ̂ 0.08 and 0.1: e in four contexts; (PC3, e) has NRMSE 1.5
    expect(rows.map((row) => [row[0], row[2]])).toEqual([
      ['τ̂ high', '4'],
      ['worse than baseline', '1'],
      ['NRMSE ≥ 1', '1'],
    ]);
  });

  it('has headings, captions, and a name for every picture', async () => {
    const { document, figures } = await built();
    expect(document.querySelectorAll('h1')).toHaveLength(1);
    for (const table of Array.from(document.querySelectorAll('table')))
      expect(table.querySelector('caption')).not.toBeNull();
    const drawn = Array.from(document.querySelectorAll('figure'));
    expect(drawn.length).toBe(figures.size);
    for (const figure of drawn) {
      expect(figure.querySelector('svg')?.getAttribute('aria-label')).toBeTruthy();
      expect(figure.querySelector('figcaption')?.textContent?.length).toBeGreaterThan(20);
      expect(figures.has(figure.id)).toBe(true);
    }
    for (const link of Array.from(document.querySelectorAll('a'))) {
      expect(document.querySelector(link.getAttribute('href') ?? '-')).not.toBeNull();
    }
    expect(document.querySelectorAll('noscript')).toHaveLength(2);
  });

  it('asks nothing of the network', async () => {
    const { html, document } = await built();
    expect(html).not.toMatch(/https?:\/\/|["'(]\/\//i);
    expect(html).not.toMatch(/<link|@import|[\s:]url\(|\ssrc=/i);
    const policy = document.querySelector('meta[http-equiv=Content-Security-Policy]');
    expect(policy?.getAttribute('content')).toMatch(/^default-src 'none';/);
  });

  it('takes no markup from names', async () => {
    const nasty = '</script><img src=x onerror=alert(1)>';
    const tensor = screen([nasty, '"><b>'].sort(), ['DMSO', nasty, "a'&amp;"].sort());
    const { document, html } = await built({
      ...scored(
        tensor,
        scoreAll(tensor, nasty, () => ({ fallback: nasty })),
      ),
      title: nasty,
      source: nasty,
      understood: [nasty],
      options: nasty,
      command: nasty,
      notes: [nasty],
    });
    expect(document.querySelectorAll('img, b:not(.tiles b)')).toHaveLength(0);
    expect(html).not.toContain('<img');
    expect(document.querySelectorAll('script')).toHaveLength(2);
    expect(document.querySelector('h1')?.textContent).toBe(nasty);
    const data = JSON.parse(document.querySelector('#scores-data')?.textContent ?? '');
    expect(data.fallbacks).toEqual([nasty]);
  });

  it('is the same, byte for byte, for the same input', async () => {
    const [first, second] = [await buildReport(reportInput()), await buildReport(reportInput())];
    expect(second.html).toBe(first.html);
    expect([...second.figures]).toEqual([...first.figures]);
  });
});

describe('what is missing is said', () => {
  it('no control: a sentence in the place of the cosine', async () => {
    const tensor = screen(['x', 'y'], ['a', 'b', 'c']);
    const { figures, text } = await built(
      scored(
        tensor,
        scoreAll(tensor, 'si-a', () => ({ cosine: Number.NaN })),
      ),
    );
    expect(figures.has('cosine-by-method')).toBe(false);
    expect(text('#cosine-by-method')).toContain('the context has no control profile');
    expect(text('#asked + div')).toContain('no control');
  });

  it('the trap of controls from other batches', async () => {
    const tensor = screen(['x', 'y'], ['DMSO', 'a', 'b']);
    const { text } = await built(
      scored(
        tensor,
        scoreAll(tensor, 'si-a', () => ({ cosine: 0.905, cosine_cellmean: 0.31 })),
      ),
    );
    expect(text('#control-trap')).toContain('0.905');
    expect(text('#control-trap')).toContain('0.310');
    expect((await built()).text('#control-trap')).toBe('');
  });

  it('the donor grid is there when it was run', async () => {
    const { figures } = await built({
      donorGrid: [{ donors: 1, trainingContexts: 1, meanNrmse: 0.4, pairs: 3 }],
    });
    expect(figures.has('donor-grid')).toBe(true);
    expect((await built()).figures.has('donor-grid')).toBe(false);
  });
});

describe('small input', () => {
  const none: Partial<ReportInput> = { scores: [], summary: [] };
  const one = screen(['x'], ['a']);
  it.each<[string, () => Partial<ReportInput>]>([
    ['no scores', () => none],
    ['nothing at all', () => ({ ...none, tensor: screen([], []) })],
    [
      'one pair',
      () =>
        scored(
          one,
          scoreAll(one, 'si-a', () => ({})),
        ),
    ],
    [
      'one context',
      () => {
        const tensor = screen(['x'], ['DMSO', 'a', 'b', 'c', 'd']);
        return scored(
          tensor,
          scoreAll(tensor, 'si-a', () => ({})),
          scoreAll(tensor, 'two-way-mean', () => ({})),
        );
      },
    ],
    [
      'one method, a baseline',
      () => {
        const tensor = screen(['x', 'y'], ['DMSO', 'a']);
        return scored(
          tensor,
          scoreAll(tensor, 'two-way-mean', () => ({})),
        );
      },
    ],
    [
      'no number anywhere',
      () => {
        const tensor = screen(['x', 'y'], ['DMSO', 'a']);
        const nan = Number.NaN;
        return scored(
          tensor,
          scoreAll(tensor, 'si-a', () => ({
            nrmse: nan,
            rmse: nan,
            cosine: nan,
            cosine_cellmean: nan,
            r2: nan,
            tau: nan,
            seconds: nan,
          })),
        );
      },
    ],
    ['no gene', () => ({ ...none, tensor: screen(['x', 'y'], ['DMSO', 'a', 'b'], 0) })],
    [
      'constant profiles',
      () => {
        const tensor = screen(['x', 'y'], ['DMSO', 'a', 'b']);
        tensor.profiles.fill(3);
        return scored(
          tensor,
          scoreAll(tensor, 'si-a', () => ({})),
        );
      },
    ],
  ])('%s', async (_name, changes) => {
    const { html, figures } = await built({ ...changes(), random: Random.fromSeed(1) });
    expect(html).toContain('</html>');
    const shown = html.replace(/<script>.*?<\/script>/s, '');
    for (const drawn of [shown, ...figures.values()]) expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
  });
});
