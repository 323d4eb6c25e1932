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
  GRAPH_CONTROL,
  GRAPH_COUNTS,
  GRAPH_INTERVENTIONS,
  GRAPH_KINDS,
  GRAPH_MECHANISMS,
  GRAPH_ROOTS,
  GRAPH_STANDARDISE,
  type GraphMechanism,
  type GraphOptions,
  type GraphRegime,
  GraphRegimes,
  type GraphSettings,
  type GraphTruth,
  graphTruth,
  hasGraphTruth,
  INTERVENTION_KINDS,
  type InterventionKind,
  type RegimeGroup,
  type SimulatedRegimes,
  simulateGraph,
  simulateRegimes,
  varsortability,
} from './graph/index.js';
export {
  IMAGE_MASKS,
  type ImagesOptions,
  maskPicture,
  type SimulatedImage,
  simulateImages,
} from './images.js';
export { type LargeScreen, type LargeScreenOptions, simulateLargeScreen } from './large-screen.js';
export { SCREEN_DEFAULTS, type ScreenOptions, simulateScreen } from './screen.js';
