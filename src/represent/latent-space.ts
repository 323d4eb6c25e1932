/**
 * A latent space: profiles in, latents out, and back. What methods do arithmetic in; where it comes from (principal
 * components, an autoencoder, a variational one) they need not know.
 */
import { gemm } from '../linalg/index.js';
import { pca } from '../stats/index.js';

export interface LatentSpace {
  readonly nGenes: number;
  /** Of a latent. */
  readonly width: number;
  /** Profiles (nRows, nGenes), on the scale of the data, to latents (nRows, width). */
  encode(profiles: Float64Array, nRows: number): Float64Array;
  /** Latents (nRows, width) to profiles (nRows, nGenes). */
  decode(latents: Float64Array, nRows: number): Float64Array;
  /** How it was made and how well it fits, for people. */
  readonly notes: readonly string[];
}

/** The first `nComponents` principal components of `rows` (nRows, nGenes), at most as many as there are. */
export function pcaSpace(
  rows: Float64Array,
  nRows: number,
  nGenes: number,
  nComponents: number,
): LatentSpace {
  const {
    nComponents: width,
    components,
    means,
    explainedVarianceRatio,
  } = pca(rows, nRows, nGenes, nComponents);
  const share = explainedVarianceRatio.reduce((sum, ratio) => sum + ratio, 0);
  return {
    nGenes,
    width,
    encode: (profiles, n) => {
      const centred = profiles.map((value, i) => value - means[i % nGenes]);
      return gemm({ m: n, n: width, k: nGenes, a: centred, b: components, transposeB: true });
    },
    decode: (latents, n) =>
      gemm({ m: n, n: nGenes, k: width, a: latents, b: components }).map(
        (value, i) => value + means[i % nGenes],
      ),
    notes: [
      `${width} principal components of ${nRows} profiles, ${(100 * share).toFixed(1)} % of their variance`,
    ],
  };
}
