/** Imputers: what a perturbation would do where nobody measured it. */
export { type Alignment, alignments } from './autoencoder/alignment.js';
export { type LatentScreen, LatentScreens, type TrainSpace } from './autoencoder/latent-screens.js';
export * from './imputer.js';
export * from './option.js';
export { imputerOptionList } from './option-groups.js';
export * from './options.js';
export * from './registry.js';
export type { DonorSet } from './si/donors.js';
export { SubsetInterventions } from './si/subset.js';
export * from './style-transfer/agreement.js';
export * from './style-transfer/cells.js';
export * from './training.js';
