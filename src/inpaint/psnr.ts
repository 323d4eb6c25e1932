/** Peak signal-to-noise ratio, the measure of the papers. */

import { ShapeError } from '../errors.js';
import type { Picture } from '../formats/index.js';

/**
 * 10 · log₁₀(1 / mean squared error) in dB over `pixels` (default: all) and channels; values are 0 … 1. Infinite
 * when nothing differs. Throws `ShapeError` when the pictures differ in size or channels.
 */
export function psnr(found: Picture, truth: Picture, pixels?: Int32Array): number {
  const shape = ({ height, width, channels }: Picture) => `${height} × ${width} × ${channels}`;
  if (shape(found) !== shape(truth)) throw new ShapeError('picture', shape(truth), shape(found));
  const { channels } = truth;
  const count = pixels?.length ?? truth.height * truth.width;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const at = (pixels ? pixels[i] : i) * channels;
    for (let c = 0; c < channels; c++) squares += (found.values[at + c] - truth.values[at + c]) ** 2;
  }
  return -10 * Math.log10(squares / (count * channels));
}
