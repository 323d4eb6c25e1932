/** Special functions, likelihoods, divergences and relaxations, as graphs. */
export { importanceWeightedBound } from './bounds.js';
export {
  type Gaussian,
  klBernoullis,
  klBernoullisOfLogits,
  klFromStandardNormal,
  klGaussians,
} from './divergences.js';
export { digamma, lgamma, logBeta } from './gamma.js';
export {
  binaryCrossEntropyWithLogits,
  crossEntropyWithLogits,
  gaussianLogLikelihood,
  poissonLogLikelihood,
} from './likelihoods.js';
export { logFactorial } from './log-factorial.js';
export {
  negativeBinomialLogLikelihood,
  zeroInflatedNegativeBinomialLogLikelihood,
} from './negative-binomial.js';
export { negativeBinomialOfLogits } from './negative-binomial-of-logits.js';
export { gumbelSigmoid, gumbelSoftmax, type RelaxationOptions } from './relaxations.js';
