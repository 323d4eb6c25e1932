/** `env-vae` whose encoder is modulated by the environment instead of fed with it (Bertin 2020, section 4.7). */
import type { EnvironmentModel } from '../model.js';
import { filmEncoder } from '../networks.js';
import { envVae } from './env-vae.js';

export const envFilm: EnvironmentModel = {
  ...envVae,
  name: 'env-film',
  summary: 'env-vae whose encoder is scaled and shifted by the environment (Perez et al. 2018)',
  encode: filmEncoder,
};
