/** Data with known truth. */
export type { Availability } from './availability.js';
export {
  CELL_CONTROL,
  CELL_COUNTS,
  CELL_DEFINITIONS,
  CELL_SOFTMAX,
  type CellsOptions,
  simulateCells,
} from './cells/index.js';
export {
  ENVIRONMENT_FUNCTIONS,
  ENVIRONMENT_GRAPHS,
  ENVIRONMENT_INTERVENTIONS,
  type EnvironmentProfiles,
  type EnvironmentSystem,
  type EnvironmentsOptions,
  environmentSystem,
  PROFILES_OF_THE_COMMAND,
  type SystemOptions,
  simulateEnvironments,
} from './environments/index.js';
export { FactorModel, type FactorModelOptions } from './factor-model.js';
export {
  IMAGE_MASKS,
  type ImagesOptions,
  maskPicture,
  type SimulatedImage,
  simulateImages,
} from './images.js';
export { type LargeScreen, type LargeScreenOptions, simulateLargeScreen } from './large-screen.js';
export { SCREEN_DEFAULTS, type ScreenOptions, simulateScreen } from './screen.js';
