/** The graph of a batch: posterior, a sample of it, likelihood, divergence, and what the model makes of them. */
import {
  type Batch,
  type Built,
  less,
  mean,
  ones,
  type Scope,
  sub,
  type Tensor,
  where,
} from '../../compute/index.js';
import type { MechanismModel, Terms } from './model.js';
import { decode, encoderLayers, logLikelihood } from './networks.js';
import { posterior } from './posterior.js';
import type { MechanismSettings } from './settings.js';
import type { ShiftSizes } from './shifts.js';

export interface Sizes extends ShiftSizes {
  readonly genes: number;
  /** Cells that train. */
  readonly cells: number;
}

/** q(z | x) of a batch of values (nCells, nGenes); covariances between latents count times `mixed`, by default 1. */
export const encode = (scope: Scope, x: Tensor, settings: MechanismSettings, mixed?: Tensor) =>
  posterior(scope, encoderLayers(scope, x, settings), settings.latent, settings.covariance, mixed);

/** Loss and metrics of a batch with fields `x`, `label` and, of counts, `library` and `logFactorials`. */
export function objective(model: MechanismModel, settings: MechanismSettings, sizes: Sizes) {
  return (scope: Scope, batch: Batch): Built => {
    const { x, label, library, logFactorials, warmUp } = batch;
    // covariances from the start let two latents become one
    const q = encode(scope, x, settings, where(less(warmUp, 1), 0, ones([])));
    const z = q.sample(scope.noise({ kind: 'normal' }, q.mean.shape));
    const decoded = decode(scope, z, sizes.genes, settings);
    const likelihood = logLikelihood(scope, decoded, { x, library, logFactorials }, settings);
    const divergence = q.divergence(model.prior(scope, { label, warmUp }, sizes));
    const terms: Terms = { logLikelihood: likelihood, divergence, warmUp, nCells: sizes.cells };
    return {
      loss: model.loss(scope, terms, settings, sizes),
      metrics: {
        elbo: mean(sub(likelihood, divergence)),
        log_likelihood: mean(likelihood),
        divergence: mean(divergence),
      },
    };
  };
}
