/** Which contexts and actions are hard: median error of the method and of the best baseline, side by side. */
import { middle } from '../metrics.js';
import { count, plural, readable } from '../numbers.js';
import type { ScoredPair } from '../paired.js';
import type { Drawing, Figure } from './drawing.js';
import { marginFor, palette, rowHeight, shortName } from './theme.js';

const MAX_ROWS = 30;

export interface DifficultyOptions {
  readonly by: 'context' | 'action';
  readonly main: string;
  /** `null` when no baseline was evaluated. */
  readonly baseline: string | null;
}

export function difficulty(
  drawing: Drawing,
  pairs: readonly ScoredPair[],
  { by, main, baseline }: DifficultyOptions,
): Figure {
  const stem = `difficulty-by-${by}` as const;
  const title = `Error by ${by}`;
  const groups = new Map<string, ScoredPair[]>();
  for (const pair of pairs) {
    if (!Number.isFinite(pair.main.nrmse)) continue;
    const group = groups.get(pair.main[by]);
    if (group) group.push(pair);
    else groups.set(pair.main[by], [pair]);
  }
  if (groups.size === 0) {
    return {
      stem,
      title,
      svg: null,
      caption: `${main} has no NRMSE on any pair, so no ${by} can be called hard.`,
    };
  }
  const all = [...groups].map(([name, group]) => ({
    name,
    n: group.length,
    main: middle(group.map((pair) => pair.main.nrmse)),
    baseline: middle(group.map((pair) => pair.baselineNrmse)),
  }));
  all.sort((a, b) => b.main - a.main || (a.name < b.name ? -1 : 1));
  const rows = all.slice(0, MAX_ROWS);
  const worse = all.filter((row) => row.main > row.baseline).length;
  const { Plot } = drawing;
  const compared = rows.filter((row) => Number.isFinite(row.baseline));
  const svg = drawing.svg(
    `${title}: ${main} from ${readable(all[all.length - 1].main)} to ${readable(all[0].main)}`,
    {
      height: 46 + rows.length * rowHeight * 0.68,
      marginLeft: marginFor(rows.map(({ name }) => shortName(name))),
      marginRight: 48,
      marginTop: 20,
      marginBottom: 42,
      x: { label: 'median NRMSE', labelAnchor: 'center', ticks: 6, nice: true },
      y: {
        type: 'band',
        domain: rows.map(({ name }) => name),
        label: null,
        tickSize: 0,
        tickFormat: (name: string) => shortName(name),
      },
      marks: [
        Plot.gridX({ strokeOpacity: 0.12, ticks: 6 }),
        Plot.link(compared, {
          x1: 'main',
          x2: 'baseline',
          y1: 'name',
          y2: 'name',
          stroke: (r: (typeof rows)[number]) => (r.main > r.baseline ? palette.vermillion : palette.grey),
          strokeOpacity: 0.6,
          strokeWidth: 2,
        }),
        Plot.dot(compared, { x: 'baseline', y: 'name', fill: palette.grey, r: 3.5 }),
        Plot.dot(rows, {
          x: 'main',
          y: 'name',
          fill: (r: (typeof rows)[number]) => (r.main > r.baseline ? palette.vermillion : palette.blue),
          r: 4.5,
        }),
        Plot.text(rows, {
          frameAnchor: 'right',
          dx: 8,
          y: 'name',
          text: (r: (typeof rows)[number]) => String(r.n),
          textAnchor: 'start',
          fillOpacity: 0.65,
          fontVariant: 'tabular-nums',
        }),
        Plot.text(['pairs'], {
          frameAnchor: 'top-right',
          dx: 8,
          dy: -14,
          textAnchor: 'start',
          fillOpacity: 0.65,
        }),
      ],
    },
  );
  const cut =
    all.length > rows.length ? ` The ${rows.length} hardest of ${count(all.length)} are shown.` : '';
  const against =
    baseline === null
      ? ''
      : ` Grey: ${baseline}, the best baseline. Red: the method is worse than it there (${plural(worse, by)} of ${count(all.length)}); use the baseline or distrust the prediction.`;
  return {
    stem,
    title,
    svg,
    caption: `Large dots: median NRMSE of ${main} by ${by}, hardest on top.${against}${cut}`,
  };
}
