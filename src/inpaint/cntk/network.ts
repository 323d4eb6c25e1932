/** Networks that the convolutional NTK is computed for: what the kernel depends on, no more. */

import { OptionError } from '../../errors.js';

export const UPSAMPLINGS = ['nearest', 'bilinear'] as const;
export type Upsampling = (typeof UPSAMPLINGS)[number];

/**
 * `convolution`: 3 × 3, infinitely many channels, circular padding; every one but the last is followed by the
 * activation. `down` keeps every second pixel, `up` doubles both sides.
 */
export type Layer = 'convolution' | 'down' | 'up';

export interface Network {
  readonly layers: readonly Layer[];
  readonly upsampling: Upsampling;
  /** Of the leaky rectifier below zero; 0 is the rectifier. */
  readonly slope: number;
}

export const DEFAULT_SLOPE = 0.01;

/**
 * The network of the authors' experiments with `downsamplings` halvings: a convolution, then (down, convolution) and
 * (up, convolution) so many times each. They use 3 for scattered pixels, 6 for large holes.
 *
 * Throws `OptionError` unless `downsamplings` is a whole number from 0 to 10.
 */
export function hourglass(
  downsamplings: number,
  { upsampling = 'nearest', slope = DEFAULT_SLOPE }: { upsampling?: Upsampling; slope?: number } = {},
): Network {
  if (!(Number.isInteger(downsamplings) && downsamplings >= 0 && downsamplings <= 10)) {
    throw new OptionError('downsamplings', downsamplings, 'a whole number from 0 to 10');
  }
  if (!(slope >= 0 && slope <= 1)) throw new OptionError('slope', slope, 'a number from 0 to 1');
  const times = (layers: Layer[]) => Array.from({ length: downsamplings }, () => layers).flat();
  const layers: Layer[] = ['convolution', ...times(['down', 'convolution']), ...times(['up', 'convolution'])];
  return { layers, upsampling, slope };
}

export const downsamplingsOf = ({ layers }: Network): number =>
  layers.filter((layer) => layer === 'down').length;
