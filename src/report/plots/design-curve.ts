/** Error against experiments, one line a strategy: what choosing experiments is worth. */
import { type CurvePoint, meanCurve, type ReplayRow, type Strategy, strategies } from '../../design/index.js';
import { plural } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { palette } from './theme.js';

const ink: Readonly<Record<Strategy, string>> = {
  'expected-error': palette.blue,
  'most-uncertain': palette.sky,
  random: palette.grey,
};

/** Pixels between two names of strategies. */
const LINE_HEIGHT = 15;

/** Thick: means over the seeds; thin: each seed. */
export function designCurve(drawing: Drawing, rows: readonly ReplayRow[], what: string): Figure {
  const stem = 'design-curve';
  const title = 'Error against experiments run';
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  const shown = strategies.filter((strategy) => rows.some((row) => row.strategy === strategy));
  const means = shown.map((strategy) => ({ strategy, points: meanCurve(rows, strategy) }));
  const caption =
    `Mean normalised error (RMSE over the interquartile range of the profile) of ${what}, after so many experiments. ` +
    `Thick: mean over ${plural(seeds.length, 'seed')}; thin: each seed. Lower is better; a line further left needs fewer ` +
    'experiments for the same error.';
  if (rows.length === 0 || rows.some(({ error }) => !Number.isFinite(error))) {
    return { stem, title, svg: null, caption: `No pair has a normalised error. ${caption}` };
  }
  const { Plot } = drawing;
  const line = (strategy: Strategy, points: readonly CurvePoint[], strokeWidth: number, opacity: number) =>
    Plot.lineY(points, {
      x: 'experiments',
      y: 'error',
      stroke: ink[strategy],
      strokeWidth,
      strokeOpacity: opacity,
    });
  const svg = drawing.svg(title, {
    height: 320,
    marginLeft: 54,
    marginRight: 16,
    marginTop: 16,
    marginBottom: 42,
    x: { label: 'experiments run', labelAnchor: 'center' },
    y: { label: 'mean normalised error', zero: true },
    marks: [
      Plot.gridY({ strokeOpacity: 0.12 }),
      ...shown.flatMap((strategy) =>
        seeds.map((seed) =>
          line(
            strategy,
            rows.filter((row) => row.strategy === strategy && row.seed === seed),
            0.8,
            0.35,
          ),
        ),
      ),
      ...means.map(({ strategy, points }) => line(strategy, points, 2.5, 1)),
      shown.map((strategy, k) =>
        Plot.text([strategy], {
          frameAnchor: 'top-right',
          dy: LINE_HEIGHT * k,
          textAnchor: 'end',
          fill: ink[strategy],
          fontWeight: 'bold',
        }),
      ),
    ],
  });
  return { stem, title, svg, caption };
}
