/**
 * The variational autoencoder of scGen (Lotfollahi, Wolf, Theis 2019): two hidden layers on each side with batch norm,
 * leaky ReLU and dropout, Gaussian latent, squared error; sizes, constants and loss those of the authors' program.
 *
 *     loss = mean over rows of ½ Σ (x − x̂)² + ½ w KL(q(z|x) ‖ N(0, 1)),   w = 5·10⁻⁵
 *
 * After training a profile's latent is the mean of q(z|x).
 */
import {
  adam,
  add,
  exp,
  klFromStandardNormal,
  leakyRelu,
  linear,
  type MlpOptions,
  mean,
  mlp,
  mul,
  type Runtime,
  type Scope,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  train,
} from '../compute/index.js';
import { DataError } from '../errors.js';
import type { Random } from '../random/index.js';
import { denseLayer, forward } from './dense-layers.js';
import { howItEnded } from './how-it-ended.js';
import type { LatentSpace } from './latent-space.js';
import { restored, type ScalingKind, scaled, scalingOf } from './scaling.js';

const SLOPE = 0.01;
/** scvi-tools': PyTorch's momentum is the weight of the present batch. */
const NORM = { epsilon: 0.001, momentum: 0.01 };
/** Added to the variance of q(z|x). */
const LEAST_VARIANCE = 1e-4;

export interface VaeOptions {
  /** Default 100. */
  readonly latent?: number;
  /** Of each hidden layer. Default [800, 800]. */
  readonly widths?: readonly number[];
  /** Weight of the divergence. Default 5e-5. */
  readonly klWeight?: number;
  /** Default 0.2. */
  readonly dropout?: number;
  /** Default 100. */
  readonly epochs?: number;
  /** Default 32. */
  readonly batchSize?: number;
  /** Of Adam, whose ε is 0.01 and weight decay 1e-6, as in scvi-tools. Default 1e-3. */
  readonly learningRate?: number;
  /** Share of the rows held back; the epoch best on them is kept. Default 0: the last epoch. */
  readonly validation?: number;
  /** Epochs without a better one before it ends; counts with `validation` only. Default 25. */
  readonly patience?: number;
  /** What the network sees; `null`: the values as they are, as scGen does with log-normalised counts. Default `null`. */
  readonly scaling?: ScalingKind | null;
  readonly random: Random;
}

/**
 * Trains on `rows` (nRows, nGenes). Throws DataError on fewer than two rows, whose batch norm would be undefined, or on
 * values that are not finite; NumericalError where training diverges.
 */
export async function vaeSpace(
  runtime: Runtime,
  rows: Float64Array,
  nRows: number,
  nGenes: number,
  options: VaeOptions,
): Promise<LatentSpace> {
  if (nRows < 2) throw new DataError(`a variational autoencoder needs at least two profiles; found ${nRows}`);
  const { latent = 100, widths = [800, 800], klWeight = 5e-5, dropout = 0.2, scaling: kind = null } = options;
  const { epochs = 100, batchSize = 32, learningRate = 1e-3, patience = 25 } = options;
  const scaling = kind ? scalingOf(kind, rows, nRows, nGenes) : { shift: new Float64Array(nGenes), unit: 1 };
  const hidden: MlpOptions = {
    widths,
    activation: (x) => leakyRelu(x, SLOPE),
    norm: 'batch',
    normOptions: NORM,
    dropout,
    finish: true,
  };
  const validation = nRows > 2 ? (options.validation ?? 0) : 0;
  const trainRows = nRows - (validation > 0 ? Math.max(1, Math.round(nRows * validation)) : 0);
  const trained = await train(runtime, {
    data: { x: { values: Float32Array.from(scaled(rows, scaling)), shape: [nRows, nGenes] } },
    build: (scope, { x }) => {
      const { mean: centre, variance } = posterior(scope, mlp(scope.at('encoder'), x, hidden), latent);
      const z = scope.training
        ? add(centre, mul(sqrt(variance), scope.noise({ kind: 'normal' }, centre.shape)))
        : centre;
      const back = mlp(scope.at('decoder'), z, { ...hidden, widths: widths.toReversed() });
      const again = linear(scope.at('output'), back, nGenes);
      const error = sum(square(sub(x, again)), [1]);
      const divergence = sum(klFromStandardNormal({ mean: centre, variance }), [1]);
      return { loss: mean(mul(add(error, mul(divergence, klWeight)), 0.5)) };
    },
    optimiser: adam({ learningRate, epsilon: 0.01, weightDecay: 1e-6 }),
    epochs,
    batchSize,
    // batch norm has no variance of one row
    dropLast: trainRows > batchSize && trainRows % batchSize === 1,
    validation,
    monitor: validation > 0 ? { metric: 'valid.loss', patience } : undefined,
    random: options.random,
  });
  const { store } = trained;
  const stack = (name: string) =>
    Promise.all(
      widths.map((_, i) => denseLayer(store, `${name}.${i}`, { slope: SLOPE, normEpsilon: NORM.epsilon })),
    );
  const encoder = [...(await stack('encoder')), await denseLayer(store, 'mean', { slope: 1 })];
  const decoder = [...(await stack('decoder')), await denseLayer(store, 'output', { slope: 1 })];
  store.dispose();
  return {
    nGenes,
    width: latent,
    encode: (given, n) => forward(encoder, scaled(given, scaling), n),
    decode: (latents, n) => restored(forward(decoder, latents, n), scaling),
    notes: [
      `variational autoencoder, latent ${latent}, trained on ${nRows} profiles: ${howItEnded(trained)}`,
    ],
  };
}

function posterior(scope: Scope, hidden: Tensor, latent: number) {
  return {
    mean: linear(scope.at('mean'), hidden, latent),
    variance: add(exp(linear(scope.at('log_variance'), hidden, latent)), LEAST_VARIANCE),
  };
}
