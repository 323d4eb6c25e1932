/**
 * Marks that draw many things as one element: clouds of dots and mosaics of tiles.
 *
 * Plot makes an element for each datum, which for ten thousand pairs is megabytes of SVG. These take the place
 * of a mark's own rendering (Plot's `render` option) and write one path.
 */
import type { RenderFunction } from '@observablehq/plot';
import type { Drawing } from './drawing.js';

export interface CloudStyle {
  readonly stroke: string;
  /** Radius of a dot, pixels. */
  readonly r: number;
  readonly opacity: number;
}

/**
 * For `Plot.dot(data, { x, y, render: cloud(…) })`: every dot a round-capped line of length zero. Dots that fall
 * on the same half pixel (whole pixel when they are many) are drawn once, which bounds the path by the area.
 */
export function cloud(drawing: Drawing, { stroke, r, opacity }: CloudStyle): RenderFunction {
  return (index, scales, { x, y }) => {
    if (!x || !y) return null;
    const dx = (scales.scales.x?.bandwidth ?? 0) / 2;
    const dy = (scales.scales.y?.bandwidth ?? 0) / 2;
    const steps = index.length > 3000 ? 1 : 2;
    const snap = (pixels: number) => Math.round(pixels * steps) / steps;
    const places = new Set<string>();
    for (const i of index) places.add(`M${snap(x[i] + dx)},${snap(y[i] + dy)}h0`);
    if (places.size === 0) return null;
    return drawing.element('path', {
      d: [...places].join(''),
      fill: 'none',
      stroke,
      'stroke-width': 2 * r,
      'stroke-linecap': 'round',
      'stroke-opacity': opacity,
    });
  };
}

/**
 * A bare mark: a grid `(nRows, nCols)` of whole numbers, row-major, from 0 for nothing to `strongest` for the
 * full ink. Runs of one number become one rectangle, all rectangles of a number one path. Fills the frame, row 0
 * on top. Shades are opacities, so that they fade into any paper.
 */
export function mosaic(
  drawing: Drawing,
  levels: ArrayLike<number>,
  nRows: number,
  nCols: number,
  ink: { readonly fill: string; readonly strongest: number },
): RenderFunction {
  return (_index, _scales, _values, frame) => {
    const left = frame.marginLeft;
    const top = frame.marginTop;
    const cellWidth = (frame.width - left - frame.marginRight) / nCols;
    const cellHeight = (frame.height - top - frame.marginBottom) / nRows;
    // a hairline between tiles that are large enough to be told apart
    const gapX = cellWidth > 6 ? 1 : 0;
    const gapY = cellHeight > 6 ? 1 : 0;
    const paths = new Array<string>(ink.strongest + 1).fill('');
    for (let row = 0; row < nRows; row++) {
      for (let start = 0; start < nCols; ) {
        const level = levels[row * nCols + start];
        let end = start + 1;
        while (!gapX && end < nCols && levels[row * nCols + end] === level) end++;
        if (level > 0) {
          const across = (end - start) * cellWidth - gapX;
          const place = `M${fixed(left + start * cellWidth)},${fixed(top + row * cellHeight)}`;
          paths[level] += `${place}h${fixed(across)}v${fixed(cellHeight - gapY)}h${fixed(-across)}z`;
        }
        start = end;
      }
    }
    const group = drawing.element('g', { 'aria-label': 'tiles' });
    paths.forEach((d, level) => {
      if (d)
        group.append(drawing.element('path', { d, fill: ink.fill, 'fill-opacity': level / ink.strongest }));
    });
    return group;
  };
}

const fixed = (pixels: number) => Number(pixels.toFixed(2));
