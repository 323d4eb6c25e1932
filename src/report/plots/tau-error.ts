/** Does the test warn of the right pairs? The error of the method against τ̂, with the median along τ̂. */
import { median, quantile } from '../../stats/index.js';
import { plural, readable } from '../numbers.js';
import type { ScoredPair } from '../paired.js';
import type { Drawing, Figure } from './drawing.js';
import { cloud } from './marks.js';
import { palette } from './theme.js';

const N_GROUPS = 8;

/** `null` when fewer than eight pairs have both. */
export function tauError(
  drawing: Drawing,
  pairs: readonly ScoredPair[],
  main: string,
  threshold: number | null,
): Figure | null {
  const dots = pairs
    .map(({ main: row }) => ({ tau: row.tau, nrmse: row.nrmse }))
    .filter(({ tau, nrmse }) => Number.isFinite(tau) && Number.isFinite(nrmse))
    .sort((a, b) => a.tau - b.tau);
  if (dots.length < N_GROUPS) return null;
  const title = 'Error against τ̂';
  const end =
    quantile(
      dots.map(({ nrmse }) => nrmse),
      0.99,
    ) * 1.08 || 1;
  const steps = groups(dots);
  const { Plot } = drawing;
  const svg = drawing.svg(
    `${title}: median NRMSE of ${main} ${steps.map((s) => readable(s.nrmse)).join(', ')} along rising τ̂`,
    {
      height: 320,
      marginLeft: 54,
      marginRight: 16,
      marginTop: 24,
      marginBottom: 42,
      x: { label: 'τ̂', labelAnchor: 'center', zero: true, nice: true },
      y: { label: `NRMSE of ${main}`, domain: [0, end] },
      marks: [
        Plot.gridY({ strokeOpacity: 0.12 }),
        Plot.dot(
          dots.map(({ tau, nrmse }) => ({ tau, nrmse: Math.min(nrmse, end) })),
          {
            x: 'tau',
            y: 'nrmse',
            render: cloud(drawing, {
              stroke: palette.sky,
              r: dots.length > 1000 ? 1.4 : 2.2,
              opacity: dots.length > 1000 ? 0.35 : 0.55,
            }),
          },
        ),
        Plot.ruleX(threshold === null ? [] : [threshold], {
          stroke: palette.vermillion,
          strokeDasharray: '4 3',
          strokeWidth: 1.5,
        }),
        Plot.line(steps, { x: 'tau', y: 'nrmse', stroke: palette.blue, strokeWidth: 2 }),
        Plot.dot(steps, { x: 'tau', y: 'nrmse', fill: palette.blue, r: 3.5 }),
      ],
    },
  );
  const rule = threshold === null ? '' : ` Dashed: ρ = ${threshold}.`;
  const caption =
    `A dot is one of ${plural(dots.length, 'held-out pair')}; the line is the median NRMSE of eight groups of equal size along τ̂. ` +
    `A line that rises means that τ̂ warns of bad predictions also where the truth is not known; a flat one that it does not.${rule}`;
  return { stem: 'nrmse-by-tau', title, svg, caption };
}

/** Medians of τ̂ and NRMSE in groups of equal size; `sorted` by τ̂. */
function groups(sorted: readonly { tau: number; nrmse: number }[]) {
  return Array.from({ length: N_GROUPS }, (_, g) => {
    const own = sorted.slice(
      Math.floor((g * sorted.length) / N_GROUPS),
      Math.floor(((g + 1) * sorted.length) / N_GROUPS),
    );
    return {
      tau: median(own.map(({ tau }) => tau)),
      nrmse: median(own.map(({ nrmse }) => nrmse)),
    };
  });
}
