/** Share of measured values in the intervals, of all held-out pairs and by number of donors: one row a method. */
import type { CoverageRow } from '../../evaluate/coverage.js';
import { percent, plural } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { inkOf, type MethodKind, marginFor, palette, shortName } from './theme.js';

export function coverageFigure(
  drawing: Drawing,
  rows: readonly CoverageRow[],
  level: number,
  kindOf: (method: string) => MethodKind,
): Figure {
  const title = 'Share of measured values inside the intervals, by number of donors';
  const methods = [...new Set(rows.map(({ method }) => method))];
  const told = rows
    .filter(({ donors }) => donors === 'all')
    .map(
      ({ method, n, coverage }) => `${method}: ${percent(coverage)} of the values of ${plural(n, 'pair')}`,
    );
  const bands = [...new Set(rows.map(({ donors }) => donors))];
  const start = Math.min(0.5, ...rows.map(({ coverage }) => coverage));
  const { Plot } = drawing;
  const svg = drawing.svg(`${title}; ${told.join('; ')}`, {
    height: 50 + methods.length * 110,
    marginLeft: 54,
    marginRight: marginFor(methods.map(shortName)),
    marginTop: 22,
    marginBottom: 42,
    x: { type: 'point', domain: bands, label: 'donors of the pair', labelAnchor: 'center' },
    y: { label: 'share inside', domain: [start, 1], ticks: 4, tickFormat: '.0%' },
    fy: { label: null, domain: methods, padding: 0.2, tickFormat: (method: string) => shortName(method) },
    marks: [
      Plot.gridY({ ticks: 4, strokeOpacity: 0.12 }),
      Plot.ruleY([level], { stroke: palette.vermillion, strokeDasharray: '4 3', strokeWidth: 1.5 }),
      Plot.dot(rows, {
        x: 'donors',
        y: 'coverage',
        fy: 'method',
        r: ({ n }: CoverageRow) => 3 + Math.log10(Math.max(n, 1)),
        fill: ({ method }: CoverageRow) => inkOf[kindOf(method)],
      }),
    ],
  });
  const caption =
    `${told.join('; ')}. Dashed: what was promised, ${percent(level)}. A dot is a group of held-out pairs, larger for ` +
    'more of them; below the line, intervals are too narrow there.';
  return { stem: 'coverage', title, svg, caption };
}
