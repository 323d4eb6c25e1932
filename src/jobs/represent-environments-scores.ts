/** How well profiles of environments that did not train come back and are predicted, and whether a baseline is beaten. */
import { effectCosine } from '../evaluate/index.js';
import type { Random } from '../random/index.js';
import { median, quantile } from '../stats/index.js';
import {
  type EnvironmentMeans,
  MEAN_PROFILE,
  meanOfEnvironment,
} from './represent-environments-baselines.js';

export interface ErrorRow {
  readonly environment: string;
  /** Or baseline. */
  readonly model: string;
  readonly profiles: number;
  /** Mean over profiles and genes of the squared distance between a profile and what comes back through its latents. */
  readonly reconstruction_error: number;
  /** The same of the mean profile that is predicted from the descriptor alone. A baseline has no other. */
  readonly prediction_error: number;
  /** 1 − ‖predicted − measured‖² / ‖measured − control‖², of mean profiles: 0 is what the control itself has. */
  readonly shift_r2: number;
  /** Cosine of predicted − control and measured − control. */
  readonly shift_cosine: number;
}

export interface EnvironmentComparisonRow {
  readonly model: string;
  /** Held out, and their profiles. */
  readonly environments: number;
  readonly profiles: number;
  /** Over held-out environments, each counting the same. */
  readonly reconstruction_error_median: number;
  readonly reconstruction_error_mean: number;
  readonly prediction_error_median: number;
  readonly prediction_error_mean: number;
  readonly shift_r2_median: number;
  readonly shift_r2_mean: number;
  readonly shift_cosine_median: number;
  /** Of the weights that are kept; epochs that were trained. */
  readonly epoch: number;
  readonly epochs: number;
  readonly seconds: number;
}

/** `is level with`: the 95 % interval of the mean difference over held-out environments has 0 in it, or there are under 3. */
export type Comparison = 'beats' | 'is level with' | 'fails to beat';

export interface Verdict {
  readonly model: string;
  /** Is the mean over held-out environments below that of `mean-profile`, by more than chance? */
  readonly prediction: Comparison;
  readonly reconstruction: Comparison;
}

export interface Scored {
  readonly name: string;
  readonly environment: number;
  readonly profiles: number;
  readonly predicted: ArrayLike<number>;
  /** `undefined` of a baseline, which reconstructs with what it predicts. */
  readonly reconstruction?: number;
}

export function errorRow(
  model: string,
  { name, environment, profiles, predicted, reconstruction }: Scored,
  means: EnvironmentMeans,
  control: Float64Array | null,
): ErrorRow {
  const measured = meanOfEnvironment(means, environment);
  const guess = Float64Array.from(predicted);
  const missed = meanSquare(guess, measured);
  const prediction = means.spread[environment] + missed;
  const shift = control ? meanSquare(control, measured) : Number.NaN;
  return {
    environment: name,
    model,
    profiles,
    reconstruction_error: reconstruction ?? prediction,
    prediction_error: prediction,
    shift_r2: shift > 0 ? 1 - missed / shift : Number.NaN,
    shift_cosine: control ? effectCosine(guess, measured, control) : Number.NaN,
  };
}

/** `rows` are of one model. */
export function comparisonRow(
  model: string,
  rows: readonly ErrorRow[],
  run: Pick<EnvironmentComparisonRow, 'epoch' | 'epochs' | 'seconds'>,
): EnvironmentComparisonRow {
  const values = (column: 'reconstruction_error' | 'prediction_error' | 'shift_r2' | 'shift_cosine') =>
    Float64Array.from(rows, (row) => row[column]).filter((value) => !Number.isNaN(value));
  const [reconstruction, prediction] = [values('reconstruction_error'), values('prediction_error')];
  const r2 = values('shift_r2');
  return {
    model,
    environments: rows.length,
    profiles: rows.reduce((sum, row) => sum + row.profiles, 0),
    reconstruction_error_median: middleOf(reconstruction),
    reconstruction_error_mean: meanOf(reconstruction),
    prediction_error_median: middleOf(prediction),
    prediction_error_mean: meanOf(prediction),
    shift_r2_median: middleOf(r2),
    shift_r2_mean: meanOf(r2),
    shift_cosine_median: middleOf(values('shift_cosine')),
    ...run,
  };
}

/** Of every model, against `mean-profile`, both in the order of environments. What is not a number beats nothing. */
export function verdictsOf(
  models: readonly string[],
  errors: readonly ErrorRow[],
  random: Random,
): Verdict[] {
  const rowsOf = (name: string) => errors.filter(({ model }) => model === name);
  const mean = rowsOf(MEAN_PROFILE);
  if (mean.length === 0) return [];
  return models.map((model) => {
    const own = rowsOf(model);
    const compared = (column: 'prediction_error' | 'reconstruction_error') =>
      compare(
        Float64Array.from(mean, (row, i) => (own[i]?.[column] ?? Number.NaN) - row[column]),
        random.split(model, column),
      );
    return {
      model,
      prediction: compared('prediction_error'),
      reconstruction: compared('reconstruction_error'),
    };
  });
}

const DRAWS = 2000;

/** Environments are drawn again. */
function compare(differences: Float64Array, random: Random): Comparison {
  const n = differences.length;
  if (differences.some(Number.isNaN)) return 'fails to beat';
  if (n < 3) return 'is level with';
  const drawn = Float64Array.from({ length: DRAWS }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += differences[random.integer(n)];
    return sum / n;
  });
  if (quantile(drawn, 0.975) < 0) return 'beats';
  return quantile(drawn, 0.025) > 0 ? 'fails to beat' : 'is level with';
}

/** What a verdict is in words, with its numbers, and the baseline that does best where it does better. */
export function verdictSentence(
  { model, prediction, reconstruction }: Verdict,
  comparison: readonly EnvironmentComparisonRow[],
  errors: readonly ErrorRow[],
  baselines: readonly string[],
): string {
  const rowOf = (name: string) => comparison.find((row) => row.model === name)!;
  const [own, mean] = [rowOf(model), rowOf(MEAN_PROFILE)];
  const of = (name: string) =>
    new Map(errors.filter((row) => row.model === name).map((row) => [row.environment, row.prediction_error]));
  const [mine, theirs] = [of(model), of(MEAN_PROFILE)];
  const wins = [...mine].filter(([name, error]) => error < theirs.get(name)!).length;
  const better = baselines
    .map(rowOf)
    .filter((row) => row.model !== MEAN_PROFILE && row.prediction_error_mean < own.prediction_error_mean)
    .sort((a, b) => a.prediction_error_mean - b.prediction_error_mean);
  const beside =
    better.length > 0 ? `; ${better[0].model} has ${short(better[0].prediction_error_mean)}` : '';
  return (
    `${model} ${prediction} ${MEAN_PROFILE} in predicting unseen environments: error ${short(own.prediction_error_mean)}, ` +
    `${MEAN_PROFILE} ${short(mean.prediction_error_mean)}, lower in ${wins} of ${own.environments}${beside}; and ${reconstruction} ` +
    `it in reconstructing them: ${short(own.reconstruction_error_mean)}`
  );
}

const short = (value: number) => (Number.isNaN(value) ? 'no number' : String(Number(value.toPrecision(4))));

function meanSquare(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let g = 0; g < a.length; g++) sum += (a[g] - b[g]) ** 2;
  return sum / a.length;
}

const middleOf = (values: Float64Array) => (values.length === 0 ? Number.NaN : median(values));
const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
