/**
 * Two latents and a linear mixing (sections 6.1 to 6.3 of the draft): how models trained in one or two environments
 * reconstruct profiles of others, and how the mixing that they find lies to the true one.
 */
import type { Runtime } from '../compute/index.js';
import { dense } from '../data/index.js';
import { Random } from '../random/index.js';
import type { EnvironmentSettings } from '../represent/index.js';
import { environmentSystem, type SystemOptions } from '../simulate/index.js';
import { descriptorsOfProfiles, profilesOf, trainEnvironments } from './reproduce-environments-train.js';

export interface LinearRun {
  readonly experiment: 'linear';
  readonly model: string;
  /** Key of the case, such as 'dependent-2'. */
  readonly setting: string;
  /** Two latents, linear genes. */
  readonly system: SystemOptions;
  /** Of the environments that train, a row each. */
  readonly offsets: readonly (readonly [number, number])[];
  /** Of each environment. */
  readonly profiles: number;
  readonly settings: EnvironmentSettings;
  /** Of profiles and training; the system has its own. */
  readonly seed: number;
}

export interface LinearResult {
  /** Mean squared error of a value, at (T, 0) and at (0, T) for each T of OFFSETS. */
  readonly losses: readonly [readonly number[], readonly number[]];
  /** Mean square of a value around the mean of the profiles that train: the loss of that mean. */
  readonly spreads: readonly [readonly number[], readonly number[]];
  /** (nGenes, 2), row by row. */
  readonly truth: readonly number[];
  readonly found: readonly number[];
}

/** T of the profiles that are reconstructed. */
export const OFFSETS = Array.from({ length: 41 }, (_, i) => i - 20);
/** At each T. */
const PROFILES = 200;

export async function linearRun(runtime: Runtime, run: LinearRun): Promise<LinearResult> {
  const { model, settings, offsets, profiles: count, seed } = run;
  const system = environmentSystem(run.system);
  const { genes } = system.settings;
  const random = Random.fromSeed(seed).split('reproduce environments', 'linear');
  const X = joined(offsets.map((row, e) => system.profiles(row, count, random.split('profiles', e)).X));
  const profiles = profilesOf(X, genes, offsets);
  const { representation } = await trainEnvironments(runtime, {
    model,
    settings,
    profiles,
    random: random.split('training'),
  });
  try {
    const centre = meanRow(X, genes);
    const directions = [0, 1].map(async (direction) => {
      const far = OFFSETS.map((T) => (direction === 0 ? [T, 0] : [0, T]));
      // the same noise at every offset, so that curves are smooth
      const rows = far.map((row) => system.profiles(row, PROFILES, random.split('far')).X);
      const asked = profilesOf(joined(rows), genes, far);
      const again = await representation.reconstruct(asked.X, descriptorsOfProfiles(asked));
      const part = (k: number) => again.subarray(k * PROFILES * genes, (k + 1) * PROFILES * genes);
      return {
        losses: rows.map((row, k) => meanSquare(row, (i) => part(k)[i])),
        spreads: rows.map((row) => meanSquare(row, (i) => centre[i % genes])),
      };
    });
    const [first, second] = await Promise.all(directions);
    const truth = system.geneFunctions.get('mixing')!.values as Float64Array;
    // the conditional decoder has columns of the descriptor after those of the latents
    const weight = (await representation.weight('output.weight')) as Float32Array;
    const width = weight.length / genes;
    const found = Array.from({ length: 2 * genes }, (_, i) => weight[Math.floor(i / 2) * width + (i % 2)]);
    return {
      losses: [first.losses, second.losses],
      spreads: [first.spreads, second.spreads],
      truth: Array.from(truth),
      found,
    };
  } finally {
    await representation.dispose();
  }
}

/** (nGenes, 2) of a result. */
export const mixingMatrix = (values: readonly number[]) =>
  dense(values.length / 2, 2, Float64Array.from(values));

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function meanRow(X: Float32Array, genes: number): Float64Array {
  const centre = new Float64Array(genes);
  X.forEach((value, i) => {
    centre[i % genes] += (value * genes) / X.length;
  });
  return centre;
}

function meanSquare(values: Float32Array, expected: (i: number) => number): number {
  let sum = 0;
  values.forEach((value, i) => {
    sum += (value - expected(i)) ** 2;
  });
  return sum / values.length;
}
