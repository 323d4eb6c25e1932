/** A model of environments trained on profiles in memory, with its history and what it became. */
import { type History, type Runtime, weightsOf } from '../compute/index.js';
import { dense } from '../data/index.js';
import type { Random } from '../random/index.js';
import {
  type EnvironmentProfiles,
  EnvironmentRepresentation,
  type EnvironmentSettings,
  environmentTrainer,
} from '../represent/index.js';

export interface TrainedEnvironments {
  readonly representation: EnvironmentRepresentation;
  readonly history: History;
  /** Whose weights these are, from 1; 0 of an untrained one. */
  readonly epoch: number;
}

export interface EnvironmentsRun {
  readonly model: string;
  readonly settings: EnvironmentSettings;
  readonly profiles: EnvironmentProfiles;
  /** Environments that validate. */
  readonly validation?: ArrayLike<number>;
  readonly random: Random;
}

/** Dispose of the representation when done with it. Throws as `environmentTrainer` and its `fit`. */
export async function trainEnvironments(
  runtime: Runtime,
  run: EnvironmentsRun,
): Promise<TrainedEnvironments> {
  const { model, settings, profiles } = run;
  const { trainer, scale } = await environmentTrainer(runtime, run);
  try {
    const { history, store, epoch } = await trainer.fit();
    const config = {
      model,
      settings,
      genes: Array.from({ length: profiles.X.nCols }, (_, g) => `gene ${g}`),
      columns: profiles.columns,
      environments: profiles.descriptors.length / profiles.columns.length,
      scale,
    };
    const weights = await weightsOf(store);
    return { representation: new EnvironmentRepresentation(runtime, config, weights), history, epoch };
  } finally {
    await trainer.dispose();
  }
}

/** Rows of `descriptors` (nEnvironments, width) for each profile (nProfiles, width). */
export function descriptorsOfProfiles({ labels, descriptors, columns }: EnvironmentProfiles): Float64Array {
  const width = columns.length;
  return Float64Array.from(
    { length: labels.length * width },
    (_, at) => descriptors[labels[Math.floor(at / width)] * width + (at % width)],
  );
}

/** Profiles of one environment after the other. */
export function profilesOf(
  X: Float32Array,
  genes: number,
  offsets: readonly ArrayLike<number>[],
): EnvironmentProfiles {
  const n = X.length / genes;
  const each = n / offsets.length;
  return {
    X: dense(n, genes, X),
    labels: Int32Array.from({ length: n }, (_, i) => Math.floor(i / each)),
    descriptors: Float64Array.from(offsets.flatMap((row) => Array.from(row))),
    columns: Array.from({ length: offsets[0].length }, (_, k) => `shift_${k}`),
  };
}
