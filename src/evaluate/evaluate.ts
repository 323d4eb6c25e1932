/**
 * Hold out, predict, score: one method over some folds, on this thread.
 *
 * The work that a worker does and what a browser runs; `jobs/` spreads it over threads.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import type { Imputer, ImputerDescriptor, Prediction } from '../impute/index.js';
import { Training } from '../impute/index.js';
import { interquartileRange, mean } from '../stats/index.js';
import type { Fold } from './folds.js';
import { effectCosine, normalisedError, rootMeanSquaredError, rSquared } from './metrics.js';
import type { ScoreRow } from './scores.js';

/** The score of one held-out pair and, while the callback runs, its prediction. */
export type ScoreVisitor = (score: ScoreRow, prediction: Prediction, pair: number) => void;

/** Evaluates `imputer` on `folds` in order. */
export async function evaluateFolds(
  tensor: OutcomeTensor,
  method: ImputerDescriptor['name'],
  imputer: Imputer,
  folds: readonly Fold[],
  visit: ScoreVisitor,
): Promise<void> {
  for (const fold of folds) {
    const begin = performance.now();
    const fitted = await imputer.fit(new Training(tensor, fold));
    const fitSeconds = (performance.now() - begin) / 1000;
    for (const pair of fold) {
      const start = performance.now();
      const prediction = fitted.predict(tensor.pairContext[pair], tensor.pairAction[pair]);
      const seconds = (performance.now() - start) / 1000 + fitSeconds / fold.length;
      visit(scorePrediction(tensor, method, pair, prediction, seconds), prediction, pair);
    }
  }
}

/** Scores a prediction of the observed `pair`. */
export function scorePrediction(
  tensor: OutcomeTensor,
  method: string,
  pair: number,
  prediction: Prediction,
  seconds: number,
): ScoreRow {
  const truth = tensor.profile(pair);
  const context = tensor.pairContext[pair];
  const { profile } = prediction;
  const control = tensor.pair(context, tensor.control);
  const cellMean = meanOfOtherTreated(tensor, pair);
  return {
    context: tensor.contexts[context],
    action: tensor.actions[tensor.pairAction[pair]],
    method,
    nrmse: normalisedError(profile, truth),
    rmse: rootMeanSquaredError(profile, truth),
    cosine: control < 0 ? Number.NaN : effectCosine(profile, truth, tensor.profile(control)),
    cosine_cellmean: cellMean ? effectCosine(profile, truth, cellMean) : Number.NaN,
    r2: rSquared(profile, truth),
    seconds,
    donors: prediction.donors,
    training_contexts: prediction.trainingContexts,
    tau: prediction.tau,
    rejected: prediction.rejected,
    fallback: prediction.fallback,
    coverage: shareInside(prediction, truth),
    interval_width: widthOf(prediction) / interquartileRange(truth),
  };
}

/** NaN without an interval. */
function shareInside({ lower, upper }: Prediction, truth: Float64Array): number {
  if (!lower || !upper) return Number.NaN;
  return truth.filter((value, g) => value >= lower[g] && value <= upper[g]).length / truth.length;
}

function widthOf({ lower, upper }: Prediction): number {
  return lower && upper ? mean(upper.map((value, g) => value - lower[g])) : Number.NaN;
}

/** Mean of the context's other treated profiles; `null` when the pair is the only one. */
function meanOfOtherTreated(tensor: OutcomeTensor, pair: number): Float64Array | null {
  const others = tensor.pairsOfContext[tensor.pairContext[pair]].filter(
    (other) => other !== pair && tensor.pairAction[other] !== tensor.control,
  );
  if (others.length === 0) return null;
  const mean = new Float64Array(tensor.nGenes);
  for (const other of others) {
    const profile = tensor.profile(other);
    for (let g = 0; g < mean.length; g++) mean[g] += profile[g] / others.length;
  }
  return mean;
}
