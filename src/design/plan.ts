/**
 * Which missing experiments to run next: one after the other, each the best given those before it.
 *
 * The posterior variance of a Gaussian model does not depend on what an experiment will show, only on where it is. So the
 * expected error that is left after an experiment is known before it is run (A-optimal design, sequential and greedy; as
 * MacKay 1992 and Krause, Singh and Guestrin 2008 choose measurements).
 */
import type { Random } from '../random/index.js';
import type { Uncertainty } from './uncertainty.js';

export const strategies = ['expected-error', 'most-uncertain', 'random'] as const;
export type Strategy = (typeof strategies)[number];

export interface PlannedExperiment {
  /** Position among the pairs of the uncertainty. */
  readonly pair: number;
  /** What it takes from the summed expected error of the targets, as a share of that sum at the start. */
  readonly gain: number;
}

/** Positions among the pairs of an uncertainty. */
export interface PlanScope {
  /** Those that may be chosen. */
  readonly candidates: readonly number[];
  /** Those whose errors count, until they are measured themselves. */
  readonly targets: readonly number[];
}

/** At most `budget` of the candidates, best first. Changes `uncertainty`. */
export function planExperiments(
  uncertainty: Uncertainty,
  { candidates, targets }: PlanScope,
  budget: number,
  strategy: Strategy,
  random: Random,
): PlannedExperiment[] {
  let open = targets;
  let left = [...candidates];
  const order = new Map(random.permutation(uncertainty.count).entries());
  const atStart = open.reduce((sum, pair) => sum + uncertainty.expectedError(pair), 0);
  const score: Readonly<Record<Strategy, (pair: number) => number>> = {
    'expected-error': (pair) => uncertainty.gain(pair, open),
    'most-uncertain': (pair) => uncertainty.expectedError(pair),
    random: (pair) => order.get(pair)!,
  };
  const planned: PlannedExperiment[] = [];
  while (left.length > 0 && planned.length < budget) {
    const pair = best(left, score[strategy]);
    const gain = atStart > 0 ? uncertainty.gain(pair, open) / atStart : 0;
    planned.push({ pair, gain });
    uncertainty.measure(pair);
    open = open.filter((other) => other !== pair);
    left = left.filter((other) => other !== pair);
  }
  return planned;
}

/** The first of the pairs with the highest score. */
function best(pairs: readonly number[], scoreOf: (pair: number) => number): number {
  let [found, highest] = [pairs[0], Number.NEGATIVE_INFINITY];
  for (const pair of pairs) {
    const score = scoreOf(pair);
    if (score > highest) [found, highest] = [pair, score];
  }
  return found;
}
