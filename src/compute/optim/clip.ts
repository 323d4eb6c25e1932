/** Clipping of gradients: each value, or the length of all of them together (Pascanu et al. 2013). */
import { add, clip, div, graphError, minimum, mul, sqrt, Tensor } from '../graph/index.js';

export interface Clipped {
  readonly gradients: readonly Tensor[];
  /** Length of all gradients as one vector, before clipping `()`. */
  readonly norm: Tensor;
}

/** √Σ g² over all elements of all `gradients`, a scalar `()`. Throws GraphError on an empty list. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  if (gradients.length === 0) throw graphError('globalNorm', 'of nothing');
  return sqrt(gradients.map(sumOfSquares).reduce((total, part) => add(total, part)));
}

/** Shortens all gradients by one factor where they are longer than `limit` together (PyTorch's clip_grad_norm_). */
export function clipByNorm(gradients: readonly Tensor[], limit: number): Clipped {
  const norm = globalNorm(gradients);
  const factor = minimum(div(limit, add(norm, 1e-6)), 1);
  return { gradients: gradients.map((gradient) => mul(gradient, factor)), norm };
}

/** Every element kept within ±`limit` (PyTorch's clip_grad_value_). */
export const clipByValue = (gradients: readonly Tensor[], limit: number): readonly Tensor[] =>
  gradients.map((gradient) => clip(gradient, -limit, limit));

/** In one pass, without the squares in memory; no derivative. */
const sumOfSquares = (x: Tensor) =>
  new Tensor({ op: 'ReduceSumSquare', shape: [], dtype: x.dtype, inputs: [x], attributes: { keepdims: 0 } });
