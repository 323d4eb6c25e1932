/**
 * A training watched from inside, epoch by epoch, on environments that train and on unseen ones: reconstruction at the mean
 * of the latents and at a sample of them, divergence, spread, shifts. For the question why losses explode on L1000.
 */
import {
  add,
  gather,
  input,
  klFromStandardNormal,
  klGaussians,
  log,
  mean,
  mul,
  Program,
  type Runtime,
  Scope,
  sqrt,
  square,
  sub,
  sum,
} from '../compute/index.js';
import { NumericalError } from '../errors.js';
import type { Random } from '../random/index.js';
import { descriptorTable, placeOf, predicted } from '../represent/environment/objective.js';
import { scaledRows } from '../represent/environment/profiles.js';
import { type EnvironmentSettings, environmentModel, environmentTrainer } from '../represent/index.js';
import type { L1000Fold } from './reproduce-environments-l1000-folds.js';

/** Means over profiles, errors in squared units of the data a value. */
export interface Watched {
  /** At the mean of the latents. */
  readonly error: number;
  /** At a sample of them, as the authors' program validates. */
  readonly sampledError: number;
  readonly predictedError: number;
  /** Nats a profile. */
  readonly divergence: number;
  /** Greatest log variance of a latent. */
  readonly logVariance: number;
  /** Root mean square of the means of the latents. */
  readonly latents: number;
  /** Mean length of the shift of an environment; NaN of models without. */
  readonly shift: number;
}

export interface WatchedEpoch {
  readonly epoch: number;
  readonly train: Watched;
  readonly validation: Watched;
}

export interface WatchedTraining {
  readonly epochs: readonly WatchedEpoch[];
  /** Why training ended before its last epoch; '' where it did not. */
  readonly failure: string;
}

export async function watchedTraining(
  runtime: Runtime,
  { profiles, environments }: L1000Fold,
  model: string,
  settings: EnvironmentSettings,
  random: Random,
  every = 1,
  signal?: AbortSignal,
): Promise<WatchedTraining> {
  const { trainer, scale } = await environmentTrainer(runtime, {
    model,
    settings,
    profiles,
    validation: environments,
    random,
  });
  const { X, labels, descriptors, columns } = profiles;
  const n = X.nRows;
  const program = await watcher(trainer.store, model, settings, {
    n,
    genes: X.nCols,
    descriptors,
    columns: columns.length,
  });
  const x = scaledRows(X, scale);
  const label = BigInt64Array.from(labels, BigInt);
  const held = new Set(environments);
  const parts = [labels.map((e) => Number(!held.has(e))), labels.map((e) => Number(held.has(e)))];
  const epochs: WatchedEpoch[] = [];
  let failure = '';
  try {
    await trainer.fit({
      signal,
      async onEpoch({ epoch }) {
        if (epoch % every !== 0 && epoch !== 1 && epoch !== settings.epochs) return;
        const noise = random.split('watch', epoch).fillNormal(new Float32Array(n * settings.latent));
        const feeds = { x, label, noise };
        const found = (await program.run(
          Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name as keyof typeof feeds]])),
        )) as Record<string, Float32Array>;
        const [train, validation] = parts.map((part) =>
          watchedPart(found, part, settings.latent, scale.unit),
        );
        epochs.push({ epoch, train, validation });
      },
    });
  } catch (error) {
    if (!(error instanceof NumericalError)) throw error;
    failure = error.message;
  } finally {
    await program.dispose();
    await trainer.dispose();
  }
  return { epochs, failure };
}

function watcher(
  store: Parameters<typeof Program.compile>[0],
  name: string,
  settings: EnvironmentSettings,
  {
    n,
    genes,
    descriptors,
    columns,
  }: { n: number; genes: number; descriptors: Float64Array; columns: number },
): Promise<Program> {
  const model = environmentModel(name);
  const sizes = { genes, descriptors: columns, environments: descriptors.length / columns };
  const at = placeOf(new Scope(), settings, sizes);
  const x = input('x', [n, genes]);
  const noise = input('noise', [n, settings.latent]);
  const environment = gather(descriptorTable(descriptors, columns), input('label', [n], 'int64'));
  const q = model.encode(at, x, environment);
  const z = q.variance ? add(q.mean, mul(sqrt(q.variance), noise)) : add(q.mean, mul(noise, 0));
  const error = (y: typeof x) => mean(square(sub(x, y)), 1);
  const prior = q.variance ? model.prior(at, environment) : null;
  const gaussian = q.variance && { mean: q.mean, variance: q.variance };
  const shift = model.shift(at, environment);
  const outputs = {
    error: error(model.decode(at, q.mean, environment)),
    sampledError: error(model.decode(at, z, environment)),
    predictedError: error(predicted(model, at, environment)),
    latents: mean(square(q.mean), 1),
    ...(gaussian && {
      divergence: sum(prior ? klGaussians(gaussian, prior) : klFromStandardNormal(gaussian), 1),
      logVariance: log(gaussian.variance),
    }),
    ...(shift && { shift: sqrt(sum(square(shift), 1)) }),
  };
  return Program.compile(store, { outputs });
}

/** Means over the profiles with 1 in `part`. */
function watchedPart(
  found: Readonly<Record<string, Float32Array>>,
  part: ArrayLike<number>,
  latent: number,
  unit: number,
): Watched {
  const rows = Array.from(part, (isIn, row) => (isIn ? row : -1)).filter((row) => row >= 0);
  const over = (values: Float32Array | undefined) =>
    values ? rows.reduce((total, row) => total + values[row], 0) / rows.length : Number.NaN;
  const { logVariance } = found;
  const greatest = rows.reduce((most, row) => {
    for (let k = 0; logVariance && k < latent; k++) most = Math.max(most, logVariance[row * latent + k]);
    return most;
  }, Number.NEGATIVE_INFINITY);
  return {
    error: over(found.error) * unit ** 2,
    sampledError: over(found.sampledError) * unit ** 2,
    predictedError: over(found.predictedError) * unit ** 2,
    divergence: over(found.divergence),
    logVariance: logVariance ? greatest : Number.NaN,
    latents: Math.sqrt(over(found.latents)),
    shift: over(found.shift),
  };
}
