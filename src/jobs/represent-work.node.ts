/** What a run of `mechanist represent` was asked for and works with, and the trainings that it makes. */
import { join } from 'node:path';
import type { Runtime } from '../compute/index.js';
import type { GeneSets } from '../formats/index.js';
import type { Random } from '../random/index.js';
import { MeanProfiles, type MechanismSettings, type PerturbedCells, splitCells } from '../represent/index.js';
import { fingerprintOf, hasRun } from './model-folder.node.js';
import type { CellsRequest, ReadCells } from './represent-cells.node.js';
import type { Halves } from './represent-held-out.js';
import { type TrainedModel, trainModel } from './represent-model.node.js';
import { type Repeated, repeated, repeatsFor } from './represent-repeats.node.js';
import { progressOf, REPEATS, type RunRequest, streamOf } from './represent-run.node.js';
import type { ModelsRequest } from './represent-settings.js';

export interface RepresentFileRequest extends CellsRequest, ModelsRequest, RunRequest {
  /** Perturbations, comma-separated or 'all', under which untreated cells are predicted. Default none. */
  readonly counterfactual?: string;
  /** Samples of the bound of held-out cells. */
  readonly particles: number;
  /**
   * Times that svae-bayes is trained, from other seeds, for probabilities of edges that are means over all. Default 3 with
   * fewer than 5 perturbations a latent, else 1.
   */
  readonly repeats?: number;
  /** GMT file; default no sets are tested. */
  readonly geneSets?: string;
  /** Genes of each latent that are told. Default 50. */
  readonly topGenes?: number;
  /** Write the page and its figures. Default true. */
  readonly report?: boolean;
}

export interface Work {
  readonly request: RepresentFileRequest;
  readonly prepared: ReadCells;
  readonly geneSets?: GeneSets;
  /** The cells that train. */
  readonly training: PerturbedCells;
  readonly runtime: Runtime;
  readonly halves: Halves;
  readonly baseline: Baseline;
}

export interface Baseline {
  readonly profiles: MeanProfiles;
  /** Rows of the cells that validate, of all models. */
  readonly heldBack: Int32Array;
}

/** Learns from the cells that train, as the models do. */
export function baselineOf(
  { cells, trained: rows }: ReadCells,
  settings: MechanismSettings,
  random: Random,
): Baseline {
  const split = splitCells(rows.length, settings.validation, random.split('held back'));
  const [trained, heldBack] = [split.trained, split.heldBack].map((part) => part.map((i) => rows[i]));
  return { profiles: new MeanProfiles(cells, trained, settings.likelihood), heldBack };
}

/** The first model from other seeds, where its graph may hang on the seed. */
export async function trainAgain(
  work: Work,
  first: TrainedModel,
  model: string,
  settings: MechanismSettings,
): Promise<Repeated | undefined> {
  const { request, runtime, training } = work;
  const { repeats = repeatsFor(model, settings.latent, training.perturbations.length), out } = request;
  return repeated(runtime, first, training, repeats, (k) =>
    train(work, model, settings, join(out, REPEATS, String(k)), k),
  );
}

export async function train(
  { request, prepared, training, runtime }: Work,
  model: string,
  settings: MechanismSettings,
  folder: string,
  repeat = 0,
): Promise<TrainedModel> {
  const { data, roles, heldOutNames } = prepared;
  const { checkpointEvery, seed, signal, path, version } = request;
  return trainModel(runtime, {
    folder,
    config: { model, settings, perturbations: training.perturbations, genes: data.var.index },
    cells: training,
    random:
      repeat > 0 ? streamOf(request, 'training').split('repeat', repeat) : streamOf(request, 'training'),
    circumstances: {
      seed,
      ...(repeat > 0 ? { repeat } : {}),
      perturbation: roles.action,
      control: roles.control,
      layer: request.layer ?? null,
      preprocess: request.preprocess ?? null,
      combinations: request.combinations ?? null,
      held_out: heldOutNames,
      cells: training.X.nRows,
      values_and_labels: fingerprintOf(training.X, training.labels),
    },
    about: { source: path, version },
    checkpointEvery,
    // of several models, those after the one that was interrupted have yet to begin
    resume: (request.resume ?? false) && (await hasRun(folder)),
    signal,
    onProgress: progressOf(request, repeat > 0 ? `${model} again (${repeat})` : model),
  });
}
