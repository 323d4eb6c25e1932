/**
 * What an imputer is: made from an outcome tensor, shown which pairs it may learn from, asked for others.
 *
 * One file an estimator, one line in `registry.ts`; the command line, the evaluation, the documentation and
 * the checker of invariants find it there.
 */
import type { Runtime } from '../compute/index.js';
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import type { ImputerOptions } from './option-groups.js';
import type { Training } from './training.js';

export type { ImputerOptions } from './option-groups.js';
export type { DenoiseOption } from './si/si-options.js';

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
  /** Learn from the pairs that `training` shows. Lazy estimators do nothing here; networks take their time. */
  fit(training: Training): FittedImputer | Promise<FittedImputer>;
}

/** What a method may need from where it runs. */
export interface ImputerResources {
  /** Runs graphs: for methods that train networks. */
  runtime(): Promise<Runtime>;
}

/** The registry's line: how an imputer is named, described and made. */
export interface ImputerDescriptor {
  readonly name: string;
  /** One line for `--help` and tables. */
  readonly summary: string;
  readonly needsControl?: boolean;
  /** A simple average that every other method is compared with. */
  readonly baseline?: boolean;
  /** Too slow to be run unasked: left out of an evaluation of all methods, and said to be. */
  readonly costly?: boolean;
  /** In larger screens it takes minutes a fit: `auto`, which fits again and again, leaves it out there. */
  readonly mostPairsRepeated?: number;
  /**
   * What changes the answer though it should not in a perfect world, each with the reason: the unit and zero of the
   * values, the order of genes. The checker of invariants leaves these out.
   */
  readonly dependsOn?: { readonly unit?: string; readonly geneOrder?: string };
  /**
   * Groups of pairs that share what is slow to learn, `(nPairs)`, −1 for none: a job gives the folds of a group to one
   * thread. Default: nothing is shared.
   */
  groups?(tensor: OutcomeTensor, options: ImputerOptions): Int32Array;
  /** @param resources must be given for a method that trains networks (DataError without) */
  create(tensor: OutcomeTensor, options: ImputerOptions, resources?: ImputerResources): Imputer;
}
