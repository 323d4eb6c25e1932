/** An adversary in one graph: it learns to tell, and what it sees learns that it cannot (Ganin et al. 2016). */
import {
  customGradient,
  linear,
  logSoftmax,
  mean,
  mlp,
  mul,
  neg,
  oneHot,
  type Scope,
  softplus,
  sub,
  sum,
  type Tensor,
} from '../../compute/index.js';

/** x, whose derivatives go back with the other sign. */
export const reversed = (x: Tensor): Tensor => customGradient(x, [x], (g) => [neg(g)]);

/** What an adversary says of latents: `count` logits each. */
export function judged(scope: Scope, z: Tensor, widths: readonly number[], count: number): Tensor {
  const adversary = scope.at('adversary');
  return linear(adversary.at('output'), mlp(adversary, z, { widths, finish: true }), count);
}

/** Mean of −log p of the right one of `count` classes (n). */
export const crossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  neg(mean(sum(mul(oneHot(labels, logits.shape[1]), logSoftmax(logits)), 1)));

/** Mean of −log p of a coin with these logits, all of them `heads` or none. */
export const coinEntropy = (logits: Tensor, heads: boolean): Tensor =>
  mean(heads ? sub(softplus(logits), logits) : softplus(logits));
