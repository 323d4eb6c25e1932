/**
 * A table drawn as tiles: colour is a signed value, area how sure it is. One path a shade, so that a table of
 * hundreds of rows and columns stays a small file.
 */
import type { RenderFunction } from '@observablehq/plot';
import type { Drawing } from '../plots/drawing.js';
import { fontSize, marginFor, palette, shortName, width } from '../plots/theme.js';

export interface Tile {
  readonly row: string;
  readonly column: string;
  /** Share of its place, 0 to 1. */
  readonly area: number;
  /** −1 to 1: orange to blue, by strength. */
  readonly value: number;
}

export interface TileTable {
  /** Names of rows and columns in order, each once. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly tiles: readonly Tile[];
  /** Of the columns. */
  readonly label: string;
  /** What is written beside a row; default its name. An empty text leaves a gap. */
  readonly nameOf?: (row: string) => string;
}

const SHADES = 5;
/** Letters of the name of a row. */
const LONGEST_NAME = 36;
/** Smaller tiles cannot be seen. */
const LEAST_AREA = 0.04;

export function tileMap(drawing: Drawing, title: string, table: TileTable): string {
  const { rows, columns, tiles, label, nameOf = (row: string) => row } = table;
  const { Plot } = drawing;
  const visible = tiles.filter(({ area }) => area >= LEAST_AREA);
  const pitch = rows.length <= 40 ? 18 : rows.length <= 100 ? 13 : 9;
  const names = new Map(rows.map((row) => [row, shortName(nameOf(row), LONGEST_NAME)]));
  const letters = Math.min(fontSize, pitch);
  const marginLeft = Math.ceil((marginFor([...names.values()]) * letters) / fontSize) + 6;
  const across = (width - marginLeft - 10) / Math.max(1, columns.length);
  // every so many columns are named that the numbers keep apart
  const step = Math.ceil((Math.max(...columns.map(({ length }) => length), 1) * 8) / across) || 1;
  return drawing.svg(title, {
    height: 60 + rows.length * pitch,
    marginLeft,
    marginRight: 10,
    marginTop: 12,
    marginBottom: 44,
    x: { type: 'band', domain: columns, label: null, padding: 0 },
    y: { type: 'band', domain: rows, label: null, padding: 0 },
    marks: [
      Plot.axisX(
        columns.filter((_, i) => i % step === 0),
        { label, labelAnchor: 'center', tickSize: 0, fontSize: 10 },
      ),
      Plot.axisY({
        label: null,
        tickSize: 0,
        fontSize: letters,
        tickFormat: (row: string) => names.get(row),
      }),
      Plot.frame({ strokeOpacity: 0.2 }),
      Plot.cell(visible, { x: 'column', y: 'row', render: shaded(drawing, visible) }),
    ],
  });
}

/** Squares in the middle of their places. */
function shaded(drawing: Drawing, tiles: readonly Tile[]): RenderFunction {
  return (index, scales, { x, y }) => {
    const group = drawing.element('g', { 'aria-label': 'tiles' });
    if (!x || !y) return group;
    const [wide, high] = [scales.scales.x?.bandwidth ?? 0, scales.scales.y?.bandwidth ?? 0];
    const paths = new Map<string, string>();
    for (const i of index) {
      const { area, value } = tiles[i];
      const side = Math.sqrt(Math.min(1, area));
      const [w, h] = [side * Math.max(1, wide - 1), side * Math.max(1, high - 1)];
      const shade = Math.min(SHADES, Math.max(1, Math.ceil(Math.abs(value) * SHADES)));
      const key = `${value < 0 ? palette.vermillion : palette.blue} ${shade}`;
      const place = `M${fixed(x[i] + (wide - w) / 2)},${fixed(y[i] + (high - h) / 2)}`;
      paths.set(key, `${paths.get(key) ?? ''}${place}h${fixed(w)}v${fixed(h)}h${fixed(-w)}z`);
    }
    for (const [key, d] of [...paths].sort()) {
      const [fill, shade] = key.split(' ');
      group.append(drawing.element('path', { d, fill, 'fill-opacity': Number(shade) / SHADES }));
    }
    return group;
  };
}

const fixed = (pixels: number) => Number(pixels.toFixed(2));
