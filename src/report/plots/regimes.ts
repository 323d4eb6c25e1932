/** Where each estimator stops working: median error against how much of an action or context was seen. */
import type { RegimeRow } from '../../evaluate/regimes.js';
import { median } from '../../stats/index.js';
import { plural } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { inkOf, type MethodKind, marginFor, shortName } from './theme.js';

const height = 340;
const marginTop = 24;
const marginBottom = 42;
/** Pixels between two labels at the end of the lines. */
const lineHeight = 14;

/** The rows of one regime, `action` or `context`; `null` when there are none. */
export function regimeFigure(
  drawing: Drawing,
  regime: 'action' | 'context',
  all: readonly RegimeRow[],
  kindOf: (method: string) => MethodKind,
): Figure | null {
  const rows = all.filter((row) => row.regime === regime);
  if (rows.length === 0) return null;
  const other = regime === 'action' ? 'contexts' : 'actions';
  const stem = `regime-${regime}` as const;
  const title = `Error when only k ${other} of the ${regime} were seen`;
  const methods = [...new Set(rows.map(({ method }) => method))];
  const estimators = methods.filter((method) => kindOf(method) !== 'baseline');
  const verdict = (estimators.length < methods.length ? estimators : []).map(
    (method) => `${method} ${whereItWins(rows, method, kindOf)}`,
  );
  const caption =
    `Every ${regime} was hidden except for k of its ${other}; the dots are medians over the same ${plural(rows[0].n, 'pair')} at ` +
    `every k. Grey, dashed: plain averages. ${verdict.join('; ')}${verdict.length > 0 ? '.' : ''}`;
  const dots = rows
    .filter((row) => Number.isFinite(row.median_nrmse))
    .map(({ method, k, median_nrmse }) => ({ method, k: String(k), nrmse: median_nrmse }));
  if (dots.length === 0) return { stem, title, svg: null, caption: `No pair has an NRMSE. ${caption}` };
  const values = dots.map(({ nrmse }) => nrmse);
  // one bad method must not crush the others
  const end = Math.min(Math.max(...values), 3 * median(values)) * 1.08 || 1;
  const ks = [...new Set(rows.map(({ k }) => String(k)))];
  const labels = spread(
    dots.filter(({ k }) => k === ks.at(-1)),
    end,
  );
  const { Plot } = drawing;
  const svg = drawing.svg(title, {
    height,
    marginLeft: 54,
    marginRight: marginFor(labels.map(({ method }) => shortName(method))),
    marginTop,
    marginBottom,
    x: {
      type: 'point',
      domain: ks,
      label: `k, ${other} of the ${regime} in training`,
      labelAnchor: 'center',
    },
    y: { label: 'median NRMSE', domain: [0, end] },
    marks: [
      Plot.gridY({ strokeOpacity: 0.12 }),
      ...methods.map((method) =>
        Plot.lineY(
          dots.filter((dot) => dot.method === method),
          {
            x: 'k',
            y: 'nrmse',
            stroke: inkOf[kindOf(method)],
            strokeWidth: kindOf(method) === 'main' ? 2.5 : 1.5,
            strokeDasharray: kindOf(method) === 'baseline' ? '4 3' : undefined,
            clip: true,
          },
        ),
      ),
      Plot.dot(
        dots.filter(({ nrmse }) => nrmse <= end),
        { x: 'k', y: 'nrmse', fill: ({ method }: { method: string }) => inkOf[kindOf(method)], r: 3 },
      ),
      Plot.text(labels, {
        x: () => ks.at(-1),
        y: 'at',
        dx: 8,
        textAnchor: 'start',
        text: ({ method }: { method: string }) => shortName(method),
      }),
    ],
  });
  return { stem, title, svg, caption };
}

/** At which k a method's median is below that of every baseline, in words. */
function whereItWins(
  rows: readonly RegimeRow[],
  method: string,
  kindOf: (method: string) => MethodKind,
): string {
  const ks = [...new Set(rows.map(({ k }) => k))];
  const wins = ks.filter((k) => {
    const atK = rows.filter((row) => row.k === k);
    const best = Math.min(
      ...atK.filter((row) => kindOf(row.method) === 'baseline').map(({ median_nrmse }) => median_nrmse),
    );
    return atK.some((row) => row.method === method && row.median_nrmse < best);
  });
  if (wins.length === 0) return 'beats the best average at no k';
  const first = ks.indexOf(wins[0]);
  const onwards = wins.length === ks.length - first && wins.length > 1;
  return `beats the best average ${onwards ? `from k = ${wins[0]} on` : `at k = ${wins.join(', ')} only`}`;
}

/** Label places in the unit of the axis: apart, and together as near to their lines as they can be. */
function spread(ends: readonly { method: string; nrmse: number }[], end: number) {
  const gap = (lineHeight * end) / (height - marginTop - marginBottom);
  const sorted = [...ends].sort((a, b) => a.nrmse - b.nrmse);
  // least squares under an order: neighbours that are too close are pooled around their mean
  const pools: { sum: number; count: number }[] = [];
  sorted.forEach(({ nrmse }, i) => {
    let pool = { sum: Math.min(nrmse, end) - i * gap, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
    }
    pools.push(pool);
  });
  const levels = pools.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
  return sorted.map(({ method }, i) => ({ method, at: levels[i] + i * gap }));
}
