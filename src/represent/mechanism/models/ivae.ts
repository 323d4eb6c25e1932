/** iVAE: every perturbation shifts every latent (Khemakhem et al. 2020). */
import { type MechanismModel, tableOf } from '../model.js';
import { shiftOf, shiftTable } from '../shifts.js';
import { minusBound } from './without-shifts.js';

/** Edges of a perturbation: its latents of the largest |shift|, as the paper counts them. */
const TARGETS = 2;

export const ivae: MechanismModel = {
  name: 'ivae',
  summary: 'every perturbation shifts every latent (Khemakhem et al. 2020)',
  defaults: {},
  prior: (scope, { label }, sizes) => shiftOf(label, shiftTable(scope, sizes)),
  loss: (_scope, terms, settings) => minusBound(terms, settings),
  means: (weights) => tableOf(weights, 'shift'),
  graph(weights, sizes) {
    const shift = tableOf(weights, 'shift');
    return { shift, probability: largest(shift, sizes.latent) };
  },
};

/** 1 at the `TARGETS` largest |shift| of each row (perturbations, latent), else 0. */
function largest(shift: Float64Array, latent: number): Float64Array {
  const chosen = new Float64Array(shift.length);
  for (let row = 0; row < shift.length; row += latent) {
    const order = Array.from({ length: latent }, (_, i) => row + i);
    order.sort((a, b) => Math.abs(shift[b]) - Math.abs(shift[a]) || a - b);
    for (const at of order.slice(0, TARGETS)) chosen[at] = 1;
  }
  return chosen;
}
