/** Mean error over numbers of donors and of training contexts, as a heat map: Fig. 5c. */
import { readable } from '../numbers.js';
import type { Drawing, Figure } from './drawing.js';
import { sequential } from './theme.js';

/** One cell of the experiment: SI-A with so many random donors and training contexts. */
export interface DonorGridRow {
  readonly donors: number;
  readonly trainingContexts: number;
  readonly meanNrmse: number;
  /** Over how many pairs the mean was taken. */
  readonly pairs: number;
}

export function donorGrid(drawing: Drawing, rows: readonly DonorGridRow[]): Figure {
  const stem = 'donor-grid';
  const title = 'Error by number of donors and training contexts';
  const cells = rows.filter(({ meanNrmse }) => Number.isFinite(meanNrmse));
  if (cells.length === 0) {
    return {
      stem,
      title,
      svg: null,
      caption: 'No pair has enough donors and training contexts for the donor grid.',
    };
  }
  const values = cells.map(({ meanNrmse }) => meanNrmse);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const level = (value: number) =>
    high > low
      ? Math.min(sequential.length - 1, Math.floor(((value - low) / (high - low)) * sequential.length))
      : 0;
  const best = cells.reduce((a, b) => (b.meanNrmse < a.meanNrmse ? b : a));
  const contexts = ascending(cells.map(({ trainingContexts }) => trainingContexts));
  const { Plot } = drawing;
  const svg = drawing.svg(`${title}: mean NRMSE from ${readable(low)} to ${readable(high)}`, {
    height: 60 + contexts.length * 38,
    marginLeft: 54,
    marginRight: 12,
    marginTop: 24,
    marginBottom: 42,
    x: {
      type: 'band',
      domain: ascending(cells.map(({ donors }) => donors)),
      label: 'donors',
      labelAnchor: 'center',
      tickSize: 0,
      padding: 0.04,
    },
    y: { type: 'band', domain: contexts.reverse(), label: 'training contexts', tickSize: 0, padding: 0.04 },
    marks: [
      Plot.cell(cells, {
        x: 'donors',
        y: 'trainingContexts',
        fill: (c: DonorGridRow) => sequential[level(c.meanNrmse)],
      }),
      Plot.text(cells, {
        x: 'donors',
        y: 'trainingContexts',
        text: (c: DonorGridRow) => readable(c.meanNrmse),
        fill: (c: DonorGridRow) => (level(c.meanNrmse) < 3 ? '#10222f' : '#ffffff'),
        fontSize: 11,
      }),
    ],
  });
  const pairs = ascending(cells.map((cell) => cell.pairs));
  const over = pairs.length === 1 ? `${pairs[0]} pairs` : `${pairs[0]} to ${pairs.at(-1)} pairs`;
  const caption =
    `Mean NRMSE over ${over}, predicted with so many donors and training contexts drawn at random; lighter is better. ` +
    `Lowest: ${readable(best.meanNrmse)} with ${best.donors} donors and ${best.trainingContexts} training contexts.`;
  return { stem, title, svg, caption };
}

const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
