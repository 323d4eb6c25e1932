/** A prediction that is a weighted sum of visible profiles. */

import { plainPrediction } from '../averages.js';
import type { Explanation, PairTarget, Prediction } from '../imputer.js';
import type { Training } from '../training.js';

/** So many profiles are named in an explanation: the heaviest. */
const NAMED = 50;

export interface PairCombination {
  readonly method: string;
  readonly pairs: ArrayLike<number>;
  /** One a pair. */
  readonly weights: ArrayLike<number>;
  readonly notes: readonly string[];
}

/** Σ weight · profile `(nGenes)`, in the order given. */
export function combinedProfile(
  training: Training,
  pairs: ArrayLike<number>,
  weights: ArrayLike<number>,
): Float64Array {
  const profile = new Float64Array(training.tensor.nGenes);
  for (let i = 0; i < pairs.length; i++) {
    const values = training.tensor.profile(pairs[i]);
    const weight = weights[i];
    if (weight === 0) continue;
    for (let g = 0; g < profile.length; g++) profile[g] += weight * values[g];
  }
  return profile;
}

/** The prediction; its explanation names the pairs with the largest weights, as `context, action`. */
export function combinationPrediction(
  training: Training,
  target: PairTarget,
  { method, pairs, weights, notes }: PairCombination,
): Prediction {
  const { tensor } = training;
  const used = Array.from(pairs, (_, i) => i).filter((i) => weights[i] !== 0);
  const profile = combinedProfile(training, pairs, weights);
  const plain = plainPrediction(training, target, {
    method,
    profile,
    fallback: '',
    donors: used.length,
    notes,
  });
  return {
    ...plain,
    explain: (): Explanation => {
      const heaviest = used
        .sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]) || a - b)
        .slice(0, NAMED);
      const nameOf = (pair: number) =>
        `${tensor.contexts[tensor.pairContext[pair]]}, ${tensor.actions[tensor.pairAction[pair]]}`;
      const donors = heaviest.map((i) => ({ name: nameOf(pairs[i]), weight: weights[i] }));
      const left = used.length - heaviest.length;
      const more = left > 0 ? [`${left} profiles with smaller weights are not named`] : [];
      return { ...plain.explain(), donors, notes: [...notes, ...more] };
    },
  };
}
