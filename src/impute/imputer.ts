/**
 * What an imputer is: made from an outcome tensor, shown which pairs it may learn from, asked for others.
 *
 * One file an estimator, one line in `registry.ts`; the command line, the evaluation, the documentation and
 * the checker of invariants find it there.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import type { Training } from './training.js';

/** A (context, action) by position in the tensor; −1 for a name that the tensor does not have. */
export interface PairTarget {
  readonly context: number;
  readonly action: number;
}

/** What answered when the method itself could not; `''` when it could. */
export type Fallback = '' | 'mean-over-actions' | 'mean-over-contexts' | 'overall-mean';

export interface Prediction {
  /** The imputed profile `(nGenes)`, on the scale of the data. */
  readonly profile: Float64Array;
  /** How many donors the prediction is a combination of (for si-c these are contexts). */
  readonly donors: number;
  /** How many contexts the weights were learned on (for si-c: actions). */
  readonly trainingContexts: number;
  /** Share of the test row space outside the training row space, 0 to 1; NaN where no test applies. */
  readonly tau: number;
  /** Did the subspace inclusion test reject? `null` where no test applies. */
  readonly rejected: boolean | null;
  readonly fallback: Fallback;
  /** Ends of the interval per gene, where the method gives one. */
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
  /** Why this prediction: made on demand. */
  explain(): Explanation;
}

export interface Explanation {
  readonly method: string;
  readonly context: string;
  readonly action: string;
  readonly fallback: Fallback;
  /** What the donors are: actions for si-a, contexts for si-c. */
  readonly donorKind: 'action' | 'context' | null;
  readonly donors: readonly { readonly name: string; readonly weight: number }[];
  readonly intercept: number;
  /** What the weights were learned on: contexts for si-a, actions for si-c. */
  readonly trainedOn: readonly string[];
  readonly tau: number;
  readonly rankTrain: number;
  readonly rankTest: number;
  readonly threshold: number;
  readonly rejected: boolean | null;
  /** Root mean squared residual of the training regression. */
  readonly trainingError: number;
  /** Ratio of the largest to the smallest singular value of the (centred) training matrix. */
  readonly conditionNumber: number;
  readonly solver: 'cholesky' | 'svd' | 'none';
  readonly notes: readonly string[];
}

/** An imputer that has seen its training pairs. */
export interface FittedImputer {
  predict(context: number, action: number): Prediction;
  /**
   * Many at once, in any order, shared work done once. `visit` gets the position in `targets`; the profile is
   * only valid until `visit` returns. Default: one by one.
   */
  predictMany?(targets: readonly PairTarget[], visit: (at: number, prediction: Prediction) => void): void;
}

export interface Imputer {
  /** Learn from the pairs that `training` shows. Lazy estimators do nothing here. */
  fit(training: Training): FittedImputer;
}

/** The registry's line: how an imputer is named, described and made. */
export interface ImputerDescriptor {
  readonly name: string;
  /** One line for `--help` and tables. */
  readonly summary: string;
  readonly needsControl?: boolean;
  /** A simple average that every other method is compared with. */
  readonly baseline?: boolean;
  create(tensor: OutcomeTensor, options: ImputerOptions): Imputer;
}

/** Every option of every imputer, checked by `imputerOptions`; a method reads those that concern it. */
export interface ImputerOptions {
  readonly seed: number;
  /** Donor set of SI: see `donors.ts`. Default greedy. */
  readonly donors: 'greedy' | 'all' | 'test' | { readonly max: number };
  /** Default true, as the authors run it; false is the paper's plain pseudoinverse. */
  readonly intercept: boolean;
  /** Matrix estimation before the regression: see `matrix-estimation.ts`. Default none. */
  readonly denoise: DenoiseOption;
  /** ρ: reject when τ̂ is at least this share. Default 0.1. `null` never rejects. */
  readonly tauThreshold: number | null;
  /** Spectral energy at which both row spaces are cut, or the authors' mean over 100 energies. Default 0.99. */
  readonly tauEnergy: number | 'mean';
  /** Use the critical value of Agarwal et al. 2020 at this α in the place of ρ. Default null. */
  readonly tauAlpha: number | null;
  /** What answers for a rejected prediction. Default none: the prediction stands, marked. */
  readonly fallback: 'none' | 'mean-over-actions';
  /** λ of the two-way mean. Default 0.5. */
  readonly lambda: number;
  /** si-tandem: at most this many rounds (default 5), until the relative change is below (default 0.1). */
  readonly tandemRounds: number;
  readonly tandemTolerance: number;
}

export type DenoiseOption =
  | { readonly kind: 'none' }
  /** Hard singular value thresholding: keep the fewest values whose energy reaches the share. */
  | { readonly kind: 'hsvt'; readonly energy: number }
  /** Soft thresholding: the proximal step of the nuclear norm; `null` takes the Gavish–Donoho cut as threshold. */
  | { readonly kind: 'soft'; readonly threshold: number | null }
  | { readonly kind: 'gavish-donoho' }
  | { readonly kind: 'universal' };
