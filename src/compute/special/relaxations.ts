/**
 * Samples of discrete variables through which derivatives pass (Jang et al. 2017, Maddison et al. 2017). The noise is an
 * input: a scope's noise of kind `logistic` or `gumbel`.
 */
import { OptionError } from '../../errors.js';
import {
  add,
  argMax,
  cast,
  div,
  greater,
  type Operand,
  oneHot,
  sigmoid,
  softmax,
  straightThrough,
  type Tensor,
} from '../graph/index.js';

export interface RelaxationOptions {
  /** > 0; the smaller, the closer to discrete. A tensor where it changes between runs. Default 1. */
  readonly temperature?: Operand;
  /** Discrete values, with the derivatives of the relaxed ones (straight-through). Default false. */
  readonly hard?: boolean;
}

/**
 * σ((logits + logistic noise) / temperature): a relaxed draw of 1 with probability σ(logits). With `hard`, 0 or 1. Throws
 * OptionError on a temperature that is not positive.
 */
export function gumbelSigmoid(
  logits: Tensor,
  logisticNoise: Tensor,
  options: RelaxationOptions = {},
): Tensor {
  const noisy = add(logits, logisticNoise);
  const soft = sigmoid(tempered(noisy, options));
  return options.hard ? straightThrough(cast(greater(noisy, 0), soft.dtype), soft) : soft;
}

/**
 * softmax((logits + Gumbel noise) / temperature) along the last axis: a relaxed one-hot draw with probabilities
 * softmax(logits). With `hard`, one-hot. Throws OptionError on a temperature that is not positive.
 */
export function gumbelSoftmax(logits: Tensor, gumbelNoise: Tensor, options: RelaxationOptions = {}): Tensor {
  const noisy = add(logits, gumbelNoise);
  const soft = softmax(tempered(noisy, options));
  if (!options.hard) return soft;
  return straightThrough(oneHot(argMax(noisy), soft.shape[soft.rank - 1], soft.dtype), soft);
}

function tempered(noisy: Tensor, { temperature = 1 }: RelaxationOptions): Tensor {
  if (typeof temperature === 'number' && !(temperature > 0 && Number.isFinite(temperature))) {
    throw new OptionError('temperature', temperature, 'a number > 0');
  }
  return div(noisy, temperature);
}
