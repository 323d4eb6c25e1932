/** Kullback–Leibler divergences KL(q ‖ p) in closed form, element by element, in nats; with derivatives by all. */
import { add, div, log, mul, sigmoid, softplus, square, sub, type Tensor } from '../graph/index.js';
import { flooredLog } from './floor.js';

export interface Gaussian {
  readonly mean: Tensor;
  /** > 0. */
  readonly variance: Tensor;
}

/** KL of independent Gaussians, ½ (v/w − 1 − log(v/w) + (m − n)²/w); exactly 0 where they are equal. All broadcast. */
export function klGaussians(q: Gaussian, p: Gaussian): Tensor {
  const ratio = div(q.variance, p.variance);
  return halfDivergence(ratio, div(square(sub(q.mean, p.mean)), p.variance));
}

/** KL(q ‖ N(0, 1)), element by element. */
export const klFromStandardNormal = (q: Gaussian): Tensor => halfDivergence(q.variance, square(q.mean));

const halfDivergence = (varianceRatio: Tensor, squaredDistance: Tensor): Tensor =>
  mul(add(sub(sub(varianceRatio, 1), log(varianceRatio)), squaredDistance), 0.5);

/**
 * KL of Bernoullis with probabilities q and p, which broadcast: q log(q/p) + (1 − q) log((1 − q)/(1 − p)), 0 log 0 = 0.
 * Probabilities below the smallest normal number count as that: where p excludes what q allows, the result is
 * large (87 q in float32), not infinite, with a derivative of 0 by that p.
 */
export function klBernoullis(q: Tensor, p: Tensor): Tensor {
  const [notQ, notP] = [sub(1, q), sub(1, p)];
  return add(mul(q, sub(flooredLog(q), flooredLog(p))), mul(notQ, sub(flooredLog(notQ), flooredLog(notP))));
}

/** KL of Bernoullis with these logits, which broadcast: σ(a)(a − b) + softplus(b) − softplus(a); for extreme ones too. */
export function klBernoullisOfLogits(q: Tensor, p: Tensor): Tensor {
  return add(mul(sigmoid(q), sub(q, p)), sub(softplus(p), softplus(q)));
}
