/**
 * `EnvironmentSystem`: what stays the same in every environment (graph, weights, functions), and profiles of any
 * environment, also of those that no simulation drew.
 *
 * Latent SCM of the draft, section 4.1: C_j = Σ w_ij C_i + offset_j + noise_j over parents i, genes a function of C.
 */
import type { NdArray } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { wholeNumber } from '../settings.js';
import { GeneFunctions } from './genes.js';
import { drawGraph, type LatentParents } from './graph.js';
import { checkOffsets, type SystemOptions, type SystemSettings, systemSettings } from './options.js';

/** Profiles of one environment, row-major. */
export interface EnvironmentProfiles {
  /** `(nProfiles, nGenes)`. */
  readonly X: Float32Array;
  /** `(nProfiles, nLatents)`. */
  readonly latents: Float32Array;
  /** `(nProfiles, nLatents)`: the noise of latents; that of one set by a hard intervention was drawn and not used. */
  readonly noise: Float32Array;
}

export class EnvironmentSystem {
  /** Standard deviation of each latent's noise `(nLatents)`. */
  readonly latentNoise: Float64Array;
  private readonly parentsOf: readonly LatentParents[];
  private readonly functions: GeneFunctions;

  constructor(readonly settings: SystemSettings) {
    const random = Random.fromSeed(settings.seed).split('environments', 'system');
    this.parentsOf = drawGraph(settings, random.split('graph'));
    this.functions = new GeneFunctions(settings, random.split('genes'));
    this.latentNoise = Float64Array.from(this.parentsOf, ({ parents }) => {
      return parents.length > 0 ? settings.childNoise : settings.latentNoise;
    });
  }

  /** Weights of the latents' graph `(nLatents, nLatents)`: of the edge from row to column, 0 where there is none. */
  get graph(): Float64Array {
    const { latents } = this.settings;
    const weights = new Float64Array(latents * latents);
    this.parentsOf.forEach(({ parents, weights: ofParents }, child) => {
      parents.forEach((parent, i) => {
        weights[parent * latents + child] = ofParents[i];
      });
    });
    return weights;
  }

  /** The functions from latents to genes: `mixing`, or `inner` and `outer` of networks; see `GeneFunctions.arrays`. */
  get geneFunctions(): ReadonlyMap<string, NdArray> {
    return new Map(this.functions.arrays());
  }

  /**
   * `count` profiles in the environment of these offsets `(nLatents)`: added to a latent (soft), or its value (hard,
   * where 0 leaves the latent alone). For one `random`, fewer profiles are the first of more, and the noise is the same
   * whatever the offsets. Throws OptionError.
   */
  profiles(offsets: ArrayLike<number>, count: number, random: Random): EnvironmentProfiles {
    const { genes, latents } = this.settings;
    wholeNumber('profiles', count, 0, Math.floor(2 ** 31 / Math.max(genes, latents)));
    const out = {
      X: new Float32Array(count * genes),
      latents: new Float32Array(count * latents),
      noise: new Float32Array(count * latents),
    };
    this.fill(offsets, random, out);
    return out;
  }

  /** `profiles` into arrays that are there already, as many as they hold. */
  fill(offsets: ArrayLike<number>, random: Random, out: EnvironmentProfiles): void {
    const { genes, latents: nLatents, noise: geneNoise } = this.settings;
    checkOffsets(offsets, nLatents);
    const ofLatents = random.split('latents');
    for (let row = 0; row < out.X.length / genes; row++) {
      const latents = out.latents.subarray(row * nLatents, (row + 1) * nLatents);
      const noise = out.noise.subarray(row * nLatents, (row + 1) * nLatents);
      for (let j = 0; j < nLatents; j++) noise[j] = this.latentNoise[j] * ofLatents.normal();
      this.propagate(offsets, noise, latents);
      const X = out.X.subarray(row * genes, (row + 1) * genes);
      this.functions.fill(latents, X);
      if (geneNoise === 0) continue;
      const ofGenes = random.split('genes', row);
      for (let g = 0; g < genes; g++) X[g] += geneNoise * ofGenes.normal();
    }
  }

  private propagate(offsets: ArrayLike<number>, noise: Float32Array, latents: Float32Array): void {
    const hard = this.settings.intervention === 'hard';
    this.parentsOf.forEach(({ parents, weights }, j) => {
      let value = offsets[j];
      if (!hard || value === 0) {
        value += noise[j];
        for (let i = 0; i < parents.length; i++) value += weights[i] * latents[parents[i]];
      }
      latents[j] = value;
    });
  }
}

/** The system of these options; `simulateEnvironments` with the same ones has the same. Throws OptionError. */
export const environmentSystem = (options: SystemOptions = {}): EnvironmentSystem =>
  new EnvironmentSystem(systemSettings(options));
