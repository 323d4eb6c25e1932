/** sVAE: masked shifts, with a price on each edge (Lachapelle et al. 2022). */
import { add } from '../../../compute/index.js';
import { meanPenalty } from '../edge-penalties.js';
import { type MechanismModel, tableOf } from '../model.js';
import { maskedShiftOf, maskLogits, shiftTable } from '../shifts.js';
import { minusBound } from './without-shifts.js';

export const svae: MechanismModel = {
  name: 'svae',
  summary: 'a perturbation shifts few latents: a price on each edge (Lachapelle et al. 2022)',
  defaults: { sparsity: 80 },
  prior: (scope, labels, sizes) =>
    maskedShiftOf(scope, labels, shiftTable(scope, sizes), maskLogits(scope, sizes)),
  loss: (scope, terms, settings, sizes) =>
    add(minusBound(terms, settings), meanPenalty(maskLogits(scope, sizes), settings.sparsity!)),
  graph: (weights) => ({
    shift: tableOf(weights, 'shift'),
    probability: tableOf(weights, 'mask_logits').map((logit) => 1 / (1 + Math.exp(-logit))),
  }),
};
