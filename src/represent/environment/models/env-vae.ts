/** The environment moves the prior of few latents; the decoder sees latents only (Bertin 2020, section 4.5). */
import type { EnvironmentModel } from '../model.js';
import { decoder, gaussianEncoder, sparsePrior, sparseShift, together } from '../networks.js';

export const envVae: EnvironmentModel = {
  name: 'env-vae',
  summary: 'an environment moves the prior of few latents (Bertin 2020)',
  defaults: {},
  encode: (at, x, environment) => gaussianEncoder(at, together(x, environment)),
  prior: sparsePrior,
  decode: decoder,
  shift: sparseShift,
};
