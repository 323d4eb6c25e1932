/** Figure 4 of Lopez et al. 2023: three scores of svae+ against the strength of its sparsity. */
import { loadDrawing } from '../report/plots/drawing.js';
import { palette, width } from '../report/plots/theme.js';
import { entryOf, type FilledPlace } from './reproduce-svae-report.js';
import type { Metric } from './reproduce-svae-tables.js';

const PANELS: readonly (readonly [metric: Metric, title: string])[] = [
  ['pearson_mcc', 'Pearson MCC'],
  ['interventional_nll', 'interventional NLL'],
  ['r2', 'R²'],
];
/** Pixels. */
const HEIGHT = 190;

/** Dots are runs, the line goes through their means; one panel below the other. */
export async function strengthFigure(places: readonly FilledPlace[]): Promise<string> {
  const drawing = await loadDrawing();
  const { Plot } = drawing;
  const panels = PANELS.map(([metric, title], k) => {
    const means = places.map(({ column, scores }) => ({
      alpha: column.settings!.sparsity!,
      value: entryOf(scores, metric)[0],
    }));
    const runs = places.flatMap(({ column, scores }) =>
      scores.map((one) => ({ alpha: column.settings!.sparsity!, value: one[metric] })),
    );
    const svg = drawing.svg(title, {
      height: HEIGHT,
      marginLeft: 60,
      marginRight: 16,
      marginTop: 26,
      marginBottom: 42,
      x: { label: 'α of the Beta(1, α) prior', labelAnchor: 'center' },
      y: { label: title, nice: true, ticks: 4 },
      marks: [
        Plot.gridY({ strokeOpacity: 0.12 }),
        Plot.lineY(means, { x: 'alpha', y: 'value', stroke: palette.blue, strokeWidth: 2 }),
        Plot.dot(runs, { x: 'alpha', y: 'value', r: 2.5, fill: palette.blue, fillOpacity: 0.5 }),
      ],
    });
    return svg.replace('<svg ', `<svg y="${k * HEIGHT}" `);
  });
  const height = HEIGHT * PANELS.length;
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="svae+ by strength of sparsity" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
  return `${opening}${panels.join('')}</svg>\n`;
}
