/**
 * What a model of environments is: how latents come from a profile, what they are a priori in an environment, and how a
 * profile comes back from them. Everything else (noise, divergence, temperature, invariance, training) is shared. A new
 * model is one file with one of these, named in `models.ts`.
 */
import type { Gaussian, Scope, Tensor } from '../../compute/index.js';
import type { EnvironmentSettings } from './settings.js';

/** What a network is built for. */
export interface Place {
  readonly scope: Scope;
  readonly settings: EnvironmentSettings;
  readonly sizes: EnvironmentSizes;
  /** T of the softmax that makes shifts sparse, (). */
  readonly temperature: Tensor;
}

export interface EnvironmentSizes {
  readonly genes: number;
  /** Columns of the descriptors. */
  readonly descriptors: number;
  /** Classes that an adversary tells apart: all environments; those that do not train stay empty. */
  readonly environments: number;
}

/** Of a batch: what an adversary or another penalty may look at. */
export interface Sample {
  /** (nProfiles, latent). */
  readonly z: Tensor;
  /** (nProfiles, nDescriptors). */
  readonly environment: Tensor;
  /** Number of the environment of each profile, int64 (nProfiles). */
  readonly label: Tensor;
}

export interface EnvironmentModel {
  readonly name: string;
  /** One line for a list. */
  readonly summary: string;
  /** What differs from ENVIRONMENT_SETTINGS. */
  readonly defaults: Partial<EnvironmentSettings>;
  /** q(z | x, e), (nProfiles, latent); without variance the latents are a function of x. */
  encode(at: Place, x: Tensor, environment: Tensor): { readonly mean: Tensor; readonly variance?: Tensor };
  /** p(z | e), (nProfiles, latent); `null` for N(centre, 1). */
  prior(at: Place, environment: Tensor): Gaussian | null;
  /** Where latents are on average (latent), of a model that does not hold them near 0. Default 0. */
  centre?(at: Place): Tensor;
  /** Mean profile of latents in an environment (nProfiles, nGenes). */
  decode(at: Place, z: Tensor, environment: Tensor): Tensor;
  /** Mean shift of the latents in an environment (nProfiles, latent), as found; `null` where a model has none. */
  shift(at: Place, environment: Tensor): Tensor | null;
  /** Effects of latents on one another, (latent, latent) each, of cause in columns on effect in rows; for models that have them. */
  causes?(at: Place): { readonly straight: Tensor; readonly bent: Tensor };
  /** What is lowered beside the bound while training, in nats a profile (). */
  penalty?(at: Place, sample: Sample): Tensor;
}
