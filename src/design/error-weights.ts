/** What an error in a gene direction of a model counts on the scale of the data. */
import type { LearnedModel } from '../impute/matrix-normal/index.js';

/**
 * Mean over genes of (dy/dz · a_jg)², `(r)`: the squared error that a unit in direction j makes in the profile, the scale
 * of the model taken as straight around the mean profile (delta method).
 */
export function errorWeights({ geneAxes, scale }: LearnedModel): Float64Array {
  const { mean, axes } = geneAxes;
  const nGenes = mean.length;
  const slopes = mean.map((value) => scale.slope(value) ** 2 / nGenes);
  const weights = new Float64Array(axes.length / Math.max(nGenes, 1));
  for (let at = 0; at < axes.length; at++) {
    weights[Math.floor(at / nGenes)] += slopes[at % nGenes] * axes[at] ** 2;
  }
  return weights;
}
