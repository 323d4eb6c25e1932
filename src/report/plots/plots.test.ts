/** What stands in the figures: parsed back from their SVG. */
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { standing } from '../paired.js';
import { baselines, reportInput, scoreAll, screen, summarise } from '../report.fixture.js';
import { availability } from './availability.js';
import { type BoxOptions, boxByMethod, type MethodValues } from './box-by-method.js';
import { actionsPerContext, contextsPerAction } from './counts.js';
import { difficulty } from './difficulty.js';
import { donorGrid } from './donor-grid.js';
import { type Drawing, type Figure, loadDrawing } from './drawing.js';
import { improvement } from './improvement.js';
import { spectrumFigure } from './spectrum.js';
import { tauFigure } from './tau.js';
import { tauError } from './tau-error.js';
import { palette, shortName } from './theme.js';
import { umapFigure } from './umap.js';

let drawing: Drawing;
beforeAll(async () => {
  drawing = await loadDrawing();
});

function parse({ svg }: Figure) {
  expect(svg).not.toBeNull();
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
  const all = (selector: string) => Array.from(document.querySelectorAll(selector));
  return {
    all,
    texts: all('text').map((text) => text.textContent ?? ''),
    root: document.querySelector('svg') as Element,
  };
}

const group = (method: string, values: number[], kind: MethodValues['kind'] = 'other'): MethodValues => ({
  method,
  kind,
  values: Float64Array.from(values),
});

describe('box plots by method', () => {
  const options: BoxOptions = {
    stem: 'nrmse-by-method',
    title: 'NRMSE by method',
    axis: 'NRMSE',
    better: 'lower',
    reading: 'Left is better.',
    nothing: 'nothing there',
    format: (value) => value.toFixed(2),
  };
  const ramp = (from: number, to: number) =>
    Array.from({ length: 101 }, (_, i) => from + ((to - from) * i) / 100);

  it('sorts methods by median, best on top, and writes the medians', () => {
    const groups = [group('worse', ramp(0.4, 0.8), 'baseline'), group('better', ramp(0.2, 0.4), 'main')];
    const { texts, all } = parse(boxByMethod(drawing, groups, options));
    expect(texts.filter((text) => ['worse', 'better'].includes(text))).toEqual(['better', 'worse']);
    expect(texts.filter((text) => ['0.30', '0.60'].includes(text))).toEqual(['0.30', '0.60']);
    const higher = parse(boxByMethod(drawing, groups, { ...options, better: 'higher' })).texts;
    expect(higher.filter((text) => ['worse', 'better'].includes(text))).toEqual(['worse', 'better']);
    expect(all(`[aria-label=bar] rect`).map((rect) => rect.getAttribute('fill'))).toEqual([
      palette.blue,
      palette.grey,
    ]);
  });

  it('draws boxes from quartile to quartile on the scale of the axis', () => {
    // quartiles of 0, 0.01 … 1: 0.25, 0.5, 0.75; whiskers 0.05 and 0.95
    const { all } = parse(boxByMethod(drawing, [group('m', ramp(0, 1))], options));
    const [rect] = all('[aria-label=bar] rect');
    const [left, wide] = [Number(rect.getAttribute('x')), Number(rect.getAttribute('width'))];
    const [rule] = all('[aria-label=rule] line');
    const [from, to] = [Number(rule.getAttribute('x1')), Number(rule.getAttribute('x2'))];
    // rectangles of Plot end on whole places of a hundredth: 0.5 of the axis against 0.9
    expect(wide / (to - from)).toBeCloseTo(0.5 / 0.9, 3);
    expect((left - from) / (to - from)).toBeCloseTo(0.2 / 0.9, 3);
  });

  it('one absurd method does not crush the others: it is drawn on the edge and counted', () => {
    const groups = [group('a', ramp(0.2, 0.4)), group('b', ramp(0.3, 0.5)), group('absurd', ramp(900, 1000))];
    const figure = boxByMethod(drawing, groups, options);
    expect(figure.caption).toMatch(/^Left is better\. 10 dots lie beyond the axis/);
    const widths = parse(figure)
      .all('[aria-label=bar] rect')
      .map((rect) => Number(rect.getAttribute('width')));
    expect(widths[0]).toBeGreaterThan(40);
  });

  it('gives a sentence in the place of an empty figure', () => {
    expect(boxByMethod(drawing, [group('m', [])], options)).toMatchObject({
      svg: null,
      caption: 'nothing there',
    });
    expect(boxByMethod(drawing, [group('m', [0, 0])], { ...options, log: true }).svg).toBeNull();
  });

  it('marks powers of ten on a log axis, and stands a single value', () => {
    const log = { ...options, log: true };
    const { texts } = parse(boxByMethod(drawing, [group('m', [0, 0.0005, 0.002, 0.03, 0.4])], log));
    expect(texts).toEqual(expect.arrayContaining(['0.001', '0.01', '0.1']));
    expect(parse(boxByMethod(drawing, [group('m', [0.02])], log)).texts).toContain('m');
    expect(parse(boxByMethod(drawing, [group('m', [0])], options)).texts).toContain('m');
  });
});

