/** Descriptors of environments: fingerprint, dose, time, cell line as numbers; splits by environment. */
export {
  DescriptorEncoder,
  type Descriptors,
  type EncodeOptions,
  environmentDescriptors,
  fitDescriptors,
  type Missing,
} from './encoder.js';
export { type MatchedSmiles, type MatchOptions, matchSmiles } from './match-smiles.js';
export { type Quantities, type QuantityColumn, type QuantityKind, readQuantities } from './quantity.js';
export { type DescriptorSpec, type EnvironmentColumns, environmentColumns, type SmilesSpec } from './spec.js';
export {
  type EnvironmentSplit,
  type EnvironmentSplitOptions,
  splitEnvironments,
} from './split-environments.js';
export type { DescriptorState } from './state.js';
