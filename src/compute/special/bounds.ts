/** Bounds of a marginal likelihood from samples of an approximate posterior. */
import { graphError, logSumExp, sub, type Tensor } from '../graph/index.js';

/**
 * log of the mean over samples of exp(logWeights), (nCells): logWeights (nSamples, nCells) = log p(x, z) − log q(z | x)
 * at samples z of q. In expectation between the ELBO, which one sample gives, and log p(x) (Burda et al. 2016). Its
 * derivative weights the samples by their normalised weights. Throws GraphError on another rank, or no samples.
 */
export function importanceWeightedBound(logWeights: Tensor): Tensor {
  const [nSamples] = logWeights.shape;
  if (logWeights.rank !== 2 || nSamples === 0) {
    throw graphError('importanceWeightedBound', `of ${logWeights}; (nSamples, nCells) is needed`);
  }
  return sub(logSumExp(logWeights, 0), Math.log(nSamples));
}
