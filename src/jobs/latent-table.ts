/** Rows of a file with the latents that a model finds in them. */
import { categorical, dense, PerturbationData, Table, type UnsValue } from '../data/index.js';

export interface LatentFacts {
  /** What each row did: 'train', 'validation', … (nObs). */
  readonly split: readonly string[];
  /** Goes into `uns['mechanist']`. */
  readonly known: Readonly<Record<string, string | number>>;
}

/** `obs` of `data` and `mechanist_split`; `obsm` with means and variances (nObs, latent); `X` are the means, for programs that want one. */
export function latentTable(
  { nObs, obs }: PerturbationData,
  { mean, variance }: { readonly mean: Float32Array; readonly variance: Float32Array },
  { split, known }: LatentFacts,
): PerturbationData {
  const latent = mean.length / nObs;
  const table = (values: Float32Array) => dense(nObs, latent, values);
  return new PerturbationData({
    X: table(mean),
    obs: obs.with('mechanist_split', categorical(split)),
    var: new Table(Array.from({ length: latent }, (_, i) => `latent_${i}`)),
    obsm: [
      ['X_mechanist', table(mean)],
      ['X_mechanist_variance', table(variance)],
    ],
    uns: [['mechanist', new Map<string, UnsValue>(Object.entries(known))]],
  });
}
