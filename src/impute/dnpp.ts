/**
 * `dnpp`: the mean of the profiles of similar actions in the same context, as the drug neighbour profile prediction of
 * Hodos et al. 2018 (doi:10.1142/9789813235533_0004).
 *
 * Two actions are as similar as their profiles correlate (Pearson) in the contexts in which both were measured, on
 * average. The k most similar actions that the context has are averaged with their similarities as weights, those
 * below 0 as 0. The authors compare signatures, which are differences from a control; here profiles are compared
 * around the mean of their context (by default), because plain expression correlates with everything.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import { DataError } from '../errors.js';
import { dot } from '../linalg/index.js';
import { fallbackAverage, meanOverActions, plainPrediction } from './averages.js';
import type { FittedImputer, ImputerDescriptor, ImputerOptions, Prediction } from './imputer.js';
import { combinationPrediction } from './linear/pair-combination.js';
import type { Training } from './training.js';

export const dnpp: ImputerDescriptor = {
  name: 'dnpp',
  summary: 'mean of the most similar actions in the context (drug neighbours)',
  create: (tensor, options) => {
    if (options.dnppBase === 'control' && tensor.control < 0) {
      throw new DataError(
        'dnpp-base=control was asked for, and the screen has no control; name it (--control)',
      );
    }
    return { fit: (training) => new DrugNeighbours(tensor, options, training) };
  },
};

interface Neighbour {
  readonly action: number;
  readonly pair: number;
  readonly similarity: number;
}

class DrugNeighbours implements FittedImputer {
  /** Per context: unit vectors of its visible profiles by action; made when first asked for. */
  private readonly directions: (ReadonlyMap<number, Float64Array> | undefined)[];

  constructor(
    private readonly tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
    private readonly training: Training,
  ) {
    this.directions = new Array(tensor.nContexts);
  }

  predict(context: number, action: number): Prediction {
    const { training, options } = this;
    const target = { context, action };
    const contexts = Array.from(training.pairsOfAction(action), (pair) => this.tensor.pairContext[pair]);
    const found = this.neighbours(context, action, contexts);
    const near = found.slice(0, options.dnppNeighbours).filter(({ similarity }) => similarity > 0);
    if (near.length === 0) {
      const unseen = contexts.length === 0 || training.pairsOfContext(context).length === 0;
      const average = unseen
        ? fallbackAverage(training, context, action)
        : { ...meanOverActions(training, context, action), fallback: 'mean-over-actions' as const };
      const { profile, fallback, count } = average;
      const why = unseen
        ? 'no visible profile of the context or the action'
        : found.length === 0
          ? 'no action of the context shares another context with the action'
          : 'no action of the context is similar';
      return plainPrediction(training, target, {
        method: 'dnpp',
        profile,
        fallback,
        donors: count,
        notes: [why],
      });
    }
    const total = near.reduce((sum, { similarity }) => sum + weightOf(similarity), 0);
    const weights = near.map(({ similarity }) => weightOf(similarity) / total);
    const pairs = near.map(({ pair }) => pair);
    const notes = [
      `the ${near.length} nearest of ${found.length} actions; the first has similarity ${near[0].similarity.toFixed(3)}`,
    ];
    return combinationPrediction(training, target, { method: 'dnpp', pairs, weights, notes });
  }

  /** Visible actions of the context that share a context with `action`, most similar first, ties by name. */
  private neighbours(context: number, action: number, contexts: readonly number[]): Neighbour[] {
    const found: Neighbour[] = [];
    for (const pair of this.training.pairsOfContext(context)) {
      const other = this.tensor.pairAction[pair];
      if (other === action) continue;
      let sum = 0;
      let shared = 0;
      for (const where of contexts) {
        const mine = where === context ? undefined : this.directionsIn(where).get(action);
        const theirs = this.directionsIn(where).get(other);
        if (!mine || !theirs) continue;
        sum += dot(mine, 0, theirs, 0, mine.length);
        shared++;
      }
      if (shared > 0) found.push({ action: other, pair, similarity: sum / shared });
    }
    return found.sort((a, b) => b.similarity - a.similarity || a.action - b.action);
  }

  /** A profile that does not vary about its base has no direction, and correlates with nothing. */
  private directionsIn(context: number): ReadonlyMap<number, Float64Array> {
    const known = this.directions[context];
    if (known) return known;
    const { training, tensor } = this;
    const pairs = training.pairsOfContext(context);
    const base = this.baseOf(context);
    const made = new Map<number, Float64Array>();
    for (const pair of pairs) {
      const direction = unitVector(tensor.profile(pair), base);
      if (direction) made.set(tensor.pairAction[pair], direction);
    }
    this.directions[context] = made;
    return made;
  }

  /** What profiles of a context are compared around; a context without control has its mean. */
  private baseOf(context: number): Float64Array | null {
    const { training, tensor, options } = this;
    if (options.dnppBase === 'none') return null;
    const control = training.pair(context, tensor.control);
    if (options.dnppBase === 'control' && control >= 0) return tensor.profile(control);
    return meanOverActions(training, context, -1).profile;
  }
}

const weightOf = (similarity: number): number => Math.min(1, similarity);

/** x − base with mean 0 and length 1, so that a product of two is their correlation; `null` for a constant. */
function unitVector(profile: Float64Array, base: Float64Array | null): Float64Array | null {
  const vector = Float64Array.from(profile);
  let mean = 0;
  let size = 0;
  for (let g = 0; g < vector.length; g++) {
    size = Math.max(size, Math.abs(vector[g]));
    if (base) vector[g] -= base[g];
    mean += vector[g] / vector.length;
  }
  let squares = 0;
  for (let g = 0; g < vector.length; g++) {
    vector[g] -= mean;
    squares += vector[g] ** 2;
  }
  const length = Math.sqrt(squares);
  if (!(length > size * vector.length * Number.EPSILON)) return null;
  for (let g = 0; g < vector.length; g++) vector[g] /= length;
  return vector;
}
