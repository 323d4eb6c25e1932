/**
 * The constraint that makes a weighted graph acyclic (Zheng et al. 2018): h(W) = tr exp(W) − d, which is 0 exactly when
 * no weights above 0 form a cycle.
 */
import {
  add,
  customGradient,
  identityMatrix,
  matmul,
  mul,
  sub,
  sum,
  type Tensor,
  transpose,
} from '../../compute/index.js';

/** Terms of the series: 0.5¹³ / 13! is below the rounding of float64. */
const TERMS = 12;

/** h(W) `()` of weights (d, d) between 0 and 1 with nothing on the diagonal. Its derivative is exp(W)ᵀ. */
export function cycles(weights: Tensor): Tensor {
  const [d] = weights.shape;
  const identity = identityMatrix(d, weights.dtype);
  const exponential = exponentialOf(weights, identity);
  const h = sub(sum(mul(exponential, identity)), d);
  return customGradient(h, [weights], (g) => [mul(g, transpose(exponential))]);
}

/** exp(W) by its series at W / 2ˢ, whose norm is at most a half, squared s times. */
function exponentialOf(weights: Tensor, identity: Tensor): Tensor {
  const squarings = Math.ceil(Math.log2(identity.shape[0])) + 1;
  const scaled = mul(weights, 2 ** -squarings);
  let result = identity;
  for (let k = TERMS; k >= 1; k--) result = add(mul(matmul(scaled, result), 1 / k), identity);
  for (let s = 0; s < squarings; s++) result = matmul(result, result);
  return result;
}

/** h of the graph with every edge, by which the constraint is divided; the eigenvalues of its weights are d − 1 and −1. */
export const cyclesOfFullGraph = (d: number): number => Math.exp(d - 1) + (d - 1) * Math.exp(-1) - d;

/**
 * The edges (d, d) row by row with logits above 0, taken from the likeliest on, each unless it closes a cycle.
 */
export function acyclicEdges(logits: ArrayLike<number>, d: number): Uint8Array {
  const edges = new Uint8Array(d * d);
  // reach[i * d + j]: is there a path i → … → j
  const reach = Uint8Array.from({ length: d * d }, (_, at) => (at % (d + 1) === 0 ? 1 : 0));
  const order = Array.from({ length: d * d }, (_, at) => at)
    .filter((at) => at % (d + 1) !== 0 && logits[at] > 0)
    .sort((a, b) => logits[b] - logits[a] || a - b);
  for (const at of order) {
    const [from, to] = [Math.floor(at / d), at % d];
    if (reach[to * d + from]) continue;
    edges[at] = 1;
    for (let i = 0; i < d; i++) {
      if (!reach[i * d + from]) continue;
      for (let j = 0; j < d; j++) reach[i * d + j] |= reach[to * d + j];
    }
  }
  return edges;
}
