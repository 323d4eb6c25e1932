/**
 * The likelihood of a decoder of counts: a softmax over genes, times the library, in a negative binomial. Most of the
 * time of a training step of such a model is spent here, so value and derivatives share all they can, and the
 * derivatives are written by hand.
 */
import {
  add,
  clip,
  customGradient,
  div,
  exp,
  graphError,
  log,
  matmul,
  max,
  maximum,
  mul,
  neg,
  reshape,
  sameShape,
  softmax,
  sub,
  sum,
  type Tensor,
} from '../graph/index.js';
import { smallestNormal } from './floor.js';
import { lgamma } from './gamma.js';
import { negativeBinomialTerms } from './negative-binomial.js';

/** θ outside is taken as the end of this interval of log θ: beyond it the likelihood no longer changes in float32. */
const LOG_THETA = [-30, 20] as const;

/**
 * Σ over genes of log NB(counts | mean library · softmax(logits), inverse dispersion exp(logTheta)), (nCells): a
 * softmax over the genes of each cell. Derivatives by `logits`, `library` and `logTheta`; none by the counts. Nothing is
 * added to means or θ (see `negativeBinomialLogLikelihood`): log μ comes from the logits, so it is exact for means
 * that underflow. Throws GraphError on shapes that do not fit.
 *
 * @param counts (nCells, nGenes), ≥ 0
 * @param logits (nCells, nGenes)
 * @param library expected total of each cell, (nCells) or (nCells, 1), > 0
 * @param logTheta (nGenes)
 * @param logFactorials Σ over genes of log Γ(x + 1), (nCells), which training need not compute anew at every step;
 *   computed from the counts by default
 */
export function negativeBinomialOfLogits(
  counts: Tensor,
  logits: Tensor,
  library: Tensor,
  logTheta: Tensor,
  logFactorials?: Tensor,
): Tensor {
  const [nCells, nGenes] = counts.shape;
  const fits =
    counts.rank === 2 &&
    sameShape(counts.shape, logits.shape) &&
    library.size === nCells &&
    sameShape(logTheta.shape, [nGenes]) &&
    (logFactorials === undefined || sameShape(logFactorials.shape, [nCells]));
  if (!fits) {
    const found = [counts, logits, library, logTheta, ...(logFactorials ? [logFactorials] : [])].join(', ');
    throw graphError(
      'negativeBinomialOfLogits',
      `(nCells, nGenes) twice, (nCells) and (nGenes); found ${found}`,
    );
  }
  const column = [nCells, 1];
  const total = maximum(reshape(library, column), smallestNormal(library));
  const share = softmax(logits);
  const theta = exp(clip(logTheta, ...LOG_THETA));
  const { kernel, perTheta, excess, slope, slopePerTheta } = negativeBinomialTerms(
    counts,
    mul(share, total),
    theta,
  );

  // log μ = logit + offset, where the largest share, which never underflows, tells what the softmax divided by
  const last = { keepDims: true };
  const offset = add(sub(log(max(share, 1, last)), max(logits, 1, last)), log(total));
  const perCell = mul(sum(counts, 1, last), sub(offset, 1));
  const elements = sum(add(kernel, mul(counts, logits)), 1, last);
  const factorials = reshape(logFactorials ?? sum(lgamma(add(counts, 1)), 1), column);
  const value = reshape(sub(sub(add(elements, perCell), sum(perTheta)), factorials), [nCells]);

  return customGradient(value, [logits, library, logTheta], (g) => {
    const weight = reshape(g, column);
    // −Σ over genes of the derivative by log μ, which is −θ · excess
    const surplus = matmul(excess, reshape(theta, [nGenes, 1]));
    const byLogits = sub(mul(share, mul(surplus, weight)), mul(mul(excess, theta), weight));
    const byTheta = sub(
      reshape(matmul(reshape(g, [1, nCells]), slope), [nGenes]),
      mul(slopePerTheta, sum(g)),
    );
    return [byLogits, reshape(neg(div(mul(surplus, weight), total)), library.shape), mul(byTheta, theta)];
  });
}
