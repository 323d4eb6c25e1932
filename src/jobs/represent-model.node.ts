/** A trained model of mechanisms as a folder: what its `config.json` holds, training into it, and reading it back. */
import { type Config, loadModel, type Runtime } from '../compute/index.node.js';
import type { Random } from '../random/index.js';
import {
  type MechanismConfig,
  MechanismRepresentation,
  type MechanismSettings,
  mechanismTrainer,
  type PerturbedCells,
} from '../represent/index.js';
import {
  type Circumstances,
  type FolderOptions,
  type TrainedWeights,
  trainInFolder,
} from './model-folder.node.js';

export interface ModelRun extends FolderOptions {
  readonly config: MechanismConfig;
  readonly cells: PerturbedCells;
  readonly random: Random;
  readonly circumstances: Circumstances;
  /** For the reader of `config.json`; another run may have others. */
  readonly about: Circumstances;
}

export interface TrainedModel extends Omit<TrainedWeights, 'weights'> {
  readonly representation: MechanismRepresentation;
}

/** Trains, or goes on. Throws as `trainInFolder`. */
export async function trainModel(runtime: Runtime, run: ModelRun): Promise<TrainedModel> {
  const { config, cells, random } = run;
  const { model, settings } = config;
  const { weights, ...trained } = await trainInFolder({
    ...run,
    config: configToSave(run),
    epochs: settings.epochs,
    trainer: (from) => mechanismTrainer(runtime, { model, settings, cells, random }, from),
  });
  return { ...trained, representation: new MechanismRepresentation(runtime, config, weights) };
}

function configToSave({ config, circumstances, about }: ModelRun): Config {
  const { model, settings, perturbations, genes } = config;
  return { model, settings: { ...settings, perturbations, run: circumstances, about }, features: genes };
}

/** Of a `config.json` that `trainModel` wrote, what the model is built from. */
function mechanismConfig({ model, settings, features }: Config): MechanismConfig {
  const { perturbations, run: _run, about: _about, ...rest } = settings;
  return {
    model,
    settings: rest as unknown as MechanismSettings,
    perturbations: perturbations as readonly string[],
    genes: features,
  };
}

/** A model that `mechanist represent` saved. Throws FileError, FormatError, OptionError. */
export async function loadMechanism(runtime: Runtime, folder: string): Promise<MechanismRepresentation> {
  const { config, weights } = await loadModel(folder);
  return new MechanismRepresentation(runtime, mechanismConfig(config), weights);
}
