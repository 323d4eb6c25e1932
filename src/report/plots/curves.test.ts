/** Panels of lines: where they stand, what is drawn of odd values, and names beside. */
import { describe, expect, it } from 'vitest';
import { curvePanels, type Panel } from './curves.js';
import { loadDrawing } from './drawing.js';

const panel = (
  points: readonly { x: number; y: number; deviation?: number }[],
  more: Partial<Panel> = {},
): Panel => ({
  title: 'a panel',
  xLabel: 'epoch',
  yLabel: 'error',
  curves: [{ name: 'a & b', ink: '#0072b2', points }],
  ...more,
});
const straight = [1, 2, 3].map((x) => ({ x, y: x }));

describe('curvePanels', async () => {
  const drawing = await loadDrawing();

  it('stand row by row, under one name', () => {
    const svg = curvePanels(
      drawing,
      'several <panels>',
      [panel(straight), panel(straight), panel(straight)],
      { columns: 2 },
    );
    expect(svg).toMatch(/^<svg [^>]*aria-label="several &lt;panels&gt;" width="778" height="492"/);
    const places = [...svg.matchAll(/<svg x="(\d+)" y="(\d+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(places).toEqual([
      [0, 0],
      [389, 0],
      [0, 246],
    ]);
    expect(svg.match(/a &amp; b/g)).toHaveLength(3);
  });

  it('draw values that are not finite as gaps, and clamp those beyond the ends', () => {
    const odd = [1, Number.NaN, 0, -5, 1e9].map((y, x) => ({ x, y }));
    const svg = curvePanels(drawing, 'odd', [panel(odd, { logFrom: 0.1, most: 10 })]);
    expect(svg).not.toMatch(/NaN|Infinity/);
    const lowest = curvePanels(drawing, 'odd', [
      panel(
        [
          { x: 0, y: 0.1 },
          { x: 1, y: 10 },
        ],
        { logFrom: 0.1 },
      ),
    ]);
    expect(lowest).toContain('<path');
  });

  it('have a band where there are deviations', () => {
    const banded = straight.map((point) => ({ ...point, deviation: 0.2 }));
    const areas = (points: Parameters<typeof panel>[0]) =>
      curvePanels(drawing, 'bands', [panel(points)]).split('aria-label="area"').length - 1;
    expect([areas(straight), areas(banded)]).toEqual([0, 1]);
  });
});
