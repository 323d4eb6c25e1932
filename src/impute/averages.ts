/**
 * Averages of visible profiles: the honest baselines, and what answers when a method cannot.
 *
 * Squires et al. 2022, equation (2) and (S.9). The mean over actions includes the control, as the authors'
 * program does. What no average can answer goes to the next weaker one, and the answer says which it was.
 */
import { DataError } from '../errors.js';
import type { Explanation, Fallback, ImputerDescriptor, Prediction } from './imputer.js';
import type { Training } from './training.js';

export interface Average {
  readonly profile: Float64Array;
  /** How many profiles were averaged. */
  readonly count: number;
  readonly fallback: Fallback;
}

/** Mean of the visible profiles of a context; its own next best is the mean over contexts, then over all. */
export function meanOverActions(training: Training, context: number, action: number): Average {
  return (
    average(training, training.pairsOfContext(context), '') ??
    average(training, training.pairsOfAction(action), 'mean-over-contexts') ??
    overallMean(training)
  );
}

/** Mean of the visible profiles of an action; next best the mean over actions, then over all. */
export function meanOverContexts(training: Training, context: number, action: number): Average {
  return (
    average(training, training.pairsOfAction(action), '') ??
    average(training, training.pairsOfContext(context), 'mean-over-actions') ??
    overallMean(training)
  );
}

/** The average that answers in the place of a method: of the context if it is known, else of the action. */
export function fallbackAverage(training: Training, context: number, action: number): Average {
  const found = meanOverActions(training, context, action);
  return { ...found, fallback: found.fallback || 'mean-over-actions' };
}

function overallMean(training: Training): Average {
  const visible = Array.from({ length: training.tensor.nPairs }, (_, pair) => pair).filter((pair) =>
    training.sees(pair),
  );
  const found = average(training, visible, 'overall-mean');
  if (!found) throw new DataError('there is no profile left to learn from');
  return found;
}

function average(training: Training, pairs: ArrayLike<number>, fallback: Fallback): Average | null {
  if (pairs.length === 0) return null;
  const profile = new Float64Array(training.tensor.nGenes);
  for (let k = 0; k < pairs.length; k++) {
    const values = training.tensor.profile(pairs[k]);
    for (let g = 0; g < profile.length; g++) profile[g] += values[g];
  }
  for (let g = 0; g < profile.length; g++) profile[g] /= pairs.length;
  return { profile, count: pairs.length, fallback };
}

/** An imputer that answers every pair with one average. */
export function averagingImputer(
  name: string,
  summary: string,
  averageOf: (training: Training, context: number, action: number) => Average,
): ImputerDescriptor {
  return {
    name,
    summary,
    baseline: true,
    create: () => ({
      fit: (training) => ({
        predict: (context, action) => {
          const { profile, count, fallback } = averageOf(training, context, action);
          const notes = [`mean of ${count} profiles`];
          const made = { method: name, profile, fallback, donors: count, notes };
          return plainPrediction(training, { context, action }, made);
        },
      }),
    }),
  };
}

/** The answer of a method that cannot answer itself: the next best average, marked, with the reason. */
export function averagePrediction(
  training: Training,
  target: { readonly context: number; readonly action: number },
  method: string,
  why: string,
): Prediction {
  const { profile, fallback, count } = fallbackAverage(training, target.context, target.action);
  const notes = [why, `answered by the mean of ${count} profiles`];
  return plainPrediction(training, target, { method, profile, fallback, donors: count, notes });
}

/** A prediction without donors and weights: an average, with what is known about it. */
export function plainPrediction(
  training: Training,
  target: { readonly context: number; readonly action: number },
  made: {
    readonly method: string;
    readonly profile: Float64Array;
    readonly fallback: Fallback;
    readonly donors?: number;
    readonly notes: readonly string[];
  },
): Prediction {
  const { tensor } = training;
  return {
    profile: made.profile,
    donors: made.donors ?? 0,
    trainingContexts: 0,
    tau: Number.NaN,
    rejected: null,
    fallback: made.fallback,
    explain: (): Explanation => ({
      method: made.method,
      context: tensor.contexts[target.context] ?? '(unseen)',
      action: tensor.actions[target.action] ?? '(unseen)',
      fallback: made.fallback,
      donorKind: null,
      donors: [],
      intercept: 0,
      trainedOn: [],
      tau: Number.NaN,
      rankTrain: 0,
      rankTest: 0,
      threshold: Number.NaN,
      rejected: null,
      trainingError: Number.NaN,
      conditionNumber: Number.NaN,
      solver: 'none',
      notes: made.notes,
    }),
  };
}
