/** Log-likelihoods and losses, element by element. No derivative passes to observed values. */
import {
  add,
  div,
  gatherElements,
  graphError,
  log,
  logSoftmax,
  maximum,
  mul,
  neg,
  type Operand,
  reshape,
  sameShape,
  softplus,
  square,
  stopGradient,
  sub,
  type Tensor,
} from '../graph/index.js';
import { flooredLog, smallestNormal } from './floor.js';
import { lgamma } from './gamma.js';

/**
 * log Poisson(x | rate) = x log rate − rate − log Γ(x + 1) for counts x ≥ 0 (whole or not), rate ≥ 0, which broadcast.
 * A rate below the smallest normal number counts as that, with a derivative of 0. `logFactorials` (log Γ(x + 1)) saves computing them.
 */
export function poissonLogLikelihood(
  counts: Tensor,
  rate: Tensor,
  logFactorials: Tensor = lgamma(add(counts, 1)),
): Tensor {
  const x = stopGradient(counts);
  const positive = maximum(rate, smallestNormal(rate));
  return sub(sub(mul(x, flooredLog(rate)), positive), stopGradient(logFactorials));
}

/** log N(x | mean, variance), variance > 0; all broadcast. Derivatives by `x` too, as reparametrised samples need. */
export function gaussianLogLikelihood(x: Tensor, mean: Operand, variance: Tensor): Tensor {
  const scaled = div(square(sub(x, mean)), variance);
  return mul(add(add(scaled, log(variance)), Math.log(2 * Math.PI)), -0.5);
}

/**
 * −t log σ(logit) − (1 − t) log(1 − σ(logit)) for targets t from 0 to 1, as softplus(logit) − t · logit, which neither
 * overflows nor loses small losses.
 */
export function binaryCrossEntropyWithLogits(logits: Tensor, targets: Tensor): Tensor {
  return sub(softplus(logits), mul(stopGradient(targets), logits));
}

/**
 * −log softmax(logits) at the class of each row, (n): logits (n, nClasses), classes (n), int32 or int64. Throws
 * GraphError on other shapes; classes outside fail when the graph runs.
 */
export function crossEntropyWithLogits(logits: Tensor, classes: Tensor): Tensor {
  const [n] = logits.shape;
  if (logits.rank !== 2 || !sameShape(classes.shape, [n])) {
    throw graphError('crossEntropyWithLogits', `logits ${logits} and classes ${classes}`);
  }
  const picked = gatherElements(logSoftmax(logits), reshape(classes, [n, 1]), 1);
  return neg(reshape(picked, [n]));
}
