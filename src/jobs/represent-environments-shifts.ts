/** How far each environment moves each latent: as the model says from its descriptor, and as its profiles have it. */
import { median } from '../stats/index.js';
import type { DescribedEnvironment } from './represent-environments-names.js';

export interface ShiftRow {
  readonly environment: string;
  /** From 0: the column of `X_mechanist`. */
  readonly latent: number;
  /** What the network of shifts says of the descriptor; NaN for models without. */
  readonly shift: number;
  /** Mean latent of the profiles less that of the control of the same context; NaN without these. */
  readonly measured: number;
  /** Of ap-ae alone: how much of the latent goes back to the reference, 0 to 1, all latents adding to 1. */
  readonly attention?: number;
}

export interface ShiftsFound {
  readonly latent: number;
  /** (nEnvironments, latent): shifts, or of ap-ae attention; `null` for models without. */
  readonly found: Float32Array | null;
  readonly isAttention: boolean;
  /** Of the profiles (nProfiles, latent), and the environment of each. */
  readonly latents: Float32Array;
  readonly labels: Int32Array;
}

/** Every pair of environment and latent. */
export function shiftRows(
  environments: readonly DescribedEnvironment[],
  { latent, found, isAttention, latents, labels }: ShiftsFound,
): ShiftRow[] {
  const means = new Float64Array(environments.length * latent);
  labels.forEach((e, i) => {
    for (let k = 0; k < latent; k++)
      means[e * latent + k] += latents[i * latent + k] / environments[e].profiles;
  });
  const origins = originsOf(environments, means, latent);
  return environments.flatMap(({ name, context, profiles }, e) => {
    const origin = profiles > 0 ? origins.get(context) : undefined;
    return Array.from({ length: latent }, (_, k) => {
      const value = found ? found[e * latent + k] : Number.NaN;
      return {
        environment: name,
        latent: k,
        shift: isAttention ? Number.NaN : value,
        measured: origin ? means[e * latent + k] - origin[k] : Number.NaN,
        ...(isAttention ? { attention: value } : {}),
      };
    });
  });
}

/** Mean latents of the untreated profiles of each context that has some. */
function originsOf(environments: readonly DescribedEnvironment[], means: Float64Array, latent: number) {
  const origins = new Map<string | null, Float64Array>();
  for (const context of new Set(environments.map((one) => one.context))) {
    const controls = [...environments.keys()].filter((e) => {
      const one = environments[e];
      return !one.treated && one.context === context && one.profiles > 0;
    });
    const total = controls.reduce((sum, e) => sum + environments[e].profiles, 0);
    if (total === 0) continue;
    const origin = new Float64Array(latent);
    for (const e of controls)
      for (let k = 0; k < latent; k++)
        origin[k] += (means[e * latent + k] * environments[e].profiles) / total;
    origins.set(context, origin);
  }
  return origins;
}

/** How sparse the shifts of treated environments are: (Σ s²)² / Σ s⁴ is 1 of one latent, n of n equal ones. */
export function sparsitySentence(
  environments: readonly DescribedEnvironment[],
  { latent, found, isAttention }: Pick<ShiftsFound, 'latent' | 'found' | 'isAttention'>,
): string[] {
  if (!found) return [];
  const numbers = environments.flatMap(({ treated }, e) => {
    const own = found.subarray(e * latent, (e + 1) * latent);
    const [squares, fourths] = [2, 4].map((power) => own.reduce((sum, s) => sum + s ** power, 0));
    return treated && fourths > 0 ? [squares ** 2 / fourths] : [];
  });
  if (numbers.length === 0) return [];
  const what = isAttention ? 'attention goes to' : 'an environment shifts';
  return [
    `${what} ${median(numbers).toFixed(1)} of ${latent} latents (effective number, median over treated environments)`,
  ];
}
