/** Training a model of mechanisms: the paper's, with what the settings say. */
import {
  type AdamOptions,
  adam,
  type Checkpoint,
  cosineSchedule,
  type MonitorOptions,
  type Runtime,
  rampOverEpochs,
  Trainer,
  type Training,
} from '../../compute/index.js';
import { DataError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { fieldsOf, type PerturbedCells, slotsOf } from './cells.js';
import { mechanismModel } from './models.js';
import { objective } from './objective.js';
import { checkSettings, type MechanismSettings } from './settings.js';
import { shiftEvidence } from './shift-evidence.js';

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
  const { latent, klWarmUp, epochs, batchSize } = settings;
  const { trained, heldBack } = splitCells(cells.X.nRows, settings.validation, random.split('held back'));
  if (trained.length < 2) {
    const found = `${cells.X.nRows} cells, of which ${trained.length} trains`;
    throw new DataError(`there are ${found}; batch norm needs two at least`);
  }
  const sizes = {
    latent,
    perturbations: cells.perturbations.length,
    genes: cells.X.nCols,
    cells: trained.length,
  };
  const data = fieldsOf(cells, settings.likelihood);
  const from = { settings, sizes, x: data.x, labels: cells.labels, slots: slotsOf(cells), rows: trained };
  return {
    data,
    build: objective(model, settings, sizes),
    optimiser: adam(adamOptions(settings, trained.length)),
    epochs,
    batchSize,
    // batch norm has no variance of one cell
    dropLast: trained.length > batchSize && trained.length % batchSize === 1,
    validation: heldBack,
    monitor: heldBack.length > 0 ? monitorOf(settings) : undefined,
    scalars: { warmUp: klWarmUp === 0 ? 1 : rampOverEpochs(klWarmUp) },
    betweenEpochs:
      model.betweenEpochs &&
      ((end) =>
        model.betweenEpochs!({
          ...end,
          settings,
          sizes,
          random: random.split('between epochs', end.epoch),
          evidence: () => shiftEvidence({ ...from, store: end.store }),
        })),
    random,
  };
}

/**
 * Cells that train, and the share that is held back, at least one of each where there are two. `random`: the stream
 * 'held back' of the training's.
 */
export function splitCells(nCells: number, validation: number, random: Random) {
  const order = random.permutation(nCells);
  const share = validation > 0 && nCells > 1 ? Math.max(1, Math.round(nCells * validation)) : 0;
  return { heldBack: order.slice(0, share).sort(), trained: order.slice(share).sort() };
}

/** The bound on cells held back, once the divergence counts in full; without patience the last epoch is the best. */
function monitorOf({ patience, epochs, klWarmUp }: MechanismSettings): MonitorOptions {
  const watched = { metric: 'valid.elbo', mode: 'max' } as const;
  if (patience === null) return { ...watched, from: Math.max(1, epochs) };
  return { ...watched, patience, from: Math.min(klWarmUp + 1, Math.max(1, epochs)) };
}

function adamOptions(settings: MechanismSettings, nCells: number): AdamOptions {
  const {
    learningRate,
    adamEpsilon: epsilon,
    weightDecay,
    schedule,
    epochs,
    batchSize,
    maskRate,
    shiftRate,
  } = settings;
  const steps = epochs * Math.max(1, Math.ceil(nCells / batchSize));
  return {
    learningRate,
    epsilon,
    weightDecay,
    schedule: schedule === 'cosine' ? cosineSchedule(Math.max(1, steps)) : undefined,
    groups: [
      { match: ({ name }) => name === 'mask_logits', learningRateFactor: maskRate },
      { match: ({ name }) => name === 'shift', learningRateFactor: shiftRate },
    ],
  };
}
