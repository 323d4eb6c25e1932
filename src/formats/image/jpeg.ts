/** JPEG files in, by the package jpeg-js. */

import { FormatError } from '../../errors.js';
import { MOST_PIXELS, type Picture } from './picture.js';

/** A block of 8 × 8 pixels takes half a byte at the very least, unless it is part of a run of empty ones. */
const MOST_PIXELS_A_BYTE = 2048;

export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** Throws `FormatError` on what is damaged, cut off or too large. */
export async function decodeJpeg(bytes: Uint8Array, path: string): Promise<Picture> {
  const pixels = Math.min(MOST_PIXELS, bytes.length * MOST_PIXELS_A_BYTE);
  const { decode } = (await import('jpeg-js')).default;
  try {
    if (!endsAsItShould(bytes)) throw new Error('it is cut off');
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: pixels / 1e6,
      maxMemoryUsageInMB: 1024,
    });
    const values = Float64Array.from(data, (value) => value / 255);
    if (values.length === 0 || values.length !== width * height * 3)
      throw new Error(`it is ${width} × ${height}`);
    return { height, width, channels: 3, values, depth: 8 };
  } catch (error) {
    throw new FormatError(
      'jpeg',
      `damaged or too large: ${(error as Error).message}`,
      { path },
      { cause: error },
    );
  }
}

/** The end marker stands among the last bytes; some programs write a little after it. */
function endsAsItShould(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= Math.max(0, bytes.length - 65536); at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}
