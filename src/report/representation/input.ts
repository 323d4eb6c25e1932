/** What the page of a representation is made of: data only, worked out by whoever has the model. */
import type { EdgeCalibration, SetTests } from '../../evaluate/index.js';
import type { Random } from '../../random/index.js';
import type { Interaction, MechanismGraph, SharedLatents } from '../../represent/index.js';

export type RowKind = 'single' | 'combination' | 'held-out';

/** A row of the graph. */
export interface PerturbationRow {
  readonly name: string;
  readonly kind: RowKind;
  /** That it was learned from; NaN where that is not known. */
  readonly cells: number;
}

/** A gene of those that a latent reads most. */
export interface TopGene {
  readonly gene: string;
  /** In units of the latent: above 0, it moves the latent the way the perturbations do. */
  readonly attribution: number;
  /** Above 0 where it rises with the latent. */
  readonly change: number;
}

export interface ExplainedLatent {
  readonly latent: number;
  /** Relative gap of the attributions' sum. */
  readonly gap: number;
  /** By size of the attribution. */
  readonly top: readonly TopGene[];
}

/** A model, or a baseline, on the same cells. */
export interface ComparedModel {
  readonly model: string;
  /** Nats a cell; NaN where there are no such cells. */
  readonly validation_elbo: number;
  readonly held_out_bound: number;
}

export interface RepresentationReportInput {
  readonly source: string;
  readonly version: string;
  readonly command?: string;
  readonly model: string;
  /** Sentences on what was understood of the file. */
  readonly understood: readonly string[];
  readonly genes: number;
  readonly latent: number;
  readonly rows: readonly PerturbationRow[];
  /** (rows, latent); null for models without. */
  readonly graph: MechanismGraph | null;
  /** Mean variance of q(z | x) of each latent (latent). */
  readonly variance: Float64Array;
  /** Means of q(z | x) (nCells, latent), and what was done to each cell. */
  readonly latents: Float32Array;
  readonly labels: readonly string[];
  /** Rows with `epoch`, `train.elbo`, `valid.elbo`. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** The model first, then what it was compared with. */
  readonly comparison: readonly ComparedModel[];
  readonly interactions: readonly Interaction[];
  /** Names of the rows that `interactions` speaks of. */
  readonly interactionNames: readonly string[];
  /** Shifts (rows of `interactionNames`, latent). */
  readonly interactionGraph: MechanismGraph | null;
  readonly shared: readonly SharedLatents[];
  readonly explained: readonly ExplainedLatent[];
  /** List i is that of `explained[i]`. */
  readonly sets: SetTests | null;
  /** Of edges, where the truth is known. */
  readonly calibration: EdgeCalibration | null;
  /** Draws the cells of the map. */
  readonly random: Random;
}
