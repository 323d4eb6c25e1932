/**
 * The convolutional neural tangent kernel between pixels: what a convolutional network of infinite width, trained
 * to reproduce the known pixels from fixed features, regresses the others with.
 *
 * Radhakrishnan, Stefanakis, Belkin & Uhler, "Simple, fast, and flexible framework for matrix completion with
 * infinite width neural networks", PNAS 2022; the recursion is that of Arora et al. 2019. Agrees with the authors'
 * arrays; they hold (height · width)² numbers, this as many as differ (see `PixelKernel`).
 */

import { NumericalError, OptionError, ShapeError } from '../../errors.js';
import { downsample, upsample, windowSum } from './along-axis.js';
import { leakyDual } from './dual-activation.js';
import { type Features, featureProducts } from './features.js';
import { downsamplingsOf, type Network } from './network.js';
import { MOST_VALUES, type PixelKernel } from './pixel-kernel.js';

/** Pixels in a window of 3 × 3. */
const WINDOW = 9;

/**
 * The kernel of `network` on pictures (height, width) with these features of the pixels.
 *
 * Throws `ShapeError` unless both sides are multiples of 2^(downsamplings), `OptionError` when the kernel is too
 * large (features or an upsampling that are not alike everywhere cost (height · width)² numbers) or the network has
 * no convolution or more `up` than `down`, `NumericalError` when features are so large that it overflows.
 */
export function cntk(network: Network, features: Features, height: number, width: number): PixelKernel {
  check(network, features, height, width);
  let covariance = featureProducts(features, height, width);
  let derivative: PixelKernel | undefined;
  let tangent: PixelKernel | undefined;
  const last = network.layers.lastIndexOf('convolution');
  network.layers.forEach((layer, i) => {
    if (layer === 'convolution') {
      tangent = derivative && tangent ? window(chained(covariance, derivative, tangent)) : undefined;
      if (tangent === undefined || i !== last) {
        const products = window(covariance);
        // through the first convolution only its own weights are seen
        tangent ??= products;
        ({ covariance, derivative } = activated(products, network.slope));
      }
      return;
    }
    const resized = (kernel: PixelKernel) =>
      layer === 'down'
        ? downsample(downsample(kernel, 0), 1)
        : upsample(upsample(kernel, 0, network.upsampling), 1, network.upsampling);
    covariance = resized(covariance);
    derivative = derivative && resized(derivative);
    tangent = tangent && resized(tangent);
  });
  const kernel = tangent as unknown as PixelKernel;
  if (!kernel.values.every(Number.isFinite)) {
    throw new NumericalError(
      'the kernel overflows: the features of the pixels are too large; scale them to about 1',
    );
  }
  return kernel;
}

const window = (kernel: PixelKernel): PixelKernel => windowSum(windowSum(kernel, 0), 1);

/** Σ + Σ̇ · K. */
function chained(covariance: PixelKernel, derivative: PixelKernel, tangent: PixelKernel): PixelKernel {
  const values = covariance.values.map((value, i) => value + derivative.values[i] * tangent.values[i]);
  return { ...covariance, values };
}

/** What the products of pre-activations become after the activation: Σ, and Σ̇ of its derivative. */
function activated(
  products: PixelKernel,
  slope: number,
): { covariance: PixelKernel; derivative: PixelKernel } {
  const { height, width, period, values } = products;
  const [ph, pw] = period;
  const size = height * width;
  const covariance = new Float64Array(values.length);
  const derivative = new Float64Array(values.length);
  const squares = Float64Array.from({ length: ph * pw }, (_, phase) => values[phase * size]);
  let at = 0;
  for (let a = 0; a < ph; a++) {
    for (let b = 0; b < pw; b++) {
      const own = squares[a * pw + b];
      for (let dr = 0; dr < height; dr++) {
        const row = ((a + dr) % ph) * pw;
        for (let dc = 0; dc < width; dc++, at++) {
          // of one product, so that a pixel with itself has t = 1 to the last bit
          const norm = Math.sqrt(own * squares[row + ((b + dc) % pw)]);
          if (norm === 0) continue;
          const { kappa0, kappa1 } = leakyDual(values[at] / norm, slope);
          covariance[at] = (kappa1 * norm) / WINDOW;
          derivative[at] = kappa0 / WINDOW;
        }
      }
    }
  }
  return { covariance: { ...products, values: covariance }, derivative: { ...products, values: derivative } };
}

function check(network: Network, features: Features, height: number, width: number): void {
  const { layers, upsampling } = network;
  let depth = 0;
  for (const layer of layers) {
    depth += layer === 'down' ? 1 : layer === 'up' ? -1 : 0;
    if (depth < 0)
      throw new OptionError('layers', layers.join(' '), "a network with as many 'up' as 'down' before");
  }
  if (depth !== 0 || !layers.includes('convolution')) {
    throw new OptionError(
      'layers',
      layers.join(' '),
      "a network with a convolution and as many 'up' as 'down'",
    );
  }
  const downsamplings = downsamplingsOf(network);
  const block = 2 ** downsamplings;
  if (!(height > 0 && width > 0 && height % block === 0 && width % block === 0)) {
    throw new ShapeError('size of the kernel', `multiples of ${block}`, `${height} × ${width}`);
  }
  const alike =
    (features === 'none' || features === 'identity') && (upsampling === 'nearest' || downsamplings === 0);
  const periodArea = alike ? Math.min(block, height) * Math.min(block, width) : height * width;
  if (periodArea * height * width > MOST_VALUES) {
    throw new OptionError(
      'kernel size',
      `${height} × ${width}`,
      `small enough: ${periodArea * height * width} numbers are needed, at most ${MOST_VALUES} are computed`,
      alike ? 'use fewer downsamplings' : 'compute the kernel on a smaller square, and expand it',
    );
  }
}
