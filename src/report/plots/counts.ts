/**
 * How many actions a context has, and how many contexts an action: Fig. 7 of Squires et al. 2022.
 * A bar each while names can be read, a ranked curve beyond.
 */
import type { PlotOptions } from '@observablehq/plot';
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { median } from '../../stats/index.js';
import { count, plural } from '../numbers.js';
import type { Drawing, Figure, FigureStem } from './drawing.js';
import { marginFor, palette, rowHeight, shortName } from './theme.js';

const MAX_BARS = 40;

export function actionsPerContext(drawing: Drawing, tensor: OutcomeTensor): Figure {
  return counts(drawing, {
    stem: 'actions-per-context',
    title: 'Actions measured in each context',
    names: tensor.contexts,
    sizes: tensor.pairsOfContext.map(({ length }) => length),
    one: 'context',
    of: 'action',
    why: 'A context with few actions has few donors to build a prediction from.',
  });
}

export function contextsPerAction(drawing: Drawing, tensor: OutcomeTensor): Figure {
  return counts(drawing, {
    stem: 'contexts-per-action',
    title: 'Contexts in which each action was measured',
    names: tensor.actions,
    sizes: tensor.pairsOfAction.map(({ length }) => length),
    one: 'action',
    of: 'context',
    why: 'An action seen in few contexts leaves few contexts to learn the weights on.',
  });
}

interface Counted {
  readonly stem: FigureStem;
  readonly title: string;
  readonly names: readonly string[];
  readonly sizes: readonly number[];
  readonly one: string;
  readonly of: string;
  readonly why: string;
}

function counts(drawing: Drawing, { stem, title, names, sizes, one, of, why }: Counted): Figure {
  if (names.length === 0) return { stem, title, svg: null, caption: `There is no ${one}.` };
  const order = names.map((_, i) => i).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const ranked = order.map((i) => ({ name: names[i], size: sizes[i] }));
  const [most, least] = [ranked[0], ranked[ranked.length - 1]];
  const middle = median(sizes);
  const told =
    `from ${count(least.size)} to ${plural(most.size, of)} ` + `(${shortName(most.name)}), median ${middle}`;
  const caption = `${plural(names.length, one)}: ${told}. ${why}`;
  const options = ranked.length <= MAX_BARS ? bars(drawing, ranked, of) : curve(drawing, ranked, one, of);
  return { stem, title, svg: drawing.svg(`${title}: ${told}`, options), caption };
}

type Ranked = readonly { readonly name: string; readonly size: number }[];

function bars({ Plot }: Drawing, ranked: Ranked, of: string): PlotOptions {
  return {
    height: 44 + ranked.length * (rowHeight * 0.62),
    marginLeft: marginFor(ranked.map(({ name }) => shortName(name))),
    marginRight: 40,
    marginTop: 4,
    marginBottom: 42,
    x: { label: `${of}s`, labelAnchor: 'center', ticks: 5, tickFormat: count, zero: true },
    y: {
      type: 'band',
      domain: ranked.map(({ name }) => name),
      label: null,
      tickSize: 0,
      padding: 0.25,
      tickFormat: (name: string) => shortName(name),
    },
    marks: [
      Plot.barX(ranked, { x: 'size', y: 'name', fill: palette.sky }),
      Plot.text(ranked, {
        x: 'size',
        y: 'name',
        text: ({ size }) => count(size),
        dx: 4,
        textAnchor: 'start',
        fontVariant: 'tabular-nums',
      }),
    ],
  };
}

function curve({ Plot }: Drawing, ranked: Ranked, one: string, of: string): PlotOptions {
  // only where the count changes: a curve of 20,000 steps has at most as many corners as there are contexts
  const corners = ranked
    .map(({ size }, i) => ({ rank: i + 1, size }))
    .filter(
      ({ size }, i) =>
        i === 0 || i === ranked.length - 1 || size !== ranked[i - 1].size || size !== ranked[i + 1].size,
    );
  return {
    height: 260,
    marginLeft: 64,
    marginRight: 16,
    marginTop: 22,
    marginBottom: 42,
    x: {
      label: `${one}s, those with most first`,
      labelAnchor: 'center',
      ticks: 6,
      tickFormat: count,
      domain: [1, ranked.length],
    },
    y: { type: 'log', label: `${of}s`, ticks: 4, tickFormat: count, domain: [0.8, ranked[0].size * 1.2] },
    marks: [
      Plot.gridY({ strokeOpacity: 0.12, ticks: 4 }),
      Plot.areaY(corners, {
        x: 'rank',
        y1: 0.8,
        y2: ({ size }) => Math.max(size, 0.8),
        fill: palette.sky,
        fillOpacity: 0.35,
      }),
      Plot.lineY(corners, {
        x: 'rank',
        y: ({ size }) => Math.max(size, 0.8),
        stroke: palette.blue,
        strokeWidth: 1.5,
      }),
    ],
  };
}
