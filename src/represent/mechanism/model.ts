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

/** What the cells that train say of the shifts, by the latents that the encoder gives them now. */
export interface ShiftEvidence {
  /** The perturbations that have cells. */
  readonly seen: readonly number[];
  /** Mean latents under each of them less the origin, by least squares where cells have several (seen, latent). */
  readonly shift: Float64Array;
  /** Sampling variance of a row, were that of a cell 1: one over its cells, where each has one perturbation (seen). */
  readonly share: Float64Array;
  /** Of what is common to all treated cells, so much is in each row: 1, where each has one perturbation (seen). */
  readonly common: Float64Array;
  /** Covariance of the cells' latents around what their perturbations say of them (latent, latent). */
  readonly spread: Float64Array;
  /** Cells without any perturbation, and their mean latents less the origin (latent). */
  readonly untreated: { readonly cells: number; readonly mean: Float64Array };
}

/** What happens between epochs, beside gradient steps: may replace values of the store. */
export interface BetweenEpochs {
  readonly store: Store;
  /** Epochs done. */
  readonly epoch: number;
  readonly settings: MechanismSettings;
  readonly sizes: ShiftSizes;
  readonly random: Random;
  evidence(): Promise<ShiftEvidence>;
}

/** What a prior may depend on. */
export interface Given {
  /** (nCells, slots), see `PerturbedCells`. */
  readonly label: Tensor;
  /** From 0 to 1 over the warm-up `()`. */
  readonly warmUp: Tensor;
}

export interface Basis {
  /** Orthogonal (latent, latent). */
  readonly rotation: Tensor;
  /** (latent). */
  readonly origin: Tensor;
}

export interface MechanismModel {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Where it differs from `PAPER_SETTINGS`. */
  readonly defaults: Partial<MechanismSettings>;
  /** Gradient steps that it wants, where the epochs follow from the number of cells; else those of the defaults. */
  readonly steps?: number;
  /** Mean of p(z | perturbations) of each cell (nCells, latent), the variance being 1; 0 where it ignores them. */
  prior(scope: Scope, given: Given, sizes: ShiftSizes): Tensor | 0;
  /** What is lowered `()`. */
  loss(scope: Scope, terms: Terms, settings: MechanismSettings, sizes: ShiftSizes): Tensor;
  /** Where the mechanisms are not the networks' latents z themselves, but (z − origin) rotation. */
  basis?(scope: Scope, sizes: ShiftSizes): Basis;
  /** Called after every epoch; waited for. Depends on nothing but what it is given, or a resumed run differs. */
  betweenEpochs?(moment: BetweenEpochs): Promise<void>;
  /**
   * Means of the latents under each perturbation less the origin, as its prior has them, along the networks' own axes
   * (perturbations, latent); `null` for a model without.
   */
  means(weights: Weights, sizes: ShiftSizes): Float64Array | null;
  /** Edges and shifts out of trained weights; `null` for a model without perturbations. */
  graph(weights: Weights, sizes: ShiftSizes): MechanismGraph | null;
}

/** A table of trained weights as numbers. */
export const tableOf = (weights: Weights, name: string): Float64Array =>
  Float64Array.from(weights.get(name)!.values as Float32Array);

/** Shifts whose edges are more likely than not, 0 elsewhere. */
export const openShifts = ({ probability, shift }: MechanismGraph): Float64Array =>
  shift.map((value, at) => (probability[at] > 0.5 ? value : 0));
