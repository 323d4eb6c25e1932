/** How often each size of τ̂, the statistic of the subspace inclusion test: Fig. 5b. One row a method. */
import { median } from '../../stats/index.js';
import { percent, readable } from '../numbers.js';
import type { MethodValues } from './box-by-method.js';
import type { Drawing, Figure } from './drawing.js';
import { inkOf, marginFor, palette, shortName } from './theme.js';

const N_BINS = 40;

/** `groups`: finite τ̂ of each method that has a test; `threshold`: ρ, `null` when the test never rejects. */
export function tauFigure(
  drawing: Drawing,
  groups: readonly MethodValues[],
  threshold: number | null,
): Figure {
  const stem = 'tau';
  const title = 'Subspace inclusion test: τ̂ by method';
  const tested = groups.filter(({ values }) => values.length > 0);
  if (tested.length === 0) {
    return {
      stem,
      title,
      svg: null,
      caption: 'No method of this run has a subspace inclusion test, so there is no τ̂ to show.',
    };
  }
  const largest = tested.reduce((most, { values }) => values.reduce((a, b) => Math.max(a, b), most), 0);
  const end = Math.max(largest, (threshold ?? 0) * 1.5, 0.01) * 1.0001;
  const bins = tested.flatMap(({ method, kind, values }) => {
    const counts = new Int32Array(N_BINS);
    for (const value of values) counts[Math.floor((Math.max(value, 0) / end) * N_BINS)]++;
    return Array.from(counts, (n, i) => ({
      method,
      kind,
      n,
      from: (i * end) / N_BINS,
      to: ((i + 1) * end) / N_BINS,
    }));
  });
  const { Plot } = drawing;
  const told = tested.map(({ method, values }) => {
    const above =
      threshold === null
        ? ''
        : `, ${percent(values.filter((v) => v >= threshold).length / values.length)} at or above ρ`;
    return `${method}: median ${readable(median(values))}${above}`;
  });
  const svg = drawing.svg(`${title}; ${told.join('; ')}`, {
    height: 44 + tested.length * 110,
    marginLeft: 54,
    marginRight: marginFor(tested.map(({ method }) => shortName(method))),
    marginTop: 16,
    marginBottom: 42,
    x: {
      label: 'τ̂ (share of the target’s row space outside the training row space)',
      labelAnchor: 'center',
      domain: [0, end],
      ticks: 8,
    },
    y: { label: 'pairs', ticks: 3, tickFormat: 'd' },
    fy: {
      label: null,
      domain: tested.map(({ method }) => method),
      padding: 0.2,
      tickFormat: (method: string) => shortName(method),
    },
    marks: [
      Plot.rectY(
        bins.filter(({ n }) => n > 0),
        {
          x1: 'from',
          x2: 'to',
          y: 'n',
          fy: 'method',
          fill: (b: (typeof bins)[number]) => inkOf[b.kind],
          inset: 0.5,
        },
      ),
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
      Plot.ruleX(threshold === null ? [] : [threshold], {
        stroke: palette.vermillion,
        strokeDasharray: '4 3',
        strokeWidth: 1.5,
      }),
    ],
  });
  const cut =
    threshold === null
      ? 'The test was off in this run.'
      : `Dashed: ρ = ${threshold}; a prediction at or right of it is rejected.`;
  const caption =
    `${told.join('; ')}. A small τ̂ says that what is to be predicted looks like what was learned from; ` +
    `a large one that the prediction extrapolates. ${cut}`;
  return { stem, title, svg, caption };
}
