/** Normalisation as layers: with parameters, and running statistics for evaluation, as in PyTorch. */
import { OptionError } from '../../errors.js';
import * as graph from '../graph/index.js';
import { add, graphError, mul, reciprocal, reshape, sqrt, sub, type Tensor } from '../graph/index.js';
import { ones, zeros } from './initialisers.js';
import { featuresOf } from './linear.js';
import type { Scope } from './scope.js';

export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/** Each row of x (…, n) to mean 0 and variance 1, times `weight` (n), plus `bias` (n) (Ba et al. 2016). */
export function layerNorm(scope: Scope, x: Tensor, options: LayerNormOptions = {}): Tensor {
  const { weight, bias } = parameters('layerNorm', scope, x);
  return graph.layerNorm(x, weight, bias, options);
}

export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Weight of the present batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
}

/**
 * Each feature of x (…, n) to mean 0 and variance 1 over all other axes, times `weight` (n), plus `bias` (n) (Ioffe and
 * Szegedy 2015). Training uses the statistics of the batch, divided by its size, and moves `running_mean` and
 * `running_var` (divided by size − 1); evaluation uses these. The features are last, not second as in PyTorch.
 * Throws GraphError on a training batch of fewer than two, OptionError on a momentum outside [0, 1].
 */
export function batchNorm(scope: Scope, x: Tensor, options: BatchNormOptions = {}): Tensor {
  const { epsilon = 1e-5, momentum = 0.1 } = options;
  if (!(momentum >= 0 && momentum <= 1)) throw new OptionError('momentum', momentum, 'a number from 0 to 1');
  const { weight, bias, width } = parameters('batchNorm', scope, x);
  const mean = scope.state('running_mean', [width], zeros);
  const variance = scope.state('running_var', [width], ones);
  if (!scope.training) {
    const slope = mul(weight, reciprocal(sqrt(add(variance, epsilon))));
    return add(mul(x, slope), sub(bias, mul(mean, slope)));
  }
  const rows = x.shape.slice(0, -1).reduce((size, n) => size * n, 1);
  if (rows < 2)
    throw graphError('batchNorm', `of ${x} in training: at least two values a feature are needed`);
  const batch = graph.batchNorm(reshape(x, [rows, width]), weight, bias, { epsilon });
  const moved = (state: Tensor, seen: Tensor) => add(mul(state, 1 - momentum), mul(seen, momentum));
  scope.update(mean, moved(mean, batch.mean));
  scope.update(variance, moved(variance, mul(batch.variance, rows / (rows - 1))));
  return reshape(batch.y, x.shape);
}

function parameters(operation: string, scope: Scope, x: Tensor) {
  const width = featuresOf(operation, x);
  return {
    weight: scope.parameter('weight', [width], ones),
    bias: scope.parameter('bias', [width], zeros),
    width,
  };
}
