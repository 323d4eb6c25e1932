/** sVAE: masked shifts, with a price on each edge (Lachapelle et al. 2022). */
import { add, type Weights } from '../../../compute/index.js';
import { meanPenalty } from '../edge-penalties.js';
import { type MechanismGraph, type MechanismModel, openShifts, tableOf } from '../model.js';
import { maskedShiftOf, maskLogits, shiftTable } from '../shifts.js';
import { minusBound } from './without-shifts.js';

/** λ, of the paper's grid. */
const SPARSITY = 80;

export const svae: MechanismModel = {
  name: 'svae',
  summary: 'a perturbation shifts few latents: a price on each edge (Lachapelle et al. 2022)',
  defaults: { sparsity: SPARSITY },
  prior: (scope, { label }, sizes) =>
    maskedShiftOf(scope, label, shiftTable(scope, sizes), maskLogits(scope, sizes)),
  loss: (scope, terms, settings, sizes) =>
    add(minusBound(terms, settings), meanPenalty(maskLogits(scope, sizes), settings.sparsity ?? SPARSITY)),
  means: (weights) => openShifts(graphOf(weights)),
  graph: graphOf,
};

function graphOf(weights: Weights): MechanismGraph {
  return {
    shift: tableOf(weights, 'shift'),
    probability: tableOf(weights, 'mask_logits').map((logit) => 1 / (1 + Math.exp(-logit))),
  };
}
