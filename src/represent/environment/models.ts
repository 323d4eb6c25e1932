/** The models of environments, by name. */
import { OptionError } from '../../errors.js';
import type { EnvironmentModel } from './model.js';
import { adversarialAe } from './models/adversarial-ae.js';
import { apAe } from './models/ap-ae.js';
import { cvae } from './models/cvae.js';
import { envFilm } from './models/env-film.js';
import { envScm } from './models/env-scm.js';
import { envTranslation } from './models/env-translation.js';
import { envVae } from './models/env-vae.js';
import { vae } from './models/vae.js';
import { ENVIRONMENT_SETTINGS, type EnvironmentSettings } from './settings.js';

/** In the order of lists. `vae` is what the others are compared with. */
export const environmentModels: readonly EnvironmentModel[] = [
  vae,
  cvae,
  envVae,
  envTranslation,
  envFilm,
  apAe,
  adversarialAe,
  envScm,
];

/** Throws OptionError, with the names that there are. */
export function environmentModel(name: string): EnvironmentModel {
  const model = environmentModels.find((one) => one.name === name);
  if (model) return model;
  throw new OptionError(
    'model',
    name,
    environmentModels.map((one) => one.name),
  );
}

/** The settings of a model: its own defaults, and what is given. */
export const environmentSettings = (
  name: string,
  given: Partial<EnvironmentSettings> = {},
): EnvironmentSettings => ({ ...ENVIRONMENT_SETTINGS, ...environmentModel(name).defaults, ...given });
