/** The encoder finds what does not depend on the environment, which adds a sparse offset (Bertin 2020, section 4.8). */
import { add } from '../../../compute/index.js';
import type { EnvironmentModel } from '../model.js';
import { decoder, gaussianEncoder, sparseShift, together } from '../networks.js';

export const envTranslation: EnvironmentModel = {
  name: 'env-translation',
  summary: 'an environment adds a sparse offset to latents that do not depend on it (Bertin 2020)',
  defaults: {},
  encode: (at, x, environment) => gaussianEncoder(at, together(x, environment)),
  prior: () => null,
  decode: (at, z, environment) => decoder(at, add(z, sparseShift(at, environment))),
  shift: sparseShift,
};
