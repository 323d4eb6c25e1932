/** Feature-wise linear modulation (Perez et al. 2018): what is known beside x scales and shifts it. */
import { OptionError } from '../../errors.js';
import { add, graphError, mul, reshape, sameShape, type Tensor } from '../graph/index.js';
import { featuresOf, type LinearOptions, linear } from './linear.js';
import type { Scope } from './scope.js';

export interface FilmOptions extends LinearOptions {
  /** A scale and a shift for each feature (default), or one of each for the whole layer (Bertin et al. 2022). */
  readonly per?: 'feature' | 'layer';
  /** What the linear map of the conditioning is added to, to give the scale. Default 1: at first x changes little. */
  readonly around?: number;
}

/**
 * x · (around + scale(c)) + shift(c), scale and shift linear in the conditioning c: x (batch, …, n), c (batch, any).
 * Parameters: `scale` and `shift`, linear layers. Throws GraphError where the batches differ.
 */
export function film(scope: Scope, x: Tensor, conditioning: Tensor, options: FilmOptions = {}): Tensor {
  const { per = 'feature', around = 1, ...layer } = options;
  if (per !== 'feature' && per !== 'layer') throw new OptionError('per', per, ['feature', 'layer']);
  if (
    x.rank < 2 ||
    conditioning.rank !== 2 ||
    !sameShape(x.shape.slice(0, 1), conditioning.shape.slice(0, 1))
  ) {
    throw graphError(
      'film',
      `x ${x} with conditioning ${conditioning}; (batch, …, n) and (batch, c) are needed`,
    );
  }
  const count = per === 'layer' ? 1 : featuresOf('film', x);
  const between = x.shape.slice(1, -1).map(() => 1);
  const part = (name: string) =>
    reshape(linear(scope.at(name), conditioning, count, layer), [x.shape[0], ...between, count]);
  return add(mul(x, add(part('scale'), around)), part('shift'));
}
