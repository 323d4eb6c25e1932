/** Cropping and resizing, of pictures and of masks. */

import { OptionError } from '../errors.js';
import type { Picture } from '../formats/index.js';
import type { Known } from './known.js';

/** The middle of a picture with sides that are multiples of `multiple`; sides below that stay as they are. */
export function centreCrop(picture: Picture, multiple: number): Picture {
  const { height, width, channels, values } = picture;
  const side = (n: number) => (n < multiple ? n : n - (n % multiple));
  const [h, w] = [side(height), side(width)];
  const [top, left] = [Math.floor((height - h) / 2), Math.floor((width - w) / 2)];
  const cropped = new Float64Array(h * w * channels);
  for (let row = 0; row < h; row++) {
    const from = ((top + row) * width + left) * channels;
    cropped.set(values.subarray(from, from + w * channels), row * w * channels);
  }
  return { ...picture, height: h, width: w, values: cropped };
}

/**
 * A picture of another size: linear interpolation, over as many pixels as one covers when it gets smaller (as Pillow's
 * BILINEAR). Throws `OptionError` unless both sides are whole numbers from 1 to 4096.
 */
export function resize(picture: Picture, height: number, width: number): Picture {
  for (const side of [height, width]) {
    if (!(Number.isInteger(side) && side >= 1 && side <= 4096)) {
      throw new OptionError('size', side, 'a whole number from 1 to 4096');
    }
  }
  const { channels } = picture;
  const tall = resampled(picture.values, 1, picture.height, height, picture.width * channels);
  const values = resampled(tall, height, picture.width, width, channels);
  return { ...picture, height, width, values };
}

/** (outer, n, inner) to (outer, m, inner). */
function resampled(values: Float64Array, outer: number, n: number, m: number, inner: number): Float64Array {
  const out = new Float64Array(outer * m * inner);
  const scale = n / m;
  const reach = Math.max(1, scale);
  for (let j = 0; j < m; j++) {
    const centre = (j + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach));
    const last = Math.min(n, Math.ceil(centre + reach));
    const weights = Float64Array.from({ length: last - first }, (_, i) =>
      Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / reach),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let o = 0; o < outer; o++) {
      for (let i = first; i < last; i++) {
        const weight = weights[i - first] / total;
        const from = (o * n + i) * inner;
        const to = (o * m + j) * inner;
        for (let c = 0; c < inner; c++) out[to + c] += weight * values[from + c];
      }
    }
  }
  return out;
}

/** A mask as `centreCrop` and `resize` change its picture: a pixel is known when most of what it covers was. */
export function resizeKnown(known: Known, height: number, width: number, to: [number, number]): Known {
  const values = Float64Array.from(known);
  const shown = resize({ height, width, channels: 1, values, depth: 8 }, ...to);
  return Uint8Array.from(shown.values, (share) => (share >= 0.5 ? 1 : 0));
}
