/** The graph of a batch: latents, their sample, the profile again, and what is lowered. */
import {
  add,
  type Batch,
  type Built,
  cast,
  clip,
  constant,
  div,
  equal,
  exp,
  type Gaussian,
  gather,
  klFromStandardNormal,
  klGaussians,
  matmul,
  maximum,
  mean,
  mul,
  ones,
  reshape,
  type Scope,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  zeros,
} from '../../compute/index.js';
import type { EnvironmentModel, EnvironmentSizes, Place } from './model.js';
import type { EnvironmentSettings } from './settings.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);
/** log variance of a gene around its reconstruction, in units of what all genes vary by. */
const NOISE_LIMITS = [-12, 6] as const;

/** Where a network is built: the temperature falls at every step of training, and stays where it is elsewhere. */
export function placeOf(scope: Scope, settings: EnvironmentSettings, sizes: EnvironmentSizes): Place {
  const { temperature: first, temperatureDecay, leastTemperature } = settings;
  const least = Math.min(first, leastTemperature);
  const temperature = scope.state('temperature', [], (values) => values.fill(first));
  if (scope.training) scope.update(temperature, maximum(mul(temperature, temperatureDecay ?? 1), least));
  // no division by 0 with published settings
  return { scope, settings, sizes, temperature: maximum(temperature, 1e-30) };
}

/** log of the variance of each gene around its reconstruction (nGenes). */
export function logNoise({ scope, settings, sizes }: Place): Tensor {
  if (settings.noise === 'unit') return zeros([sizes.genes], scope.dtype);
  const learned = scope.parameter('log_noise', [sizes.genes], (values) => void values.fill(0));
  return clip(learned, ...NOISE_LIMITS);
}

/**
 * Loss and metrics of a batch with fields `x` and `label`, the number of its environment; `descriptors` (nEnvironments,
 * nDescriptors) are the same for all batches.
 */
export function objective(
  model: EnvironmentModel,
  settings: EnvironmentSettings,
  sizes: EnvironmentSizes,
  descriptors: Tensor,
) {
  return (scope: Scope, { x, label, warmUp }: Batch): Built => {
    const at = placeOf(scope, settings, sizes);
    const environment = gather(descriptors, label);
    const q = model.encode(at, x, environment);
    const prior = q.variance ? model.prior(at, environment) : null;
    const z = q.variance ? sampled(scope, q as Gaussian) : q.mean;
    const again = model.decode(at, z, environment);
    const error = square(sub(x, again));
    // errors of what is not trained on are those of what the model gives back, from the middle of its latents
    const shown =
      q.variance && !scope.training ? square(sub(x, model.decode(at, q.mean, environment))) : error;
    const noise = logNoise(at);
    const likelihood = mul(sum(add(add(mul(error, exp(mul(noise, -1))), noise), LOG_TWO_PI), 1), -0.5);
    const divergence = q.variance
      ? sum(prior ? klGaussians(q as Gaussian, prior) : klFromStandardNormal(q as Gaussian), 1)
      : zeros(likelihood.shape, likelihood.dtype);
    const scale = settings.reduction === 'sum' ? x.shape[0] : 1;
    let loss = mean(sub(mul(divergence, mul(warmUp, settings.beta)), likelihood));
    if (scope.training) {
      if (settings.invariance > 0) {
        loss = add(loss, mul(invariancePenalty(x, again, noise, label), settings.invariance));
      }
      const penalty = model.penalty?.(at, { z, environment, label });
      if (penalty) loss = add(loss, penalty);
    }
    return {
      loss: mul(loss, scale),
      metrics: {
        elbo: mean(sub(likelihood, divergence)),
        error: mean(shown),
        divergence: mean(divergence),
        predicted_error: mean(square(sub(x, predicted(model, at, environment)))),
      },
    };
  };
}

/** Profiles of environments at the prior's mean (nProfiles, nGenes): nothing of x is seen. */
export function predicted(model: EnvironmentModel, at: Place, environment: Tensor): Tensor {
  return model.decode(at, priorOf(model, at, environment).mean, environment);
}

/** Where latents of an environment are before anything of it is seen, (nProfiles, latent) each. */
export function priorOf(model: EnvironmentModel, at: Place, environment: Tensor): Gaussian {
  const known = model.prior(at, environment);
  if (known) return known;
  const shape = [environment.shape[0], at.settings.latent];
  const mean = add(zeros(shape, environment.dtype), model.centre?.(at) ?? 0);
  return { mean, variance: ones(shape, environment.dtype) };
}

const sampled = (scope: Scope, { mean: centre, variance }: Gaussian): Tensor =>
  add(centre, mul(sqrt(variance), scope.noise({ kind: 'normal' }, centre.shape)));

/**
 * Invariant risk minimisation (Arjovsky et al. 2019, IRMv1): how much an environment would gain by scaling all
 * reconstructions, (d/dw risk(w x̂))² at w = 1, mean over the profiles of a batch, of a risk that is a mean over genes.
 * Environments with few profiles in a batch have their sampling error in it. The noise is not lowered by it.
 */
export function invariancePenalty(x: Tensor, again: Tensor, noise: Tensor, label: Tensor): Tensor {
  const [n, nGenes] = x.shape;
  const slope = mul(sum(mul(mul(again, sub(again, x)), exp(mul(stopGradient(noise), -1))), 1), 1 / nGenes);
  const same = cast(equal(reshape(label, [n, 1]), reshape(label, [1, n])), x.dtype);
  const ofEnvironment = div(matmul(same, reshape(slope, [n, 1])), sum(same, 1, { keepDims: true }));
  return mean(square(ofEnvironment));
}

/** Descriptors as part of the graph. */
export const descriptorTable = (values: ArrayLike<number>, width: number): Tensor =>
  constant(Float32Array.from(values), [values.length / width, width]);
