/** Inpainting with the convolutional neural tangent kernel. */

import { OptionError } from '../errors.js';
import type { Picture } from '../formats/index.js';
import { averagedOverBlocks } from './cntk/block-average.js';
import {
  cntk,
  downsamplingsOf,
  expandKernel,
  type Features,
  hourglass,
  type Network,
  type PixelKernel,
} from './cntk/index.js';
import { type RegressionOptions, regress } from './kernel-regression.js';
import { type Known, partPixels } from './known.js';

export interface CntkOptions extends RegressionOptions {
  /** Default: `hourglass(3)`. */
  readonly network?: Network;
  /** What the network sees of a pixel. Default `none`. */
  readonly features?: Features;
  /**
   * Side of the square that the kernel is computed on and expanded from, as the authors do (16), or `full`: on the
   * whole picture. Default: full where that is quick, as it is when the kernel repeats.
   */
  readonly kernelSize?: number | 'full';
}

export interface Inpainted {
  /** The known pixels as they were, the missing ones found, all within 0 … 1. */
  readonly picture: Picture;
  /** What was decided on the way, in sentences. */
  readonly notes: readonly string[];
  readonly seconds: { readonly kernel: number; readonly solve: number };
}

/** Numbers of a kernel that are computed in about a second. */
const QUICK = 2 ** 22;

/**
 * Finds the pixels where `known` (height · width) is 0, all channels with one kernel. A picture whose sides are no
 * multiples of 2^(downsamplings) lies in the corner of a larger one, of which the rest is neither known nor asked for.
 *
 * Throws as `cntk` and `regress`; `ShapeError` and `DataError` on a mask that does not fit or leaves nothing to do.
 */
export function inpaintWithCntk(picture: Picture, known: Known, options: CntkOptions): Inpainted {
  const parted = partPixels(picture, known);
  const { network = hourglass(3), features = 'none' } = options;
  const started = performance.now();
  const notes: string[] = [];
  const kernel = kernelFor(picture, network, features, options.kernelSize, notes);
  const solving = performance.now();

  const { channels, width } = picture;
  const targets = new Float64Array(parted.known.length * channels);
  parted.known.forEach((pixel, i) => {
    for (let c = 0; c < channels; c++) targets[i * channels + c] = picture.values[pixel * channels + c];
  });
  const place = (pixel: number) => Math.floor(pixel / width) * kernel.width + (pixel % width);
  const { predicted, solver, rescue } = regress(
    kernel,
    parted.known.map(place),
    parted.missing.map(place),
    targets,
    channels,
    options,
  );
  const values = picture.values.slice();
  parted.missing.forEach((pixel, i) => {
    for (let c = 0; c < channels; c++) {
      values[pixel * channels + c] = Math.max(0, Math.min(1, predicted[i * channels + c]));
    }
  });
  notes.push(
    `solved for ${parted.known.length} known pixels ${solver === 'exact' ? 'exactly' : 'with EigenPro'}` +
      (rescue > 0 ? `, with ${rescue} of the mean diagonal added, as rounding asked for` : ''),
  );
  const seconds = { kernel: (solving - started) / 1000, solve: (performance.now() - solving) / 1000 };
  return { picture: { ...picture, values }, notes, seconds };
}

/** The kernel on the picture, enlarged so that it can be halved as often as the network does. */
function kernelFor(
  { height, width }: Picture,
  network: Network,
  features: Features,
  size: number | 'full' | undefined,
  notes: string[],
): PixelKernel {
  const block = 2 ** downsamplingsOf(network);
  const tall = Math.ceil(height / block) * block;
  const wide = Math.ceil(width / block) * block;
  const repeats = features === 'none' || features === 'identity';
  const alike = repeats && (network.upsampling === 'nearest' || block === 1);
  const numbers = (alike ? Math.min(block, tall) * Math.min(block, wide) : tall * wide) * tall * wide;
  // expanded from less, an interpolated kernel has negative eigenvalues
  const least = (network.upsampling === 'nearest' ? 2 : 4) * block;
  const side = size ?? (repeats && numbers > QUICK ? least : 'full');
  if (side === 'full' || (side >= tall && side >= wide)) {
    if (tall !== height || wide !== width) {
      notes.push(`the kernel is of ${tall} × ${wide} pixels: multiples of ${block}, around the picture`);
    }
    return cntk(network, features, tall, wide);
  }
  if (!(Number.isInteger(side) && side > 0 && side % block === 0)) {
    throw new OptionError(
      'kernel size',
      side,
      `a multiple of ${block} (2 to the power of the downsamplings), or full`,
    );
  }
  if (!repeats) {
    const advice = 'the features differ from place to place; use a smaller picture';
    throw new OptionError('kernel size', side, "'full' for these features", advice);
  }
  const small = averagedOverBlocks(cntk(network, features, side, side), block);
  const kernel = expandKernel(small, Math.max(tall, side), Math.max(wide, side));
  notes.push(`the kernel of ${side} × ${side} pixels is expanded to ${kernel.height} × ${kernel.width}`);
  return kernel;
}
