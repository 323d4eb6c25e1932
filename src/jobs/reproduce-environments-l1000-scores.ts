/** How well unseen environments of an L1000 set are predicted: errors, R² on shifts from the control, paired gains. */
import { rSquared } from '../evaluate/index.js';
import type { Random } from '../random/index.js';
import { median, quantile } from '../stats/index.js';

/** What a method said of one held-out environment. */
export interface EnvironmentScore {
  /** What was held out together: a compound, or a pair. */
  readonly unit: string;
  readonly profiles: number;
  /** Sums over profiles and genes of squared distances of profiles from the prediction, from what comes back of them. */
  readonly predictionSquares: number;
  readonly reconstructionSquares: number;
  readonly values: number;
  /** Squared distance of the predicted from the measured shift, and sum and sum of squares of the measured one. */
  readonly shiftError: number;
  readonly shiftSum: number;
  readonly shiftSquares: number;
  readonly genes: number;
  /** R² of the shift of this environment over its genes. */
  readonly r2: number;
}

export interface ScoredProfiles {
  readonly unit: string;
  /** (nProfiles, nGenes) each, row by row; `reconstructed` where the method can. */
  readonly measured: Float64Array;
  readonly reconstructed?: ArrayLike<number>;
  /** (nGenes). */
  readonly predicted: ArrayLike<number>;
  /** Mean of untreated profiles (nGenes); zeros where profiles are differences already. */
  readonly control: ArrayLike<number>;
}

export function environmentScore({
  unit,
  measured,
  reconstructed,
  predicted,
  control,
}: ScoredProfiles): EnvironmentScore {
  const genes = predicted.length;
  const profiles = measured.length / genes;
  const shift = new Float64Array(genes);
  const guess = Float64Array.from(predicted, (value, g) => value - control[g]);
  let [predictionSquares, reconstructionSquares] = [0, 0];
  measured.forEach((value, at) => {
    const g = at % genes;
    shift[g] += (value - control[g]) / profiles;
    predictionSquares += (value - predicted[g]) ** 2;
    reconstructionSquares += (value - (reconstructed ? reconstructed[at] : predicted[g])) ** 2;
  });
  let [shiftError, shiftSum, shiftSquares] = [0, 0, 0];
  for (let g = 0; g < genes; g++) {
    shiftError += (guess[g] - shift[g]) ** 2;
    shiftSum += shift[g];
    shiftSquares += shift[g] ** 2;
  }
  const r2 = rSquared(guess, shift);
  return {
    unit,
    profiles,
    predictionSquares,
    reconstructionSquares,
    values: measured.length,
    shiftError,
    shiftSum,
    shiftSquares,
    genes,
    r2,
  };
}

export interface MethodSummary {
  /** Mean squared error over all profiles and genes. */
  readonly reconstruction: number;
  readonly prediction: number;
  /** 1 − Σ (error of the shift)² / Σ (shift − mean)², over all environments and genes. */
  readonly pooledR2: number;
  readonly medianR2: number;
}

const total = (scores: readonly EnvironmentScore[], of: (one: EnvironmentScore) => number) =>
  scores.reduce((sum, one) => sum + of(one), 0);

export function summaryOf(scores: readonly EnvironmentScore[]): MethodSummary {
  const sum = (of: (one: EnvironmentScore) => number) => total(scores, of);
  const values = sum((one) => one.values);
  const centred = sum((one) => one.shiftSquares) - sum((one) => one.shiftSum) ** 2 / sum((one) => one.genes);
  return {
    reconstruction: sum((one) => one.reconstructionSquares) / values,
    prediction: sum((one) => one.predictionSquares) / values,
    pooledR2: 1 - sum((one) => one.shiftError) / centred,
    medianR2: median(scores.map((one) => one.r2)),
  };
}

export interface Gain {
  /** Share of the baseline's error that a method saves: 1 − error / error of the baseline. */
  readonly gain: number;
  /** 95 % interval: held-out units drawn again, with all their environments and folds. */
  readonly low: number;
  readonly high: number;
  /** Share of units in which the method is the better one. */
  readonly wins: number;
}

const DRAWS = 2000;

/** Paired by position: `scores` and `baseline` are of the same environments. */
export function gainOver(
  scores: readonly EnvironmentScore[],
  baseline: readonly EnvironmentScore[],
  random: Random,
): Gain {
  const units = new Map<string, { own: number; base: number }>();
  scores.forEach(({ unit, predictionSquares }, i) => {
    const sums = units.get(unit) ?? { own: 0, base: 0 };
    sums.own += predictionSquares;
    sums.base += baseline[i].predictionSquares;
    units.set(unit, sums);
  });
  const all = [...units.values()];
  const gainOf = (some: typeof all) =>
    1 - some.reduce((sum, { own }) => sum + own, 0) / some.reduce((sum, { base }) => sum + base, 0);
  const drawn = Float64Array.from({ length: DRAWS }, () =>
    gainOf(all.map(() => all[random.integer(all.length)])),
  );
  return {
    gain: gainOf(all),
    low: quantile(drawn, 0.025),
    high: quantile(drawn, 0.975),
    wins: all.filter(({ own, base }) => own < base).length / all.length,
  };
}
