/**
 * One metric, one box a method: Fig. 4, 10 and 11 of Squires et al. 2022.
 *
 * Box: quartiles and median; whiskers: 5th and 95th percentile; dots: what lies beyond. One bad baseline must
 * not crush all others, so the axis ends 1.5 spans beyond the typical whiskers, and the caption counts what is
 * drawn on the edge.
 */
import { median, quantile } from '../../stats/index.js';
import { plural } from '../numbers.js';
import type { Drawing, Figure, FigureStem } from './drawing.js';
import { cloud } from './marks.js';
import { halo, inkOf, type MethodKind, marginFor, rowHeight, shortName } from './theme.js';

export interface MethodValues {
  readonly method: string;
  readonly kind: MethodKind;
  /** Finite values, one a pair. */
  readonly values: Float64Array;
}

export interface BoxOptions {
  readonly stem: FigureStem;
  readonly title: string;
  /** Name and unit on the axis. */
  readonly axis: string;
  readonly better: 'lower' | 'higher';
  /** First sentences of the caption: what is measured and what is good. */
  readonly reading: string;
  /** The caption when no method has a value. */
  readonly nothing: string;
  /** The number beside a box. */
  format(value: number): string;
  readonly log?: boolean;
}

interface Box {
  readonly name: string;
  readonly kind: MethodKind;
  readonly values: Float64Array;
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  readonly p5: number;
  readonly p95: number;
}

export function boxByMethod(
  drawing: Drawing,
  groups: readonly MethodValues[],
  { stem, title, axis, better, reading, nothing, format, log = false }: BoxOptions,
): Figure {
  const boxes = groups
    .filter(({ values }) => values.length > 0 && (!log || values.some((v) => v > 0)))
    .map(box);
  if (boxes.length === 0) return { stem, title, svg: null, caption: nothing };
  const sign = better === 'lower' ? 1 : -1;
  boxes.sort((a, b) => sign * (a.median - b.median) || (a.name < b.name ? -1 : 1));
  const [low, high] = log ? positiveDomain(boxes) : domain(boxes);
  const ticks = log ? decades(low, high) : 6;
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  const beyond = boxes.flatMap(({ name, kind, values, p5, p95 }) =>
    Array.from(values)
      .filter((value) => value < p5 || value > p95)
      .map((value) => ({ name, kind, value: clamp(value), clipped: value < low || value > high })),
  );
  const clipped = beyond.filter((dot) => dot.clipped).length;
  const { Plot } = drawing;
  const kinds = Object.keys(inkOf) as MethodKind[];
  const svg = drawing.svg(`${title}: ${summary(boxes, format)}`, {
    height: 58 + boxes.length * rowHeight,
    marginLeft: marginFor(boxes.map(({ name }) => name)),
    marginRight: 76,
    marginTop: 20,
    marginBottom: 42,
    x: {
      type: log ? 'log' : 'linear',
      domain: [low, high],
      label: axis,
      labelAnchor: 'center',
      ticks,
      tickFormat: log ? '~g' : undefined,
    },
    y: { type: 'band', domain: boxes.map(({ name }) => name), label: null, tickSize: 0, padding: 0.3 },
    marks: [
      Plot.gridX({ strokeOpacity: 0.12, ticks }),
      Plot.ruleY(boxes, {
        x1: (b) => clamp(b.p5),
        x2: (b) => clamp(b.p95),
        y: 'name',
        stroke: 'currentColor',
        strokeOpacity: 0.55,
      }),
      Plot.barX(boxes, {
        x1: (b) => clamp(b.q1),
        x2: (b) => clamp(b.q3),
        y: 'name',
        fill: (b: Box) => inkOf[b.kind],
        rx: 2,
      }),
      Plot.tickX(boxes, { x: (b) => clamp(b.median), y: 'name', stroke: halo, strokeWidth: 2.5 }),
      kinds.map((kind) =>
        Plot.dot(
          beyond.filter((dot) => dot.kind === kind),
          { x: 'value', y: 'name', render: cloud(drawing, { stroke: inkOf[kind], r: 1.4, opacity: 0.7 }) },
        ),
      ),
      Plot.text(boxes, {
        frameAnchor: 'right',
        dx: 8,
        y: 'name',
        text: (b: Box) => format(b.median),
        textAnchor: 'start',
        fontVariant: 'tabular-nums',
      }),
      Plot.text(['median'], {
        frameAnchor: 'top-right',
        dx: 8,
        dy: -14,
        textAnchor: 'start',
        fillOpacity: 0.65,
      }),
    ],
  });
  return { stem, title, svg, caption: `${reading} ${edgeNote(clipped)}`.trim() };
}

function edgeNote(clipped: number): string {
  if (clipped === 0) return '';
  return `${plural(clipped, 'dot lies', 'dots lie')} beyond the axis and ${clipped === 1 ? 'is' : 'are'} drawn on its edge.`;
}

function box({ method, kind, values }: MethodValues): Box {
  const at = (p: number) => quantile(values, p);
  return {
    name: shortName(method),
    kind,
    values,
    median: median(values),
    q1: at(0.25),
    q3: at(0.75),
    p5: at(0.05),
    p95: at(0.95),
  };
}

/** All values, but at most 1.5 spans beyond the median method's whiskers. */
function domain(boxes: readonly Box[]): [number, number] {
  const typicalLow = median(boxes.map(({ p5 }) => p5));
  const typicalHigh = median(boxes.map(({ p95 }) => p95));
  const reach = 1.5 * (typicalHigh - typicalLow);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of boxes) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (reach > 0) [low, high] = [Math.max(low, typicalLow - reach), Math.min(high, typicalHigh + reach)];
  const room = high > low ? (high - low) * 0.03 : Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

/** From the smallest positive value to the largest; zeros (below the clock's tick) are drawn on the edge. */
function positiveDomain(boxes: readonly Box[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const { values } of boxes) {
    for (const value of values) {
      if (value > 0 && value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low / 1.3, high * 1.3];
}

/** The powers of ten between `low` and `high` when there are several, else as many ticks as fit. */
function decades(low: number, high: number): number[] | number {
  const from = Math.ceil(Math.log10(low));
  const exponents = Array.from({ length: Math.floor(Math.log10(high)) - from + 1 }, (_, i) => from + i);
  return exponents.length < 2 ? 4 : exponents.map((exponent) => Number(`1e${exponent}`));
}

function summary(boxes: readonly Box[], format: BoxOptions['format']): string {
  return `median ${boxes.map((b) => `${b.name} ${format(b.median)}`).join(', ')}`;
}
