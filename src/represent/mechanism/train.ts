/** Training a model of mechanisms: the paper's, with what the settings say. */
import {
  type AdamOptions,
  adam,
  type Checkpoint,
  cosineSchedule,
  type Runtime,
  rampOverEpochs,
  Trainer,
  type Training,
} from '../../compute/index.js';
import type { Random } from '../../random/index.js';
import { fieldsOf, type PerturbedCells } from './cells.js';
import { mechanismModel } from './models.js';
import { objective } from './objective.js';
import { checkSettings, type MechanismSettings } from './settings.js';

export interface MechanismTraining {
  /** Name of a model. */
  readonly model: string;
  readonly settings: MechanismSettings;
  readonly cells: PerturbedCells;
  readonly random: Random;
}

/** A trainer; `fit` it. Throws as `Trainer.create`, and DataError on cells that cannot be trained on. */
export async function mechanismTrainer(
  runtime: Runtime,
  training: MechanismTraining,
  from?: Checkpoint,
): Promise<Trainer> {
  return Trainer.create(runtime, trainingOf(training), from);
}

function trainingOf({ model: name, settings, cells, random }: MechanismTraining): Training {
  checkSettings(settings);
  const model = mechanismModel(name);
  const { latent, klWarmUp, validation, epochs, batchSize, patience } = settings;
  const nTrained = cells.X.nRows - Math.round(cells.X.nRows * validation);
  const sizes = {
    latent,
    perturbations: cells.perturbations.length,
    genes: cells.X.nCols,
    cells: nTrained,
  };
  return {
    data: fieldsOf(cells, settings.likelihood),
    build: objective(model, settings, sizes),
    optimiser: adam(adamOptions(settings, nTrained)),
    epochs,
    batchSize,
    // batch norm has no variance of one cell
    dropLast: nTrained > batchSize && nTrained % batchSize === 1,
    validation,
    monitor:
      validation > 0
        ? { metric: 'valid.loss', ...(patience === null ? { from: epochs } : { patience }) }
        : undefined,
    scalars: { warmUp: klWarmUp === 0 ? 1 : rampOverEpochs(klWarmUp) },
    random,
  };
}

function adamOptions(settings: MechanismSettings, nCells: number): AdamOptions {
  const { learningRate, adamEpsilon: epsilon, weightDecay, schedule, epochs, batchSize, maskRate } = settings;
  const steps = epochs * Math.max(1, Math.ceil(nCells / batchSize));
  return {
    learningRate,
    epsilon,
    weightDecay,
    schedule: schedule === 'cosine' ? cosineSchedule(Math.max(1, steps)) : undefined,
    groups: [{ match: ({ name }) => name === 'mask_logits', learningRateFactor: maskRate }],
  };
}
