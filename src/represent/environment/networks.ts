/**
 * The networks that models of environments share: encoder, decoder, and the one that turns the descriptor of an
 * environment into a sparse shift of the latents (Bertin, *Towards learning cell causal-embeddings*, section 4).
 */
import {
  abs,
  clip,
  concatenate,
  div,
  exp,
  film,
  type Gaussian,
  linear,
  mlp,
  mul,
  ones,
  relu,
  softmax,
  type Tensor,
} from '../../compute/index.js';
import type { Place } from './model.js';

/** q(z | seen): a Gaussian with the variance that the encoder says, within limits. */
export function gaussianEncoder(at: Place, seen: Tensor): Required<Encoded> {
  return heads(at, hidden(at, 'encoder', seen));
}

/** Latents as a function of what is seen. */
export const pointEncoder = (at: Place, seen: Tensor): Encoded => ({
  mean: linear(at.scope.at('mean'), hidden(at, 'encoder', seen), at.settings.latent),
});

interface Encoded {
  readonly mean: Tensor;
  readonly variance?: Tensor;
}

/** The encoder whose layers are scaled and shifted by the environment (Perez et al. 2018). */
export function filmEncoder(at: Place, x: Tensor, environment: Tensor): Required<Encoded> {
  const { scope, settings } = at;
  let seen = x;
  settings.encoderWidths.forEach((width, i) => {
    const layer = scope.at('encoder', i);
    const y = linear(layer, seen, width);
    seen = relu(film(layer.at('film'), y, environment, { per: settings.filmPer }));
  });
  return heads(at, seen);
}

function heads({ scope, settings }: Place, last: Tensor): Required<Encoded> {
  const mean = linear(scope.at('mean'), last, settings.latent);
  const logVariance = limited(linear(scope.at('log_variance'), last, settings.latent), settings);
  return { mean, variance: exp(logVariance) };
}

/** Mean profile (nProfiles, nGenes) of what the decoder sees. */
export const decoder = (at: Place, seen: Tensor): Tensor =>
  linear(at.scope.at('output'), hidden(at, 'decoder', seen), at.sizes.genes);

/** Side by side (nProfiles, …). */
export const together = (...parts: readonly Tensor[]): Tensor => concatenate(parts, 1);

/**
 * What an environment adds to the mean of the latents, a ⊗ softmax(|a| / T) with a from the descriptor: as T falls, all
 * but one are 0.
 */
export const sparseShift = (at: Place, environment: Tensor): Tensor =>
  sparse(at, environmentNetwork(at, 'shift', environment, at.settings.latent));

/** N(shift, 1), or with a spread that is sparse in its logarithm. */
export function sparsePrior(at: Place, environment: Tensor): Gaussian {
  const mean = sparseShift(at, environment);
  if (!at.settings.shiftScale) return { mean, variance: ones(mean.shape, mean.dtype) };
  const logScale = sparse(at, environmentNetwork(at, 'spread', environment, at.settings.latent));
  return { mean, variance: exp(limited(mul(logScale, 2), at.settings)) };
}

const sparse = ({ temperature }: Place, a: Tensor): Tensor => mul(a, softmax(div(abs(a), temperature)));

/** (nProfiles, width) from descriptors. */
export function environmentNetwork(at: Place, name: string, environment: Tensor, width: number): Tensor {
  return linear(at.scope.at(name), hidden(at, `${name}.hidden`, environment), width);
}

function hidden({ scope, settings }: Place, name: Network, seen: Tensor): Tensor {
  const { dropout } = settings;
  return mlp(scope.at(name), seen, { widths: widthsOf(name, settings), dropout, finish: true });
}

type Network = 'encoder' | 'decoder' | `${string}.hidden`;

const widthsOf = (name: Network, settings: Place['settings']) =>
  name === 'encoder'
    ? settings.encoderWidths
    : name === 'decoder'
      ? settings.decoderWidths
      : settings.environmentWidths;

const limited = (x: Tensor, { logVarianceLimit: most }: Place['settings']): Tensor =>
  most === null ? x : clip(x, -most, most);
