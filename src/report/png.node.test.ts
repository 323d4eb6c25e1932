import { describe, expect, it } from 'vitest';
import { svgToPng } from './png.node.js';

const svg = (inner: string, size = 40) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="20" font-family="system-ui, sans-serif">${inner}</svg>`;

/** Width and height of a PNG: big-endian at 16 and 20 (PNG specification, IHDR). */
function sizeOf(png: Uint8Array): [number, number] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('svgToPng', () => {
  it('writes a PNG of the size of the drawing times the scale', async () => {
    const png = await svgToPng(svg(''), { scale: 3 });
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(sizeOf(png)).toEqual([120, 60]);
    expect(sizeOf(await svgToPng(svg('')))).toEqual([80, 40]);
  });

  it('draws text with the bundled font', async () => {
    const empty = await svgToPng(svg(''));
    const text = await svgToPng(svg('<text x="2" y="15">τ̂ NRMSE</text>'));
    expect(text.length).toBeGreaterThan(empty.length + 100);
  });

  it('refuses what it cannot draw, in its own words', async () => {
    await expect(svgToPng('<svg')).rejects.toMatchObject({ tag: 'DataError' });
    await expect(svgToPng('')).rejects.toMatchObject({ tag: 'DataError' });
    for (const scale of [0, -1, Number.NaN, 17, Number.POSITIVE_INFINITY]) {
      await expect(svgToPng(svg(''), { scale })).rejects.toMatchObject({ tag: 'OptionError' });
    }
    await expect(svgToPng(svg('', 1e6), { scale: 10 })).rejects.toMatchObject({ tag: 'OptionError' });
  });
});
