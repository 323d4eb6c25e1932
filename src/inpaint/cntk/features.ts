/**
 * What the network of the convolutional NTK gets as input: features of the pixels, never the picture itself. Of
 * them the kernel needs the products between pixels.
 */

import { ShapeError } from '../../errors.js';
import type { PixelKernel } from './pixel-kernel.js';

export const FEATURES = ['none', 'identity', 'meshgrid'] as const;
export type FeatureName = (typeof FEATURES)[number];

/** Channels (nChannels, height, width) of the user's own. */
export interface FeatureChannels {
  readonly nChannels: number;
  readonly values: Float64Array;
}

export type Features = FeatureName | FeatureChannels;

/** Products that do not tell pixels apart but for equal or not; `none` are the authors', of uniform noise. */
const PRODUCTS = {
  none: { same: 1 / 300, other: 1 / 400 },
  identity: { same: 1, other: 0 },
} as const;

/**
 * Products of the features of all pixels: `none` as the authors take them for random noise on 0 … 0.1 (variance
 * plus squared mean on the diagonal), `identity` a channel for each pixel, `meshgrid` the row and the column on
 * 0 … 1, or channels given. The first two are alike everywhere; the others cost (height · width)² numbers.
 *
 * Throws `ShapeError` when given channels do not fill the picture.
 */
export function featureProducts(features: Features, height: number, width: number): PixelKernel {
  if (features === 'none' || features === 'identity') {
    const { same, other } = PRODUCTS[features];
    const values = new Float64Array(height * width).fill(other);
    values[0] = same;
    return { height, width, period: [1, 1], values };
  }
  const { nChannels, values: channels } = features === 'meshgrid' ? meshgrid(height, width) : features;
  const size = height * width;
  if (channels.length !== nChannels * size) {
    throw new ShapeError('features', `${nChannels} × ${height} × ${width} values`, String(channels.length));
  }
  const values = new Float64Array(size * size);
  for (let c = 0; c < nChannels; c++) {
    const channel = channels.subarray(c * size, (c + 1) * size);
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const own = channel[row * width + column];
        for (let dr = 0; dr < height; dr++) {
          const there = ((row + dr) % height) * width;
          for (let dc = 0; dc < width; dc++, at++)
            values[at] += own * channel[there + ((column + dc) % width)];
        }
      }
    }
  }
  return { height, width, period: [height, width], values };
}

function meshgrid(height: number, width: number): FeatureChannels {
  const size = height * width;
  const values = new Float64Array(2 * size);
  for (let pixel = 0; pixel < size; pixel++) {
    values[pixel] = Math.floor(pixel / width) / Math.max(1, height - 1);
    values[size + pixel] = (pixel % width) / Math.max(1, width - 1);
  }
  return { nChannels: 2, values };
}
