/** What replays say: mean curves over seeds, and how many experiments a strategy needs where random choice needs N. */

import type { Strategy } from './plan.js';
import type { CurvePoint } from './replay.js';

/** One row of `replay.csv`. */
export interface ReplayRow extends CurvePoint {
  readonly strategy: Strategy;
  readonly seed: number;
}

/** Mean over the seeds, at the numbers of experiments that all of them have. */
export function meanCurve(rows: readonly ReplayRow[], strategy: Strategy): CurvePoint[] {
  const own = rows.filter((row) => row.strategy === strategy);
  const seeds = new Set(own.map(({ seed }) => seed)).size;
  const at = new Map<number, number[]>();
  for (const { experiments, error } of own) at.set(experiments, [...(at.get(experiments) ?? []), error]);
  return [...at]
    .filter(([, errors]) => errors.length === seeds)
    .map(([experiments, errors]) => ({ experiments, error: errors.reduce((a, b) => a + b, 0) / seeds }))
    .sort((a, b) => a.experiments - b.experiments);
}

/**
 * Experiments after which a curve stays at or below `error`, straight between its points; NaN when it ends
 * above, or an error is NaN.
 */
export function experimentsFor(curve: readonly CurvePoint[], error: number): number {
  const above = curve.findLastIndex((point) => !(point.error <= error));
  if (above < 0) return curve[0].experiments;
  if (above === curve.length - 1) return Number.NaN;
  const [last, next] = [curve[above], curve[above + 1]];
  const share = (last.error - error) / (last.error - next.error);
  return last.experiments + share * (next.experiments - last.experiments);
}

export interface Saving {
  readonly strategy: Strategy;
  /** N experiments of the random order, and its mean error after them. */
  readonly experiments: number;
  readonly error: number;
  /** Experiments that the strategy needs for it, over N: of the mean curves, and of each seed. */
  readonly share: number;
  readonly shares: readonly number[];
}

/** Shares at about a quarter, half and three quarters of the replay: at its end every order has revealed the same. */
export function savings(rows: readonly ReplayRow[], strategy: Strategy): Saving[] {
  const random = meanCurve(rows, 'random');
  const own = meanCurve(rows, strategy);
  if (own.length === 0 || random.length < 2) return [];
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  const places = [1, 2, 3].map((quarter) => Math.round((quarter * (random.length - 1)) / 4));
  return [...new Set(places)]
    .filter((place) => place > 0 && !Number.isNaN(random[place].error))
    .map((place) => {
      const { experiments, error } = random[place];
      const shares = seeds.map((seed) => {
        const ofSeed = rows.filter((row) => row.seed === seed);
        const wanted = meanCurve(ofSeed, 'random').find((point) => point.experiments === experiments);
        return experimentsFor(meanCurve(ofSeed, strategy), wanted?.error ?? Number.NaN) / experiments;
      });
      return { strategy, experiments, error, share: experimentsFor(own, error) / experiments, shares };
    });
}
