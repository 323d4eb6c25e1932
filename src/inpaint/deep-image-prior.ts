/**
 * Deep image prior: an untrained convolutional network, fitted from fixed noise to the known pixels of this one
 * picture, fills in the others (Ulyanov, Vedaldi & Lempitsky 2018, arXiv:1711.10925).
 *
 * The network is the one whose kernel `cntk` computes, of finite width, with batch norm after each convolution and a
 * sigmoid at the end, the second baseline of the convolutional NTK's authors.
 */

import {
  adam,
  batchNorm,
  convolution,
  doubled,
  halved,
  input,
  leakyRelu,
  minimise,
  mul,
  Program,
  type Runtime,
  Scope,
  Store,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
} from '../compute/index.js';
import { InterruptedError, NumericalError, OptionError } from '../errors.js';
import type { Picture } from '../formats/index.js';
import type { Random } from '../random/index.js';
import { downsamplingsOf, hourglass, type Network } from './cntk/index.js';
import { type Known, partPixels } from './known.js';

export interface DeepImagePriorOptions {
  /** Default: `hourglass(3)` with bilinear upsampling. */
  readonly network?: Network;
  /** Channels of the convolutions. Default 32. */
  readonly channels?: number;
  /** Channels of the noise that the network starts from, uniform on 0 … 0.1. Default 16. */
  readonly noiseChannels?: number;
  /** Steps of Adam. Default 1000. */
  readonly iterations?: number;
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Of the noise and the first weights. */
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The picture is the mean of what the network gave at the last steps, this share of all (it jitters). */
const AVERAGED = 0.2;
/** Pixels times channels at most: the windows of the widest layer are nine times that, several times over. */
const MOST_ACTIVATIONS = 2 ** 23;

/**
 * Finds the pixels where `known` (height · width) is 0. Same seed and one thread, same picture.
 *
 * Throws `OptionError` on options out of range, `ShapeError` and `DataError` on a mask that does not fit or leaves
 * nothing to do, `NumericalError` when the fit diverges, `InterruptedError` on `signal`.
 */
export async function inpaintWithDeepImagePrior(
  runtime: Runtime,
  picture: Picture,
  known: Known,
  options: DeepImagePriorOptions,
): Promise<Picture> {
  const { missing } = partPixels(picture, known);
  const { network = hourglass(3, { upsampling: 'bilinear' }), channels = 32, noiseChannels = 16 } = options;
  const { iterations = 1000, learningRate = 0.01, random, signal, onProgress } = options;
  for (const [name, value] of Object.entries({ channels, noiseChannels, iterations })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new OptionError(name, value, 'a whole number of at least 1');
    }
  }
  const block = 2 ** downsamplingsOf(network);
  const height = Math.ceil(picture.height / block) * block;
  // two columns at the bottom at least: the norm of a single pixel is nothing
  const width = Math.max(2, Math.ceil(picture.width / block)) * block;
  if (height * width * Math.max(channels, noiseChannels) > MOST_ACTIVATIONS) {
    throw new OptionError(
      'size',
      `${picture.height} × ${picture.width}`,
      `small enough for ${channels} channels: at most ${MOST_ACTIVATIONS} pixels times channels`,
      'make the picture smaller, or use fewer channels',
    );
  }
  const scope = new Scope({ training: true });
  const noise = input('noise', [height, width, noiseChannels]);
  const truth = input('truth', [height, width, picture.channels]);
  const share = input('share', [height, width, 1]);
  const made = hourglassNetwork(scope, noise, network, channels, picture.channels);
  const loss = sum(mul(square(sub(made, truth)), share));
  minimise(loss, scope, adam({ learningRate }));

  const store = new Store(runtime);
  scope.initialise(store, random.split('weights'));
  const program = await Program.compile(store, { outputs: { loss, made }, updates: scope.updates });
  try {
    const feeds = {
      noise: random
        .split('noise')
        .fillUniform(new Float32Array(noise.size))
        .map((u) => u / 10),
      ...onLargerPicture(picture, known, height, width),
    };
    const total = new Float64Array(truth.size);
    const from = Math.floor(iterations * (1 - AVERAGED));
    for (let step = 0; step < iterations; step++) {
      if (signal?.aborted) throw new InterruptedError();
      const result = await program.run(feeds);
      if (!Number.isFinite(Number(result.loss[0]))) {
        throw new NumericalError(
          `the deep image prior diverged at step ${step + 1}; use a smaller learning rate than ${learningRate}`,
        );
      }
      if (step >= from) (result.made as Float32Array).forEach((value, i) => (total[i] += value));
      onProgress?.(step + 1, iterations);
    }
    const values = picture.values.slice();
    for (const pixel of missing) {
      const place = Math.floor(pixel / picture.width) * width + (pixel % picture.width);
      for (let c = 0; c < picture.channels; c++) {
        values[pixel * picture.channels + c] = total[place * picture.channels + c] / (iterations - from);
      }
    }
    return { ...picture, values };
  } finally {
    await program.dispose();
    store.dispose();
  }
}

/** (height, width, out) on 0 … 1. */
function hourglassNetwork(
  scope: Scope,
  noise: Tensor,
  { layers, upsampling, slope }: Network,
  channels: number,
  out: number,
): Tensor {
  const last = layers.lastIndexOf('convolution');
  const end = layers.reduce<Tensor>((x, layer, i) => {
    if (layer === 'down') return halved(x);
    if (layer === 'up') return doubled(x, upsampling);
    return scope.in(`layer-${i}`, (own) => {
      const y = convolution(own, x, i === last ? out : channels);
      return i === last ? y : leakyRelu(batchNorm(own.at('norm'), y), slope);
    });
  }, noise);
  return sigmoid(end);
}

/** What the network is fitted to, on sides that it can halve; `share` is 1 / (number of known values) where known. */
function onLargerPicture(picture: Picture, known: Known, height: number, width: number) {
  const { channels, values } = picture;
  const truth = new Float32Array(height * width * channels);
  const share = new Float32Array(height * width);
  const count = known.reduce((n, one) => n + (one ? 1 : 0), 0) * channels;
  known.forEach((one, pixel) => {
    if (!one) return;
    const place = Math.floor(pixel / picture.width) * width + (pixel % picture.width);
    share[place] = 1 / count;
    for (let c = 0; c < channels; c++) truth[place * channels + c] = values[pixel * channels + c];
  });
  return { truth, share };
}
