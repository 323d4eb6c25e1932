/**
 * An over-parameterised autoencoder: one hidden layer wider than a profile, no biases, leaky ReLU, trained until it
 * reproduces what it was shown (Belyaeva et al. 2021; Radhakrishnan, Belkin, Uhler 2020).
 *
 * The latent is what the first layer gives *before* the activation, as in the authors' program. So the encoder is
 * linear, and a sum of latents is the latent of the sum; what is learned about profiles is in the way back.
 */
import { adam, leakyRelu, linear, mean, type Runtime, square, sub, train } from '../compute/index.js';
import type { Random } from '../random/index.js';
import { denseLayer, forward } from './dense-layers.js';
import { howItEnded } from './how-it-ended.js';
import type { LatentSpace } from './latent-space.js';
import { restored, type ScalingKind, scaled, scalingOf } from './scaling.js';

/** PyTorch's, below 0. */
const SLOPE = 0.01;

export interface AutoencoderOptions {
  /** Hidden units, the latent's width. Default 1024. */
  readonly width?: number;
  /** At most so many times all rows are seen. */
  readonly epochs: number;
  /** Of Adam. Default 1e-4. */
  readonly learningRate?: number;
  /** Default 128. */
  readonly batchSize?: number;
  /** Ends when the mean squared error is this share of the rows' variance around the mean of each gene. Default 0. */
  readonly stop?: number;
  /** Share of the rows held back; the epoch best on them is kept. Default 0: none, and the last epoch is kept. */
  readonly validation?: number;
  /** What the network sees. Default 'range'. */
  readonly scaling?: ScalingKind;
  /** Of first weights, order of rows and held back rows. */
  readonly random: Random;
}

/**
 * Trains on `rows` (nRows, nGenes). Throws DataError without rows or on values that are not finite, NumericalError
 * where training diverges.
 */
export async function autoencoderSpace(
  runtime: Runtime,
  rows: Float64Array,
  nRows: number,
  nGenes: number,
  options: AutoencoderOptions,
): Promise<LatentSpace> {
  const { width = 1024, epochs, learningRate = 1e-4, stop = 0, scaling: kind = 'range' } = options;
  const scaling = scalingOf(kind, rows, nRows, nGenes);
  const profiles = scaled(rows, scaling);
  const enough = stop * varianceAroundGenes(profiles, nRows, nGenes);
  const interpolates = new AbortController();
  const trained = await train(
    runtime,
    {
      data: { x: { values: Float32Array.from(profiles), shape: [nRows, nGenes] } },
      build: (scope, { x }) => {
        const hidden = linear(scope.at('encoder'), x, width, { bias: false });
        const again = linear(scope.at('decoder'), leakyRelu(hidden, SLOPE), nGenes, { bias: false });
        return { loss: mean(square(sub(again, x))) };
      },
      optimiser: adam({ learningRate }),
      epochs,
      batchSize: options.batchSize,
      validation: nRows > 1 ? options.validation : 0,
      random: options.random,
    },
    {
      signal: interpolates.signal,
      onEpoch: (row) => {
        if (row['train.loss'] <= enough) interpolates.abort();
      },
    },
  );
  const encoder = await denseLayer(trained.store, 'encoder', { slope: 1 });
  const decoder = await denseLayer(trained.store, 'decoder', { slope: 1 });
  trained.store.dispose();
  return {
    nGenes,
    width,
    encode: (given, n) => forward([encoder], scaled(given, scaling), n),
    decode: (latents, n) => {
      const active = latents.map((value) => (value < 0 ? SLOPE * value : value));
      return restored(forward([decoder], active, n), scaling);
    },
    notes: [`autoencoder ${nGenes}–${width}–${nGenes} trained on ${nRows} profiles: ${howItEnded(trained)}`],
  };
}

function varianceAroundGenes(rows: Float64Array, nRows: number, nGenes: number): number {
  const { unit } = scalingOf('standard', rows, nRows, nGenes);
  return unit ** 2;
}
