/** Conditional: encoder and decoder see the descriptor (Sohn, Lee, Yan 2015). */
import type { EnvironmentModel } from '../model.js';
import { decoder, gaussianEncoder, together } from '../networks.js';

export const cvae: EnvironmentModel = {
  name: 'cvae',
  summary: 'encoder and decoder see the environment (Sohn et al. 2015)',
  defaults: {},
  encode: (at, x, environment) => gaussianEncoder(at, together(x, environment)),
  prior: () => null,
  decode: (at, z, environment) => decoder(at, together(z, environment)),
  shift: () => null,
};
