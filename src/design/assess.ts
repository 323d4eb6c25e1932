/** A screen as far as it is known: what `matrix-normal` says of pairs that were not measured, and how surely. */
import type { ImputerOptions, Training } from '../impute/index.js';
import { MatrixNormal, type Places, Posterior } from '../impute/matrix-normal/index.js';
import { interquartileRange, median } from '../stats/index.js';
import { errorWeights } from './error-weights.js';
import { Uncertainty } from './uncertainty.js';

/**
 * Learns from all that is visible and predicts the profile of each place. Errors count as the scores count them: on the
 * scale of the data, over the interquartile range of the (predicted) profile. Throws DataError where nothing is visible.
 * @param visit is shown every predicted profile `(nGenes)`, in order
 */
export function assess(
  training: Training,
  places: Places,
  options: ImputerOptions,
  visit: (at: number, predicted: Float64Array) => void = () => undefined,
): Uncertainty {
  const model = new MatrixNormal(training.tensor, options).learn(training);
  const posterior = new Posterior(model, model.pairs, () => true);
  const ranges = Float64Array.from(places.context, (context, at) => {
    const predicted = posterior.of(context, places.action[at]).mean.map(model.scale.back);
    visit(at, predicted);
    return interquartileRange(predicted);
  });
  return new Uncertainty(model, places, errorWeights(model), withoutZeros(ranges));
}

/** Constant profiles are divided by what is usual. */
function withoutZeros(ranges: Float64Array): Float64Array {
  const positive = ranges.filter((range) => range > 0);
  const usual = positive.length > 0 ? median(positive) : 1;
  return ranges.map((range) => (range > 0 ? range : usual));
}
