/** Models of cells whose perturbations shift few latent mechanisms. */
export type { PerturbedCells } from './cells.js';
export type { BetweenEpochs, MechanismGraph, MechanismModel } from './model.js';
export { mechanismModel, mechanismModels } from './models.js';
export { encode, objective } from './objective.js';
export { checkSettings, type MechanismSettings, PAPER_SETTINGS } from './settings.js';
export { type MechanismTraining, mechanismTrainer } from './train.js';
