/** Models that do not know which cell was perturbed: the variational autoencoder, plain and with a heavier divergence. */
import { mean, mul, sub, type Tensor } from '../../../compute/index.js';
import type { MechanismModel, Terms } from '../model.js';
import type { MechanismSettings } from '../settings.js';

/** Mean over cells of −log p(x | z) + β w KL. */
export function minusBound(terms: Terms, { beta }: MechanismSettings): Tensor {
  const { logLikelihood, divergence, warmUp } = terms;
  return mean(sub(mul(divergence, mul(warmUp, beta)), logLikelihood));
}

export const vae: MechanismModel = {
  name: 'vae',
  summary: 'variational autoencoder; ignores the perturbations (Kingma and Welling 2014)',
  defaults: {},
  prior: () => 0,
  loss: (_scope, terms, settings) => minusBound(terms, settings),
  means: () => null,
  graph: () => null,
};

export const betaVae: MechanismModel = {
  ...vae,
  name: 'beta-vae',
  summary: 'variational autoencoder with a heavier divergence (Higgins et al. 2017)',
  defaults: { beta: 10 },
};
