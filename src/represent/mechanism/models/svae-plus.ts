/**
 * sVAE+: masked shifts whose probabilities have a sparse Beta prior (Lopez et al. 2023). `edgePrior` chooses between
 * what the authors' program lowers and the paper's whole bound; see `edge-penalties`.
 */
import { add, mul } from '../../../compute/index.js';
import { OptionError } from '../../../errors.js';
import { boundPenalty, publishedPenalty } from '../edge-penalties.js';
import type { MechanismModel } from '../model.js';
import { maskLogits } from '../shifts.js';
import { svae } from './svae.js';
import { minusBound } from './without-shifts.js';

export const svaePlus: MechanismModel = {
  ...svae,
  name: 'svae+',
  summary: 'a perturbation shifts few latents: a Beta prior of edges (Lopez et al. 2023)',
  defaults: {},
  loss(scope, terms, settings, sizes) {
    const lambda = settings.sparsity ?? Math.max(1, sizes.perturbations);
    // Beta(1, λ) has no density for λ = 0; below 1 the bound has no best ψ
    const least = settings.edgePrior === 'published' ? Number.MIN_VALUE : 1;
    if (lambda < least)
      throw new OptionError('sparsity', lambda, least === 1 ? 'a number ≥ 1' : 'a number > 0');
    const logits = maskLogits(scope, sizes);
    const [cells, penalty] =
      settings.edgePrior === 'published'
        ? [terms.nCells, publishedPenalty(logits, lambda)]
        : [settings.pseudoCells, boundPenalty(logits, lambda)];
    return add(mul(minusBound(terms, settings), cells), mul(penalty, terms.warmUp));
  },
};
