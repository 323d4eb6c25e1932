/** Training a model of environments: profiles of some environments train, those of others validate. */
import {
  adam,
  type Checkpoint,
  cosineSchedule,
  type Runtime,
  rampOverEpochs,
  Trainer,
  type Training,
} from '../../compute/index.js';
import { DataError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { environmentModel } from './models.js';
import { descriptorTable, objective } from './objective.js';
import {
  checkProfiles,
  type EnvironmentProfiles,
  type GeneScale,
  geneScale,
  scaledRows,
  withoutEnvironments,
} from './profiles.js';
import { checkEnvironmentSettings, type EnvironmentSettings } from './settings.js';

export interface EnvironmentTraining {
  /** Name of a model. */
  readonly model: string;
  readonly settings: EnvironmentSettings;
  readonly profiles: EnvironmentProfiles;
  /** Environments that validate, which training does not see. Default none. */
  readonly validation?: ArrayLike<number>;
  /** Environments that neither train nor validate. Default none. */
  readonly leftOut?: ArrayLike<number>;
  readonly random: Random;
}

export interface EnvironmentTrainer {
  readonly trainer: Trainer;
  /** How genes were scaled, from the profiles that train. */
  readonly scale: GeneScale;
}

/** A trainer; `fit` it. Throws as `Trainer.create`, and DataError on profiles that cannot be trained on. */
export async function environmentTrainer(
  runtime: Runtime,
  { model: name, settings: asked, profiles, validation = [], leftOut = [], random }: EnvironmentTraining,
  from?: Checkpoint,
): Promise<EnvironmentTrainer> {
  checkEnvironmentSettings(asked);
  checkProfiles(profiles);
  const model = environmentModel(name);
  const { X, labels, descriptors, columns } = withoutEnvironments(profiles, leftOut);
  const held = new Set(Array.from(validation));
  const rows = Int32Array.from({ length: X.nRows }, (_, i) => i);
  const heldBack = rows.filter((i) => held.has(labels[i]));
  const trained = rows.filter((i) => !held.has(labels[i]));
  if (trained.length === 0)
    throw new DataError('all profiles are of environments that validate; none is left to train');
  const batches = Math.max(1, Math.ceil(trained.length / asked.batchSize));
  const steps = Math.max(1, asked.epochs * batches);
  const settings = { ...asked, temperatureDecay: asked.temperatureDecay ?? usualDecay(asked, steps) };
  const scale = geneScale(X, trained, settings.scaling);
  const sizes = {
    genes: X.nCols,
    descriptors: columns.length,
    environments: descriptors.length / columns.length,
  };
  const { epochs, batchSize, learningRate, weightDecay, klWarmUp, adversaryRate } = settings;
  const training: Training = {
    data: {
      x: { values: scaledRows(X, scale), shape: [X.nRows, X.nCols] },
      label: { values: BigInt64Array.from(labels, BigInt), shape: [X.nRows], classes: sizes.environments },
    },
    build: objective(model, settings, sizes, descriptorTable(descriptors, columns.length)),
    optimiser: adam({
      learningRate,
      weightDecay,
      schedule: settings.schedule === 'cosine' ? cosineSchedule(steps) : undefined,
      groups: [
        { match: ({ name }) => name.startsWith('adversary.'), learningRateFactor: adversaryRate },
        { match: ({ name }) => name === 'gate_logits', learningRateFactor: GATE_RATE },
      ],
    }),
    epochs,
    batchSize,
    validation: heldBack,
    monitor: heldBack.length > 0 ? monitorOf(settings) : undefined,
    scalars: { warmUp: klWarmUp === 0 ? 1 : rampOverEpochs(klWarmUp, 1 / klWarmUp) },
    random,
  };
  return { trainer: await Trainer.create(runtime, training, from), scale };
}

/** T is at its least after this share of all steps. */
const COOLED = 0.7;
/** Logits of gates have a way to go that weights have not: from open to shut in a few hundred steps of Adam. */
const GATE_RATE = 30;

const usualDecay = ({ temperature, leastTemperature }: EnvironmentSettings, steps: number): number =>
  Math.min(1, (leastTemperature / temperature) ** (1 / Math.max(1, COOLED * steps)));

/** The bound on environments that are not seen, once the divergence counts in full; without patience the last epoch. */
function monitorOf({ patience, patienceCounts, epochs, klWarmUp }: EnvironmentSettings) {
  const watched = { metric: 'valid.elbo', mode: 'max' } as const;
  const last = Math.max(1, epochs);
  return patience === null
    ? { ...watched, from: last }
    : { ...watched, patience, cumulative: patienceCounts === 'whole', from: Math.min(klWarmUp + 1, last) };
}
