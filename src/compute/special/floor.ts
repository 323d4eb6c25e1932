/** Numbers above 0 that may underflow to it: the smallest normal number counts in their place. */
import { customGradient, div, less, log, maximum, type Tensor, where } from '../graph/index.js';

export const smallestNormal = ({ dtype }: Tensor): number => (dtype === 'float64' ? 2 ** -1022 : 2 ** -126);

/** log x, at least that of the smallest normal number; its derivative is `overFloored`. */
export function flooredLog(x: Tensor): Tensor {
  return customGradient(log(maximum(x, smallestNormal(x))), [x], (g) => [overFloored(g, x)]);
}

/**
 * a / x as a derivative by x, of the shape of x or one it broadcasts to: 0 below the smallest normal number, and never
 * so large that it is infinite for |a| < 10⁸, since a softmax multiplies it by a share of 0, and 0 · ∞ is NaN.
 */
export function overFloored(a: Tensor, x: Tensor): Tensor {
  const smallest = smallestNormal(x);
  return where(less(x, smallest), 0, div(a, maximum(x, smallest * 2 ** 26)));
}