describe('availability', () => {
  it('covers exactly the measured share of the frame', () => {
    const parts = screen(['x', 'y', 'z'], ['DMSO', 'a', 'b', 'c']);
    const keep = [0, 1, 2, 3, 4, 5, 8];
    const tensor = new OutcomeTensor({
      contexts: parts.contexts,
      actions: parts.actions,
      genes: ['g'],
      control: 0,
      profiles: new Float64Array(keep.length),
      pairContext: Int32Array.from(keep, (pair) => Math.floor(pair / 4)),
      pairAction: Int32Array.from(keep, (pair) => pair % 4),
      replicates: new Int32Array(keep.length).fill(1),
    });
    const figure = availability(drawing, tensor);
    const { all, texts } = parse(figure);
    const [path] = all('[aria-label=tiles] path');
    expect(path.getAttribute('d')?.match(/M/g)).toHaveLength(7);
    expect(texts.slice(0, 3)).toEqual(['x', 'y', 'z']);
    expect(figure.caption).toContain('7 of 12 pairs (58\u00a0%)');
  });

  it('stays small for a screen of the size of CMAP', () => {
    const [nContexts, nActions] = [71, 20_369];
    const pairs: [number, number][] = [];
    for (let c = 0; c < nContexts; c++) {
      const step = 1 + c;
      for (let a = 0; a < nActions; a += step) pairs.push([c, a]);
    }
    const tensor = new OutcomeTensor({
      contexts: Array.from({ length: nContexts }, (_, c) => `c${c}`),
      actions: Array.from({ length: nActions }, (_, a) => `a${a}`),
      genes: [],
      control: -1,
      profiles: new Float64Array(),
      pairContext: Int32Array.from(pairs, ([c]) => c),
      pairAction: Int32Array.from(pairs, ([, a]) => a),
      replicates: new Int32Array(pairs.length).fill(1),
    });
    const figure = availability(drawing, tensor);
    expect(figure.svg?.length).toBeLessThan(400_000);
    expect(parse(figure).all('[aria-label=tiles] path').length).toBeLessThanOrEqual(8);
    expect(figure.caption).toContain('A tile stands for about 85 pairs');
    expect(parse(contextsPerAction(drawing, tensor)).all('*').length).toBeLessThan(200);
  });
});

describe('counts', () => {
  it('gives a bar a name, longest first', () => {
    const tensor = screen(['x', 'y'], ['DMSO', 'a', 'b']);
    const { texts, all } = parse(actionsPerContext(drawing, tensor));
    expect(all('[aria-label=bar] rect')).toHaveLength(2);
    expect(texts).toEqual(expect.arrayContaining(['x', 'y', '3']));
    expect(contextsPerAction(drawing, tensor).caption).toContain('3 actions: from 2 to 2 contexts');
  });
});

describe('spectrum', () => {
  it('marks the rank that holds 95 % of the energy', () => {
    // energies 100, 25, 4, 1 of 130: the first two hold 96 %
    const figure = spectrumFigure(drawing, Float64Array.of(10, 5, 2, 1), {
      nProfiles: 4,
      nSampled: 4,
      nGenes: 9,
    });
    expect(parse(figure).texts).toContain('95 % of the energy: rank 2');
    expect(figure.caption).toContain('4 profiles × 9 genes, not centred');
  });
  it('has nothing to show of a single profile', () => {
    expect(
      spectrumFigure(drawing, Float64Array.of(3), { nProfiles: 1, nSampled: 1, nGenes: 9 }).svg,
    ).toBeNull();
    expect(
      spectrumFigure(drawing, new Float64Array(), { nProfiles: 0, nSampled: 0, nGenes: 9 }).svg,
    ).toBeNull();
  });
});

