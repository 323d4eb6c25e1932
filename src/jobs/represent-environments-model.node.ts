/** A trained model of environments as a folder: what its `config.json` holds, training into it, and reading it back. */
import { join } from 'node:path';
import { type Config, type Json, loadModel, type Runtime } from '../compute/index.node.js';
import { DescriptorEncoder } from '../data/index.js';
import { FormatError } from '../errors.js';
import type { Random } from '../random/index.js';
import {
  type EnvironmentConfig,
  type EnvironmentProfiles,
  EnvironmentRepresentation,
  type EnvironmentSettings,
  environmentTrainer,
  geneScale,
} from '../represent/index.js';
import {
  type Circumstances,
  type FolderOptions,
  type TrainedWeights,
  trainInFolder,
} from './model-folder.node.js';

export interface EnvironmentRun extends FolderOptions {
  readonly model: string;
  readonly settings: EnvironmentSettings;
  readonly profiles: EnvironmentProfiles;
  readonly genes: readonly string[];
  /** How the descriptors of the profiles were made. */
  readonly encoder: DescriptorEncoder;
  /** Environments that choose the epoch, and those that are not seen at all. */
  readonly validation: Int32Array;
  readonly leftOut: Int32Array;
  readonly random: Random;
  readonly circumstances: Circumstances;
  readonly about: Circumstances;
}

export interface TrainedEnvironments extends Omit<TrainedWeights, 'weights'> {
  readonly representation: EnvironmentRepresentation;
}

/** Trains, or goes on. Throws as `trainInFolder`. */
export async function trainEnvironments(runtime: Runtime, run: EnvironmentRun): Promise<TrainedEnvironments> {
  const { model, settings, profiles, validation, leftOut, random, genes } = run;
  const held = new Set([...validation, ...leftOut]);
  const rows = Int32Array.from(profiles.labels.keys()).filter((row) => !held.has(profiles.labels[row]));
  const { shift, unit } = geneScale(profiles.X, rows, settings.scaling);
  const { columns, descriptors } = profiles;
  const config: EnvironmentConfig = {
    ...{ model, settings, genes, columns },
    environments: descriptors.length / columns.length,
    scale: { shift: Array.from(shift), unit },
  };
  const { weights, ...trained } = await trainInFolder({
    ...run,
    config: configToSave(config, run),
    epochs: settings.epochs,
    trainer: async (from) =>
      (await environmentTrainer(runtime, { model, settings, profiles, validation, leftOut, random }, from))
        .trainer,
  });
  return { ...trained, representation: new EnvironmentRepresentation(runtime, config, weights) };
}

function configToSave(config: EnvironmentConfig, { encoder, circumstances, about }: EnvironmentRun): Config {
  const { model, settings, genes, columns, environments, scale } = config;
  const learned = { columns, environments, scale, encoder: encoder.toJSON() };
  const parts = { ...settings, learned, run: circumstances, about };
  return { model, settings: parts as unknown as Readonly<Record<string, Json>>, features: genes };
}

/** What a `config.json` holds of the data that trained. */
interface Learned extends Pick<EnvironmentConfig, 'columns' | 'environments' | 'scale'> {
  readonly encoder: unknown;
}

function isWhole({ columns, environments, scale }: Partial<Learned>, nGenes: number): boolean {
  return (
    Array.isArray(columns) &&
    Number.isInteger(environments) &&
    Array.isArray(scale?.shift) &&
    scale.shift.length === nGenes &&
    Number.isFinite(scale.unit)
  );
}

export interface LoadedEnvironments {
  readonly representation: EnvironmentRepresentation;
  /** Makes the descriptors that the model was trained with, of any table. */
  readonly encoder: DescriptorEncoder;
}

/** A model that `mechanist represent` saved. Throws FileError, FormatError, OptionError. */
export async function loadEnvironments(runtime: Runtime, folder: string): Promise<LoadedEnvironments> {
  const { config, weights } = await loadModel(folder);
  const { model, settings, features: genes } = config;
  const { learned, run: _run, about: _about, ...rest } = settings;
  const { encoder, ...parts } = (learned ?? {}) as unknown as Learned;
  if (!isWhole(parts, genes.length)) {
    const path = join(folder, 'config.json');
    throw new FormatError('config.json', `'${model}' in it is no model of environments`, { path });
  }
  const built = { model, genes, settings: rest as unknown as EnvironmentSettings, ...parts };
  return {
    representation: new EnvironmentRepresentation(runtime, built, weights),
    encoder: DescriptorEncoder.fromJSON(encoder),
  };
}
