/** Dropout (Srivastava et al. 2014), inverted: what is kept grows, so evaluation needs no change. */
import { OptionError } from '../../errors.js';
import { mul, type Tensor } from '../graph/index.js';
import type { Scope } from './scope.js';

/**
 * In training each element of x is 0 with probability `p`, else divided by 1 − p; in evaluation x itself.
 * Throws OptionError outside [0, 1].
 */
export function dropout(scope: Scope, x: Tensor, p = 0.5): Tensor {
  if (!(p >= 0 && p <= 1)) throw new OptionError('dropout', p, 'a probability from 0 to 1');
  if (!scope.training || p === 0) return x;
  if (p === 1) return mul(x, 0);
  const mask = scope.noise({ kind: 'bernoulli', p: 1 - p }, x.shape);
  return mul(x, mul(mask, 1 / (1 - p)));
}
