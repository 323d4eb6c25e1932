/** The method against the best baseline, a dot a pair: below the line the method is nearer to the truth. */
import { quantile } from '../../stats/index.js';
import { count, percent, plural } from '../numbers.js';
import type { ScoredPair } from '../paired.js';
import type { Drawing, Figure } from './drawing.js';
import { cloud } from './marks.js';
import { palette } from './theme.js';

export function improvement(
  drawing: Drawing,
  pairs: readonly ScoredPair[],
  main: string,
  baseline: string,
): Figure {
  const stem = 'improvement';
  const title = 'Pair by pair against the best baseline';
  const both = pairs.filter(
    (pair) => Number.isFinite(pair.main.nrmse) && Number.isFinite(pair.baselineNrmse),
  );
  if (both.length === 0) {
    return { stem, title, svg: null, caption: `No pair has an NRMSE from both ${main} and ${baseline}.` };
  }
  const values = both.flatMap((pair) => [pair.main.nrmse, pair.baselineNrmse]);
  // 1 % of each side may leave the frame; it is drawn on the edge
  const end = quantile(values, 0.99) * 1.08 || 1;
  const dots = both.map((pair) => ({
    x: Math.min(pair.baselineNrmse, end),
    y: Math.min(pair.main.nrmse, end),
    better: pair.main.nrmse < pair.baselineNrmse,
  }));
  const better = dots.filter((dot) => dot.better).length;
  const edge = both.filter((pair) => pair.main.nrmse > end || pair.baselineNrmse > end).length;
  const { Plot } = drawing;
  const style = { r: both.length > 1000 ? 1.4 : 2.4, opacity: both.length > 1000 ? 0.35 : 0.6 };
  const half = (wanted: boolean, stroke: string) =>
    Plot.dot(
      dots.filter((dot) => dot.better === wanted),
      { x: 'x', y: 'y', render: cloud(drawing, { stroke, ...style }) },
    );
  const svg = drawing.svg(
    `${title}: ${main} is nearer on ${count(better)} of ${plural(both.length, 'pair')}`,
    {
      height: 440,
      marginLeft: 54,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 42,
      x: { label: `NRMSE of ${baseline}`, labelAnchor: 'center', domain: [0, end] },
      y: { label: `NRMSE of ${main}`, domain: [0, end] },
      marks: [
        Plot.link([0], { x1: 0, y1: 0, x2: end, y2: end, stroke: 'currentColor', strokeOpacity: 0.45 }),
        half(true, palette.blue),
        half(false, palette.vermillion),
        Plot.text([`${main} nearer: ${count(better)}`], {
          frameAnchor: 'bottom-right',
          dx: -8,
          dy: -10,
          fill: palette.blue,
          fontSize: 13,
        }),
        Plot.text([`${baseline} nearer: ${count(both.length - better)}`], {
          frameAnchor: 'top-left',
          dx: 8,
          dy: 10,
          fill: palette.vermillion,
          fontSize: 13,
        }),
      ],
    },
  );
  const clipped =
    edge === 0 ? '' : ` ${plural(edge, 'pair lies', 'pairs lie')} beyond the frame, drawn on its edge.`;
  const caption =
    `A dot is a held-out pair. Below the line ${main} is nearer to the truth (${percent(better / both.length)} of ` +
    `${plural(both.length, 'pair')}), above it ${baseline} is.${clipped}`;
  return { stem, title, svg, caption };
}
