/**
 * What predictions of environments have to beat, and from where shifts are measured: mean profiles of environments, of
 * controls, of contexts, and of the nearest compound. Everything is learned from the environments that train.
 */
import { isFingerprintColumn, type Matrix, readRow } from '../data/index.js';
import type { EnvironmentProfiles } from '../represent/index.js';
import type { DescribedEnvironment } from './represent-environments-names.js';

export interface EnvironmentMeans {
  readonly nGenes: number;
  /** Mean profile of every environment (nEnvironments, nGenes). */
  readonly means: Float64Array;
  /** Mean over its profiles and genes of the squared distance from it (nEnvironments). */
  readonly spread: Float64Array;
}

export interface Baseline {
  readonly name: string;
  /** Predicted mean profile of an environment (nGenes). */
  predict(environment: number): Float64Array;
}

/** Of the mean profile of all that trains. */
export const MEAN_PROFILE = 'mean-profile';

export function environmentMeans(X: Matrix, labels: Int32Array, count: number): EnvironmentMeans {
  const nGenes = X.nCols;
  const means = new Float64Array(count * nGenes);
  const profiles = new Int32Array(count);
  const row = new Float64Array(nGenes);
  labels.forEach((e, i) => {
    profiles[e]++;
    readRow(X, i, row);
    for (let g = 0; g < nGenes; g++) means[e * nGenes + g] += row[g];
  });
  for (let k = 0; k < means.length; k++) means[k] /= profiles[Math.floor(k / nGenes)];
  const spread = new Float64Array(count);
  labels.forEach((e, i) => {
    readRow(X, i, row);
    for (let g = 0; g < nGenes; g++)
      spread[e] += (row[g] - means[e * nGenes + g]) ** 2 / (nGenes * profiles[e]);
  });
  return { nGenes, means, spread };
}

export const meanOfEnvironment = ({ means, nGenes }: EnvironmentMeans, e: number): Float64Array =>
  means.subarray(e * nGenes, (e + 1) * nGenes);

/** Mean profile of the untreated environments of the context of each environment; `null` where there is none. */
export function controlProfiles(
  environments: readonly DescribedEnvironment[],
  means: EnvironmentMeans,
): (Float64Array | null)[] {
  const contexts = new Map<string | null, Float64Array | null>();
  return environments.map(({ context }) => {
    const known = contexts.get(context);
    if (known !== undefined) return known;
    const control = meanOver(environments, means, (one) => !one.treated && one.context === context);
    contexts.set(context, control);
    return control;
  });
}

/** Baselines choose no epoch: they learn from all that is not held out. */
const isKnown = (part: DescribedEnvironment['part']): boolean => part === 'train' || part === 'validation';

/** `mean-profile`, `mean-of-context` where there are several, `nearest-fingerprint` where there are any. */
export function baselinesOf(
  environments: readonly DescribedEnvironment[],
  profiles: EnvironmentProfiles,
  fingerprints: ReadonlyMap<string, readonly number[]> | null,
  means: EnvironmentMeans,
): Baseline[] {
  const trains = ({ part }: DescribedEnvironment) => isKnown(part);
  const overall = meanOver(environments, means, trains)!;
  const contexts = new Set(environments.map(({ context }) => context));
  const ofContext = new Map(
    Array.from(contexts, (context) => [
      context,
      meanOver(environments, means, (one) => trains(one) && one.context === context) ?? overall,
    ]),
  );
  const baselines: Baseline[] = [{ name: MEAN_PROFILE, predict: () => overall }];
  const contextMean = (e: number) => ofContext.get(environments[e].context)!;
  if (contexts.size > 1) baselines.push({ name: 'mean-of-context', predict: contextMean });
  if (fingerprints) {
    const nearest = nearestCompound(environments, profiles, fingerprints, means);
    baselines.push({ name: 'nearest-fingerprint', predict: (e) => nearest(e) ?? contextMean(e) });
  }
  return baselines;
}

/**
 * The trained environment whose compound is most alike (Tanimoto), in the same context where there is one, then at the
 * nearest of all else that is described (dose, time, …); equals are averaged. From another context, its shift from the
 * control there is added to the control here. `null` without fingerprint.
 */
function nearestCompound(
  environments: readonly DescribedEnvironment[],
  { descriptors, columns }: EnvironmentProfiles,
  fingerprints: ReadonlyMap<string, readonly number[]>,
  means: EnvironmentMeans,
) {
  const controls = controlProfiles(environments, means);
  const others = [...columns.keys()].filter((k) => !isFingerprintColumn(columns[k]));
  const distance = (a: number, b: number) =>
    others.reduce(
      (sum, k) => sum + (descriptors[a * columns.length + k] - descriptors[b * columns.length + k]) ** 2,
      0,
    );
  const candidates = [...environments.keys()].filter((e) => {
    const { part, treated, action } = environments[e];
    return isKnown(part) && treated && fingerprints.has(action);
  });
  return (e: number): Float64Array | null => {
    const own = fingerprints.get(environments[e].action);
    if (!own || candidates.length === 0) return null;
    const { context } = environments[e];
    const ranked = leastOf(candidates, (one) => -tanimoto(own, fingerprints.get(environments[one].action)!));
    const here = leastOf(ranked, (one) => (environments[one].context === context ? 0 : 1));
    const nearest = leastOf(here, (one) => distance(e, one));
    const out = new Float64Array(means.nGenes);
    for (const one of nearest) {
      const profile = meanOfEnvironment(means, one);
      const [to, from] = [controls[e], controls[one]];
      profile.forEach((value, g) => {
        const moved = to && from ? to[g] - from[g] : 0;
        out[g] += (value + moved) / nearest.length;
      });
    }
    return out;
  };
}

/** Those at which `of` is least. */
function leastOf(all: readonly number[], of: (one: number) => number): number[] {
  const values = all.map(of);
  const least = Math.min(...values);
  return all.filter((_, i) => values[i] === least);
}

/** Bits in common, of all that are set in one or the other; ascending numbers. */
export function tanimoto(a: readonly number[], b: readonly number[]): number {
  const own = new Set(a);
  const common = b.filter((bit) => own.has(bit)).length;
  const all = a.length + b.length - common;
  return all === 0 ? 1 : common / all;
}

/** Mean over the profiles of some environments; `null` of none. */
function meanOver(
  environments: readonly DescribedEnvironment[],
  means: EnvironmentMeans,
  counts: (one: DescribedEnvironment) => boolean,
): Float64Array | null {
  const chosen = [...environments.keys()].filter((e) => counts(environments[e]));
  const total = chosen.reduce((sum, e) => sum + environments[e].profiles, 0);
  if (total === 0) return null;
  const out = new Float64Array(means.nGenes);
  for (const e of chosen) {
    const weight = environments[e].profiles / total;
    meanOfEnvironment(means, e).forEach((value, g) => {
      out[g] += weight * value;
    });
  }
  return out;
}
