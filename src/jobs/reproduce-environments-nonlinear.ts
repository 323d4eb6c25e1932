/**
 * Five dependent latents seen through small networks (section 6.4 of the draft): the course of the error on environments
 * that are not trained on and, beyond the draft, whether models find which latent an environment shifts.
 */
import type { Runtime } from '../compute/index.js';
import { type DenseMatrix, dense, type NdArray, type UnsDict } from '../data/index.js';
import { meanCorrelationCoefficient, shiftedLatentAccuracy, shiftedLatents } from '../evaluate/index.js';
import { Random } from '../random/index.js';
import {
  type EnvironmentProfiles,
  type EnvironmentRepresentation,
  type EnvironmentSettings,
  geneScale,
  scaledRows,
} from '../represent/index.js';
import { type EnvironmentsOptions, simulateEnvironments } from '../simulate/index.js';
import { mean, median } from '../stats/index.js';
import {
  descriptorsOfProfiles,
  profilesOf,
  type TrainedEnvironments,
  trainEnvironments,
} from './reproduce-environments-train.js';

export interface NonlinearRun {
  readonly experiment: 'nonlinear';
  readonly model: string;
  /** Key of the case, such as 'five'. */
  readonly setting: string;
  readonly simulation: EnvironmentsOptions;
  readonly settings: EnvironmentSettings;
  /** Trainings, of which the one counts whose bound on the profiles that train is highest. */
  readonly starts: number;
  readonly seed: number;
}

/** Numbers of a run; NaN where a model has none. */
export interface NonlinearScores {
  /** Mean squared errors at the end, in units of the variance of the genes that train. */
  readonly error: number;
  readonly predicted_error: number;
  /** Share of environments whose largest shift, as the model says it, is at the right latent; trained on and not. */
  readonly accuracy: number;
  readonly accuracy_unseen: number;
  /** The same of exchanged environments, and before training. */
  readonly chance: number;
  readonly untrained: number;
  /** The same from the mean latents of the profiles of each environment, which every model has. */
  readonly accuracy_of_means: number;
  readonly chance_of_means: number;
  /** Mean correlation coefficient of the mean latents of environments with their offsets. */
  readonly mcc_environments: number;
  /** The same of latents with noise and offset, from which all true latents follow, and with the true latents. */
  readonly mcc_causes: number;
  readonly mcc_latents: number;
  readonly seconds: number;
}

export interface NonlinearResult {
  /** After each epoch, on environments that are not trained on. */
  readonly errors: readonly number[];
  readonly predictedErrors: readonly number[];
  /** The bound by which `represent` keeps an epoch, and from which epoch on. */
  readonly bounds: readonly number[];
  readonly boundsCountFrom: number;
  /** Error of the mean profile of what trains. */
  readonly meanProfileError: number;
  readonly scores: NonlinearScores;
}

/** Starts that the accuracy before training is a mean of. */
const UNTRAINED = 5;

export async function nonlinearRun(runtime: Runtime, run: NonlinearRun): Promise<NonlinearResult> {
  const { model, settings, seed, starts } = run;
  const simulated = simulatedEnvironments(run.simulation);
  const { profiles, validation } = simulated;
  const random = Random.fromSeed(seed).split('reproduce environments', 'nonlinear');
  const trainingOf = (start: number) => {
    return { model, settings, profiles, validation, random: random.split('training', start) };
  };
  const start = performance.now();
  const { representation, history, epoch } = await bestOf(starts, (k) =>
    trainEnvironments(runtime, trainingOf(k)),
  );
  const seconds = (performance.now() - start) / 1000;
  try {
    const column = (name: string) => history.map((row) => row[name]);
    const errors = column('valid.error');
    const predictedErrors = column('valid.predicted_error');
    const scores = await latentScores(representation, simulated, random);
    const untrained = [];
    for (let k = 0; k < UNTRAINED && !Number.isNaN(scores.accuracy); k++) {
      untrained.push(await accuracyAtStart(runtime, trainingOf(k), simulated));
    }
    return {
      errors,
      predictedErrors,
      bounds: column('valid.elbo'),
      boundsCountFrom: Math.min(settings.klWarmUp + 1, settings.epochs),
      meanProfileError: meanProfileError(simulated),
      scores: {
        error: errors[epoch - 1],
        predicted_error: predictedErrors[epoch - 1],
        ...scores,
        untrained: untrained.length > 0 ? mean(untrained) : Number.NaN,
        seconds,
      },
    };
  } finally {
    await representation.dispose();
  }
}

