/**
 * What a model of mechanisms adds to the shared networks: the prior of a cell's latents given its perturbations, what
 * is lowered in training, and how the trained weights are read as a graph.
 */
import type { Scope, Store, Tensor, Weights } from '../../compute/index.js';
import type { Random } from '../../random/index.js';
import type { MechanismSettings } from './settings.js';
import type { ShiftSizes } from './shifts.js';

/** The terms of a batch that a loss is made of. */
export interface Terms {
  /** log p(x | z) of each cell (nCells), z a sample of q(z | x). */
  readonly logLikelihood: Tensor;
  /** KL(q(z | x) ‖ p(z | perturbations)) of each cell (nCells). */
  readonly divergence: Tensor;
  /** From 0 to 1 over the warm-up `()`. */
  readonly warmUp: Tensor;
  /** Cells that train. */
  readonly nCells: number;
}

export interface MechanismGraph {
  /** Of an edge between perturbation and latent (perturbations, latent), from 0 to 1. */
  readonly probability: Float64Array;
  /** Mean of the latent under the perturbation, were there an edge (perturbations, latent). */
  readonly shift: Float64Array;
}

/** What happens between epochs, beside gradient steps. */
export interface BetweenEpochs {
  readonly store: Store;
  /** Epochs done. */
  readonly epoch: number;
  readonly settings: MechanismSettings;
  readonly sizes: ShiftSizes;
  readonly random: Random;
}

export interface MechanismModel {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Where it differs from `PAPER_SETTINGS`. */
  readonly defaults: Partial<MechanismSettings>;
  /** Mean of p(z | perturbations) of each cell (nCells, latent), the variance being 1; 0 where it ignores them. */
  prior(scope: Scope, labels: Tensor, sizes: ShiftSizes): Tensor | 0;
  /** What is lowered `()`. */
  loss(scope: Scope, terms: Terms, settings: MechanismSettings, sizes: ShiftSizes): Tensor;
  /** Edges and shifts out of trained weights; `null` for a model without perturbations. */
  graph(weights: Weights, sizes: ShiftSizes): MechanismGraph | null;
}

/** A table of trained weights as numbers. */
export const tableOf = (weights: Weights, name: string): Float64Array =>
  Float64Array.from(weights.get(name)!.values as Float32Array);
