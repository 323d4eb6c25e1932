/** What is worked out of a control and a perturbed set before features are made of it, and what features share. */
import type { MarginalEstimates } from '../features/index.js';
import type { Explanation } from './causes.js';
import type { Changes } from './changes.js';
import type { Moments } from './moments.js';
import type { PairEvidence } from './pairs.js';
import type { LinearDependence } from './precision.js';

/** Of one set, what does not depend on the other. */
export interface SetEvidence {
  readonly moments: Moments;
  readonly linear: LinearDependence;
  /** FCI's, where they are asked for. */
  readonly estimates?: MarginalEstimates;
}

export type ChangeName = 'shift' | 'rank' | 'spread' | 'distance';

export interface Known {
  readonly genes: number;
  /** The control's, the perturbed cells'. */
  readonly sets: readonly [SetEvidence, SetEvidence];
  readonly pairs: PairEvidence;
  /** (genes) */
  readonly causes: readonly Explanation[];
  /** (genes): the rank-sum test of the perturbed cells against the control, and its U on a scale from −1 to 1. */
  readonly ranks: readonly { readonly z: number; readonly effect: number }[];
  /** What changed in each gene beside the group's others: mean, ranks, variance, what no set of causes explains. */
  readonly changes: Readonly<Record<ChangeName, Changes>>;
  /** (genes, genes): from `Explanation.inclusion`. */
  readonly inclusion: Float64Array;
  /** By set (genes): the mean shift that others do not explain, by the set's own dependences, in standard errors. */
  readonly ownShift: readonly [Float64Array, Float64Array];
}

/**
 * Groups of features, as the variants of the network choose them. `invariance` are estimates of what
 * changed from a few genes at a time; correlation, covariance and partial correlation are the global statistics.
 */
export type FeatureGroup = 'moments' | 'correlation' | 'covariance' | 'partial' | 'invariance';

export type WhichSet = 0 | 1;
export const SET_NAMES = ['control', 'perturbed'] as const;

/** Keeps the sign; 1 becomes 0.7, a thousand 7. */
export const squeezed = (z: number): number => Math.sign(z) * Math.log1p(Math.abs(z));

export const cellsOf = ({ sets }: Pick<Known, 'sets'>, set: WhichSet): number => sets[set].moments.cells;
