/**
 * SVG to PNG with resvg (WebAssembly) and the DejaVu Sans that comes with the package: the same picture on every
 * machine, whatever fonts it has, and without network.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { DataError, OptionError } from '../errors.js';

/** Larger pictures than this (in pixels) are refused before memory for them is asked for. */
const MAX_PIXELS = 100_000_000;

let loaded: Promise<{ Resvg: typeof import('@resvg/resvg-wasm').Resvg; font: Uint8Array }> | undefined;

async function load() {
  const { resolve } = createRequire(import.meta.url);
  const [{ Resvg, initWasm }, wasm, font] = await Promise.all([
    import('@resvg/resvg-wasm'),
    readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')),
    readFile(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')),
  ]);
  await initWasm(wasm);
  return { Resvg, font: new Uint8Array(font) };
}

/**
 * The PNG file of a drawing, on white, `scale` pixels a unit of the drawing (default 2).
 * Throws OptionError for a scale that is not in (0, 16] or makes more than 10⁸ pixels, DataError for what is
 * not SVG.
 */
export async function svgToPng(svg: string, { scale = 2 }: { scale?: number } = {}): Promise<Uint8Array> {
  if (!(scale > 0 && scale <= 16)) throw new OptionError('scale', scale, 'a number above 0 and at most 16');
  loaded ??= load();
  const { Resvg, font } = await loaded;
  const family = 'DejaVu Sans';
  let drawing: InstanceType<typeof Resvg>;
  try {
    drawing = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      background: 'white',
      font: { fontBuffers: [font], defaultFontFamily: family, sansSerifFamily: family },
    });
  } catch (cause) {
    throw new DataError(`cannot draw this as PNG: ${(cause as Error).message}`);
  }
  try {
    const pixels = drawing.width * drawing.height * scale * scale;
    if (pixels > MAX_PIXELS) {
      throw new OptionError('scale', scale, `small enough for ${drawing.width} × ${drawing.height} units`);
    }
    const image = drawing.render();
    const png = image.asPng();
    image.free();
    return png;
  } finally {
    drawing.free();
  }
}