/** The training of `count` that ended with the highest bound. */
async function bestOf(
  count: number,
  train: (start: number) => Promise<TrainedEnvironments>,
): Promise<TrainedEnvironments> {
  let best = await train(0);
  const bound = ({ history }: TrainedEnvironments) => history.at(-1)!['train.elbo'];
  for (let k = 1; k < count; k++) {
    const other = await train(k);
    const [kept, left] = bound(other) > bound(best) ? [other, best] : [best, other];
    await left.representation.dispose();
    best = kept;
  }
  return best;
}

interface Simulated {
  readonly profiles: EnvironmentProfiles;
  /** Numbers of environments. */
  readonly training: number[];
  readonly validation: number[];
  /** (nEnvironments, nLatents). */
  readonly offsets: DenseMatrix;
  /** (nProfiles, nLatents): noise and offset, from which latents follow. */
  readonly causes: DenseMatrix;
  readonly latents: DenseMatrix;
}

export function simulatedEnvironments(options: EnvironmentsOptions): Simulated {
  const data = simulateEnvironments(options);
  const truth = data.uns.get('truth') as UnsDict;
  const { values, shape } = truth.get('shifts') as NdArray;
  const [nEnvironments, d] = shape;
  const offsets = dense(nEnvironments, d, values as Float64Array);
  const rows = Array.from({ length: nEnvironments }, (_, e) => offsets.values.subarray(e * d, (e + 1) * d));
  const profiles = profilesOf((data.X as DenseMatrix).values as Float32Array, data.nVars, rows);
  const latents = data.obsm.get('latents') as DenseMatrix;
  const noise = data.obsm.get('noise') as DenseMatrix;
  const ofProfiles = descriptorsOfProfiles(profiles);
  const causes = dense(
    data.nObs,
    d,
    Float64Array.from(noise.values, (value, i) => value + ofProfiles[i]),
  );
  const names = (truth.get('environments') as NdArray).values as readonly string[];
  const unseen = new Set((truth.get('valid') as NdArray).values as readonly string[]);
  const numbers = (held: boolean) => names.flatMap((name, e) => (unseen.has(name) === held ? [e] : []));
  return { profiles, training: numbers(false), validation: numbers(true), offsets, causes, latents };
}

/** In units of the variance of the genes that train. */
function meanProfileError({ profiles, validation }: Simulated): number {
  const { X, labels } = profiles;
  const held = new Set(validation);
  const rows = Int32Array.from(labels.keys());
  const trained = rows.filter((i) => !held.has(labels[i]));
  const { shift, unit } = geneScale(X, trained, true);
  const scaled = scaledRows(X, { shift, unit });
  const unseen = rows.filter((i) => held.has(labels[i]));
  const squares = unseen.reduce(
    (sum, i) =>
      sum + scaled.subarray(i * X.nCols, (i + 1) * X.nCols).reduce((row, value) => row + value ** 2, 0),
    0,
  );
  return squares / (unseen.length * X.nCols);
}

