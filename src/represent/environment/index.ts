/** Models whose latents shift sparsely between environments: drugs, doses, cell lines. */
export type { EnvironmentModel, EnvironmentSizes, Place, Sample } from './model.js';
export { environmentModel, environmentModels, environmentSettings } from './models.js';
export { type EnvironmentProfiles, type GeneScale, geneScale, scaledRows } from './profiles.js';
export {
  checkEnvironmentSettings,
  ENVIRONMENT_SETTINGS,
  type EnvironmentSettings,
  PUBLISHED,
} from './settings.js';
export { type EnvironmentTrainer, type EnvironmentTraining, environmentTrainer } from './train.js';
export { type EnvironmentConfig, EnvironmentRepresentation } from './trained.js';
