/**
 * RMSprop (Tieleman and Hinton 2012; centred: Graves 2013), with the defaults and the place of ε of PyTorch. The mean
 * squares are kept without their factor 1 − α, which goes into scalars, as in Adam.
 */
import { add, div, mul, sqrt, square, sub } from '../graph/index.js';
import {
  atLeastZero,
  below1,
  decayed,
  type Optimiser,
  type OptimiserOptions,
  optimiser,
} from './optimiser.js';

export interface RmspropOptions extends OptimiserOptions {
  /** Decay of the mean of the squares. Default 0.99. */
  readonly alpha?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Divides by the deviation of the gradients instead of their root mean square. Default false. */
  readonly centred?: boolean;
}

/** Weight decay is coupled (part of the gradient). Default learning rate 0.01. Throws OptionError. */
export function rmsprop(options: RmspropOptions = {}): Optimiser {
  const { learningRate = 0.01, alpha = 0.99, epsilon = 1e-8, momentum = 0, centred = false } = options;
  below1('alpha', alpha);
  atLeastZero('epsilon', epsilon);
  atLeastZero('momentum', momentum);
  const root = Math.sqrt(1 - alpha);
  return optimiser({ ...options, learningRate }, (turn) => {
    const gradient = decayed(turn);
    const squares = turn.state('squares');
    let spread = turn.keep(squares, add(mul(squares, alpha), square(gradient)));
    if (centred) {
      const average = turn.state('mean');
      const mean = turn.keep(average, add(mul(average, alpha), gradient));
      spread = sub(spread, mul(square(mean), 1 - alpha));
    }
    const scaled = div(gradient, add(sqrt(spread), epsilon / root));
    if (momentum === 0) return sub(turn.parameter, mul(scaled, mul(turn.rate, 1 / root)));
    const velocity = turn.state('velocity');
    const next = turn.keep(velocity, add(mul(velocity, momentum), scaled));
    return sub(turn.parameter, mul(next, mul(turn.rate, 1 / root)));
  });
}
