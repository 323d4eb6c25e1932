/** Gradient descent with momentum (Polyak 1964, Nesterov 1983; Sutskever et al. 2013), as in PyTorch. */
import { OptionError } from '../../errors.js';
import { add, mul, sub } from '../graph/index.js';
import { atLeastZero, decayed, type Optimiser, type OptimiserOptions, optimiser } from './optimiser.js';

export interface SgdOptions extends OptimiserOptions {
  readonly learningRate: number;
  /** Default 0. */
  readonly momentum?: number;
  /** Looks ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
}

/** Weight decay is coupled (part of the gradient). Throws OptionError. */
export function sgd(options: SgdOptions): Optimiser {
  const { momentum = 0, nesterov = false } = options;
  atLeastZero('momentum', momentum);
  if (nesterov && momentum === 0) throw new OptionError('nesterov', true, 'used with a momentum above 0');
  return optimiser(options, (turn) => {
    const gradient = decayed(turn);
    if (momentum === 0) return sub(turn.parameter, mul(gradient, turn.rate));
    const velocity = turn.state('velocity');
    const next = turn.keep(velocity, add(mul(velocity, momentum), gradient));
    const direction = nesterov ? add(gradient, mul(next, momentum)) : next;
    return sub(turn.parameter, mul(direction, turn.rate));
  });
}