async function latentScores(representation: EnvironmentRepresentation, simulated: Simulated, random: Random) {
  const { profiles, training, validation, offsets, causes, latents } = simulated;
  const found = await latentsOf(representation, profiles);
  const means = meansByLabel(found, profiles.labels, offsets.nRows);
  const shifts = await representation.shifts(profiles.descriptors);
  const options = { random: random.split('chance') };
  const seen = rowsOf(offsets, training);
  const byMeans = shiftedLatents(seen, fromMedian(rowsOf(means, training)), options);
  const none = { accuracy: Number.NaN, chance: Number.NaN, accuracy_unseen: Number.NaN };
  const mcc = (truth: DenseMatrix, estimate: DenseMatrix) =>
    meanCorrelationCoefficient(truth, estimate).value;
  return {
    ...(shifts ? ofShifts(dense(offsets.nRows, representation.latent, shifts)) : none),
    accuracy_of_means: byMeans.accuracy,
    chance_of_means: byMeans.chance,
    mcc_environments: mcc(offsets, means),
    mcc_causes: mcc(causes, found),
    mcc_latents: mcc(latents, found),
  };

  function ofShifts(all: DenseMatrix) {
    const { accuracy, chance, estimateOf } = shiftedLatents(seen, rowsOf(all, training), options);
    const unseen = shiftedLatentAccuracy(rowsOf(offsets, validation), rowsOf(all, validation), estimateOf);
    return { accuracy, chance, accuracy_unseen: unseen };
  }
}

/** Of a network that was never trained, of a model with shifts. */
async function accuracyAtStart(
  runtime: Runtime,
  run: Parameters<typeof trainEnvironments>[1],
  { profiles, training, offsets }: Simulated,
): Promise<number> {
  const settings = { ...run.settings, epochs: 0 };
  const { representation } = await trainEnvironments(runtime, { ...run, settings });
  const shifts = (await representation.shifts(profiles.descriptors))!;
  const { latent } = representation;
  await representation.dispose();
  const found = rowsOf(dense(offsets.nRows, latent, shifts), training);
  return shiftedLatents(rowsOf(offsets, training), found, { random: run.random, exchanges: 1 }).accuracy;
}

/** What a decoder sees of each profile (nProfiles, latent): env-translation adds the shift after its encoder. */
async function latentsOf(
  representation: EnvironmentRepresentation,
  profiles: EnvironmentProfiles,
): Promise<DenseMatrix> {
  const { mean: z } = await representation.encode(profiles.X, descriptorsOfProfiles(profiles));
  const { latent, model } = representation;
  if (model.name === 'env-translation') {
    const shifts = (await representation.shifts(profiles.descriptors))!;
    for (let i = 0; i < z.length; i++) {
      z[i] += shifts[profiles.labels[Math.floor(i / latent)] * latent + (i % latent)];
    }
  }
  return dense(profiles.X.nRows, latent, Float64Array.from(z));
}

function meansByLabel({ values, nCols }: DenseMatrix, labels: Int32Array, count: number): DenseMatrix {
  const sums = new Float64Array(count * nCols);
  const sizes = new Float64Array(count);
  labels.forEach((label, i) => {
    sizes[label]++;
    for (let j = 0; j < nCols; j++) sums[label * nCols + j] += values[i * nCols + j];
  });
  return dense(
    count,
    nCols,
    sums.map((sum, at) => sum / sizes[Math.floor(at / nCols)]),
  );
}

/** Distances of each column from its median over rows, where most environments leave it. */
function fromMedian({ values, nRows, nCols }: DenseMatrix): DenseMatrix {
  const centres = Array.from({ length: nCols }, (_, j) =>
    median(Float64Array.from({ length: nRows }, (_, i) => values[i * nCols + j])),
  );
  return dense(
    nRows,
    nCols,
    Float64Array.from(values, (value, at) => value - centres[at % nCols]),
  );
}

const rowsOf = ({ values, nCols }: DenseMatrix, rows: readonly number[]): DenseMatrix =>
  dense(
    rows.length,
    nCols,
    Float64Array.from(
      { length: rows.length * nCols },
      (_, at) => values[rows[Math.floor(at / nCols)] * nCols + (at % nCols)],
    ),
  );
