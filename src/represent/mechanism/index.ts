/** Models of cells whose perturbations shift few latent mechanisms. */
export {
  type AttributionOptions,
  type Attributions,
  attributeLatents,
  type LatentAttribution,
} from './attribution.js';
export type { PerturbedCells } from './cells.js';
export { type CounterfactualCells, counterfactualCells, startingCells } from './counterfactual.js';
export { type EdgeMixture, type Edges, fitEdges } from './edge-mixture.js';
export {
  type Combination,
  INTERACTION_KINDS,
  type Interaction,
  type InteractionKind,
  interactions,
  namedCombinations,
} from './interactions.js';
export { groupsOf, MeanProfiles } from './mean-profile.js';
export type { MechanismGraph, MechanismModel, ShiftEvidence } from './model.js';
export { mechanismModel, mechanismModels, mechanismSettings } from './models.js';
export {
  type CellsOptions,
  type Combinations,
  cellsAt,
  isOnlyNew,
  type PreparedCells,
  perturbationsOf,
  preparePerturbedCells,
} from './perturbed-cells.js';
export { checkSettings, type Likelihood, type MechanismSettings, PAPER_SETTINGS } from './settings.js';
export { expectedShifts, isEdge, type SharedLatents, sharedLatents } from './shared-latents.js';
export { type SparseRotation, type SparseRotationOptions, sparseRotation } from './sparse-rotation.js';
export { threadsFor } from './threads.js';
export { type MechanismTraining, mechanismTrainer, splitCells } from './train.js';
export { type Latents, type MechanismConfig, MechanismRepresentation } from './trained.js';