describe('τ̂', () => {
  it('counts what is at or above the threshold', () => {
    const figure = tauFigure(drawing, [group('si-a', [0, 0.05, 0.1, 0.3]), group('two-way-mean', [])], 0.1);
    expect(figure.caption).toContain('si-a: median 0.0750, 50\u00a0% at or above ρ');
    expect(figure.caption).not.toContain('two-way-mean');
    expect(parse(figure).all('[aria-label=rect] rect')).toHaveLength(4);
  });
  it('stands τ̂ of zero everywhere and no threshold, and says when there is no test', () => {
    expect(
      parse(tauFigure(drawing, [group('si-a', [0, 0])], null)).all('[aria-label=rect] rect'),
    ).toHaveLength(1);
    expect(tauFigure(drawing, [group('si-a', [])], 0.1).svg).toBeNull();
  });
  it('needs eight pairs to be set against the error', () => {
    const { scores, summary } = reportInput();
    const { pairs } = standing(scores, summary, baselines);
    expect(tauError(drawing, pairs.slice(0, 7), 'si-a', 0.1)).toBeNull();
    expect(tauError(drawing, pairs, 'si-a', 0.1)?.caption).toContain('20 held-out pairs');
  });
});

it('the donor grid writes every mean into its cell', () => {
  const rows = [1, 2, 3].flatMap((donors) =>
    [1, 2].map((trainingContexts) => ({
      donors,
      trainingContexts,
      meanNrmse: 0.5 / donors + 0.1 / trainingContexts,
      pairs: 75,
    })),
  );
  const figure = donorGrid(drawing, rows);
  expect(parse(figure).all('[aria-label=cell] rect')).toHaveLength(6);
  expect(parse(figure).texts).toEqual(expect.arrayContaining(['0.600', '0.217']));
  expect(figure.caption).toContain('Lowest: 0.217 with 3 donors and 2 training contexts');
  expect(donorGrid(drawing, []).svg).toBeNull();
});

describe('against the baseline', () => {
  const { scores, summary } = reportInput();
  const { pairs } = standing(scores, summary, baselines);

  it('counts both sides of the line', () => {
    const { texts } = parse(improvement(drawing, pairs, 'si-a', 'mean-over-actions'));
    expect(texts).toEqual(expect.arrayContaining(['si-a nearer: 19', 'mean-over-actions nearer: 1']));
  });
  it('gives the median of every context and action, hardest on top', () => {
    const byAction = parse(
      difficulty(drawing, pairs, { by: 'action', main: 'si-a', baseline: 'mean-over-actions' }),
    );
    expect(byAction.texts.filter((text) => /^[a-e]$/.test(text))).toEqual(['e', 'd', 'c', 'b', 'a']);
    const figure = difficulty(drawing, pairs, { by: 'context', main: 'si-a', baseline: 'mean-over-actions' });
    expect(figure.caption).toContain('(0 contexts of 4)');
  });
  it('draws no more rows than can be read', () => {
    const tensor = screen(
      Array.from({ length: 50 }, (_, i) => `c${i}`),
      ['DMSO', 'a'],
    );
    const many = scoreAll(tensor, 'si-a', (c) => ({ nrmse: 0.2 + 0.01 * c }));
    const figure = difficulty(drawing, standing(many, summarise(many), []).pairs, {
      by: 'context',
      main: 'si-a',
      baseline: null,
    });
    expect(parse(figure).all('[aria-label=dot] circle')).toHaveLength(30);
    expect(figure.caption).toContain('The 30 hardest of 50');
    expect(parse(figure).texts).toContain('c49');
    expect(parse(figure).texts).not.toContain('c19');
  });
});

it('UMAP: a dot a profile, a name a context, names apart', () => {
  const profiles = Array.from({ length: 60 }, (_, i) => ({
    x: Math.cos(i),
    y: Math.sin(i),
    context: `context ${i % 12}`,
    action: `a${i}`,
  }));
  const figure = umapFigure(drawing, profiles, 60);
  const { all, texts } = parse(figure);
  expect(all('[aria-label=dot] path')).toHaveLength(60);
  expect(all('title').map((title) => title.textContent)).toContain('context 3 · a15');
  expect(texts).toContain('context 0');
  expect(parse(umapFigure(drawing, profiles.slice(0, 1), 1)).texts).toEqual(['context 0']);
});

describe('a figure is a file of its own', () => {
  it('has a name space, a role, a name, and escaped texts', () => {
    const nasty = '<script>&"\u0000\ud800';
    const tensor = screen([nasty, 'y'], ['DMSO', 'a']);
    const { svg } = actionsPerContext(drawing, tensor);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img" aria-label="[^"<]+"/);
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('&lt;script&gt;&amp;"\ufffd\ufffd');
    expect(svg?.match(/\d\.\d{3,}/g)).toBeNull();
  });
});

it('short names keep both ends', () => {
  expect(shortName('abcdefghij', 10)).toBe('abcdefghij');
  expect(shortName('abcdefghijk', 10)).toBe('abcde…hijk');
});
