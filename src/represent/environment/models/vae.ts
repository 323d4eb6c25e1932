/** The plain variational autoencoder, which sees no environment. */
import type { EnvironmentModel } from '../model.js';
import { decoder, gaussianEncoder } from '../networks.js';

export const vae: EnvironmentModel = {
  name: 'vae',
  summary: 'sees no environment (Kingma and Welling 2014)',
  defaults: {},
  encode: gaussianEncoder,
  prior: () => null,
  decode: decoder,
  shift: () => null,
};
