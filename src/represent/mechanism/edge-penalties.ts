/** What the edges between perturbations and latents cost: q = σ(logits) the probability of each (perturbations, latent). */
import {
  add,
  klBernoullis,
  log1p,
  mean,
  mul,
  sigmoid,
  sub,
  sum,
  type Tensor,
  zeros,
} from '../../compute/index.js';

/** Keeps log(1 − q) finite. */
const ALMOST_ONE = 1 - 1e-6;

/** sVAE (Lachapelle et al. 2022): λ times the mean of q; 0 of no perturbations. */
export const meanPenalty = (logits: Tensor, lambda: number): Tensor =>
  logits.size === 0 ? zeros([], logits.dtype) : mul(mean(sigmoid(logits)), lambda);

/**
 * −Σ log Beta(q; 1, λ), what the authors' program of svae+ adds: π is set to the mean of q and the divergence between
 * masks is left out (which is 0 then). Derivatives pass through q.
 */
export const publishedPenalty = (logits: Tensor, lambda: number): Tensor =>
  minusLogBeta(sigmoid(logits), lambda);

/**
 * Σ KL(q ‖ Bernoulli(ψ)) − log Beta(ψ; 1, λ), the paper's equation (12), at its best ψ. For given q that is q/λ:
 * the derivative q/ψ − (1 − q)/(1 − ψ) − (λ − 1)/(1 − ψ) is 0 there. So ψ needs no parameters.
 */
export function boundPenalty(logits: Tensor, lambda: number): Tensor {
  const q = sigmoid(logits);
  const best = mul(q, 1 / lambda);
  return add(sum(klBernoullis(q, best)), minusLogBeta(best, lambda));
}

const minusLogBeta = (p: Tensor, lambda: number): Tensor =>
  sub(mul(sum(log1p(mul(p, -ALMOST_ONE))), 1 - lambda), p.size * Math.log(lambda));
