/** How many latents each perturbation shifts, and how far: Fig. 5a of Lopez et al. 2023. */
import { expectedShifts, isEdge } from '../../represent/index.js';
import { median } from '../../stats/index.js';
import { plural, readable } from '../numbers.js';
import type { Drawing, Figure, FigureStem } from '../plots/drawing.js';
import { marginFor, palette, rowHeight } from '../plots/theme.js';
import type { RepresentationReportInput, RowKind } from './input.js';

const NAMES: Readonly<Record<RowKind, string>> = {
  single: 'single',
  combination: 'combination',
  'held-out': 'held out',
};

/** Of each row of the graph. */
export interface Effect {
  readonly kind: RowKind;
  readonly targets: number;
  /** Length of the shift weighted by the probabilities of its edges. */
  readonly size: number;
}

export function effectsOf({ graph, rows, latent }: RepresentationReportInput): Effect[] {
  if (!graph) return [];
  const expected = expectedShifts(graph);
  return rows.map(({ kind }, i) => ({
    kind,
    targets: graph.probability.subarray(i * latent, (i + 1) * latent).filter(isEdge).length,
    size: Math.hypot(...expected.subarray(i * latent, (i + 1) * latent)),
  }));
}

export function effectFigures(drawing: Drawing, input: RepresentationReportInput): Figure[] {
  const effects = effectsOf(input);
  if (effects.length === 0) return [];
  return [
    strip(drawing, effects, {
      stem: 'targets',
      title: 'Latents that a perturbation shifts',
      axis: 'latents with an edge more likely than not',
      measure: ({ targets }) => targets,
    }),
    strip(drawing, effects, {
      stem: 'effect-sizes',
      title: 'How far a perturbation shifts its latents',
      axis: 'length of the shift (standard deviations of the prior)',
      measure: ({ size }) => size,
    }),
  ];
}

interface StripOptions {
  readonly stem: FigureStem;
  readonly title: string;
  readonly axis: string;
  readonly measure: (effect: Effect) => number;
}

/** A dot a perturbation, beside each other where they are equal; a line at the median. One band a kind. */
function strip(drawing: Drawing, effects: readonly Effect[], options: StripOptions): Figure {
  const { stem, title, axis, measure } = options;
  const kinds = (Object.keys(NAMES) as RowKind[]).filter((kind) => effects.some((one) => one.kind === kind));
  const bands = kinds.map((kind) => {
    const values = effects.filter((one) => one.kind === kind).map(measure);
    return { name: NAMES[kind], values, median: median(values) };
  });
  const dots = bands.flatMap(({ name, values }) => spread(values).map((dot) => ({ ...dot, name })));
  const { Plot } = drawing;
  const told = bands.map(
    ({ name, values, median: middle }) =>
      `${name}: median ${readable(middle)} of ${plural(values.length, 'perturbation')}`,
  );
  const svg = drawing.svg(`${title}; ${told.join('; ')}`, {
    height: 60 + bands.length * 3 * rowHeight,
    marginLeft: marginFor(bands.map(({ name }) => name)),
    marginRight: 16,
    marginTop: 12,
    marginBottom: 44,
    x: { label: axis, labelAnchor: 'center', zero: true, grid: false },
    y: { domain: [-1, 1], axis: null },
    fy: { domain: bands.map(({ name }) => name), label: null, axis: 'left' },
    marks: [
      Plot.gridX({ strokeOpacity: 0.12 }),
      Plot.dot(dots, { x: 'value', y: 'aside', fy: 'name', r: 2.5, fill: palette.sky, fillOpacity: 0.7 }),
      Plot.tickX(bands, { x: 'median', fy: 'name', stroke: palette.blue, strokeWidth: 3 }),
    ],
  });
  return { stem, title, svg, caption: `${told.join('; ')} (thick line). A dot is a perturbation.` };
}

/** Dots of nearly the same value fan out around the middle. */
function spread(values: readonly number[]): { readonly value: number; readonly aside: number }[] {
  const most = Math.max(...values, 1e-9);
  const counts = new Map<number, number>();
  const place = (value: number) => Math.round((60 * value) / most);
  const totals = new Map<number, number>();
  for (const value of values) totals.set(place(value), (totals.get(place(value)) ?? 0) + 1);
  const crowd = Math.max(10, ...totals.values());
  return values.map((value) => {
    const k = counts.get(place(value)) ?? 0;
    counts.set(place(value), k + 1);
    const side = k % 2 === 0 ? 1 : -1;
    return { value, aside: (side * 1.7 * Math.ceil(k / 2)) / crowd };
  });
}
