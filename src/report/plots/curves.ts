/** Lines over a number, in panels beside and below one another, with bands where they are means. */
import { escapeHtml } from '../page/escape.js';
import type { Drawing } from './drawing.js';
import { marginFor, width } from './theme.js';

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** Half the height of the band. Default none. */
  readonly deviation?: number;
}

export interface Curve {
  /** Curves of one name have one ink; '' is not in the legend. */
  readonly name: string;
  readonly ink: string;
  readonly points: readonly CurvePoint[];
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** On a logarithmic axis, from this value up; lower ones are drawn there. */
  readonly logFrom?: number;
  /** Highest value that is drawn; higher ones are drawn there. */
  readonly most?: number;
  readonly curves: readonly Curve[];
}

const HEIGHT = 246;
const LINE_HEIGHT = 15;

/** An SVG file of `panels`, row by row with `columns` in each. Points that are not finite interrupt a line. */
export function curvePanels(
  drawing: Drawing,
  title: string,
  panels: readonly Panel[],
  { columns = 1 }: { readonly columns?: number } = {},
): string {
  const each = columns === 1 ? width : Math.round(width * 0.72);
  const drawn = panels.map((panel, k) => {
    const [x, y] = [(k % columns) * each, Math.floor(k / columns) * HEIGHT];
    return panelSvg(drawing, panel, each).replace('<svg ', `<svg x="${x}" y="${y}" `);
  });
  const [w, h] = [each * columns, HEIGHT * Math.ceil(panels.length / columns)];
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(title)}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">`;
  return `${opening}${drawn.join('')}</svg>\n`;
}

function panelSvg(drawing: Drawing, panel: Panel, panelWidth: number): string {
  const { title, xLabel, yLabel, logFrom, most = Infinity, curves } = panel;
  const { Plot } = drawing;
  const least = logFrom ?? -Infinity;
  const shown = (y: number) => (Number.isFinite(y) ? Math.min(most, Math.max(least, y)) : Number.NaN);
  const names = [...new Map(curves.map(({ name, ink }) => [name, ink]))].filter(([name]) => name !== '');
  return drawing.svg(title, {
    width: panelWidth,
    height: HEIGHT,
    marginLeft: 62,
    // names beside the lines, not on them
    marginRight: names.length > 0 ? marginFor(names.map(([name]) => name)) : 16,
    // the name of the axis, and the title below it
    marginTop: 46,
    marginBottom: 42,
    x: { label: xLabel, labelAnchor: 'center' },
    y: {
      label: yLabel,
      nice: true,
      ticks: 5,
      ...(logFrom !== undefined && { type: 'log', tickFormat: '~g' }),
    },
    marks: [
      Plot.gridY({ strokeOpacity: 0.12, ticks: 5 }),
      Plot.text([title], { frameAnchor: 'top-right', dy: -16, textAnchor: 'end' }),
      ...curves
        .filter(({ points }) => points.some(({ deviation }) => deviation !== undefined))
        .map(({ ink, points }) =>
          Plot.areaY(
            points.map(({ x, y, deviation = 0 }) => ({
              x,
              low: shown(y - deviation),
              high: shown(y + deviation),
            })),
            { x: 'x', y1: 'low', y2: 'high', fill: ink, fillOpacity: 0.15 },
          ),
        ),
      ...curves.map(({ ink, points }) =>
        Plot.lineY(
          points.map(({ x, y }) => ({ x, y: shown(y) })),
          { x: 'x', y: 'y', stroke: ink, strokeWidth: 1.5 },
        ),
      ),
      names.map(([name, ink], k) =>
        Plot.text([name], {
          frameAnchor: 'top-right',
          dx: 6,
          dy: LINE_HEIGHT * k + 2,
          textAnchor: 'start',
          fill: ink,
          fontWeight: 'bold',
        }),
      ),
    ],
  });
}
