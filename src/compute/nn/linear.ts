/** The linear layer of PyTorch: x Wᵀ + b, with its names, shapes and first values. */
import { affine, graphError, type Tensor } from '../graph/index.js';
import { kaimingUniform, uniform } from './initialisers.js';
import type { Initialiser, Scope } from './scope.js';

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  /** Default U(±1/√in), PyTorch's `kaiming_uniform_(a=√5)`. */
  readonly weight?: Initialiser;
  /** Default U(±1/√in). */
  readonly biasInit?: Initialiser;
}

/** x (…, in) → (…, width). Parameters: `weight` (width, in), `bias` (width). Throws GraphError on a scalar x. */
export function linear(scope: Scope, x: Tensor, width: number, options: LinearOptions = {}): Tensor {
  const { weight, bias } = linearParameters(scope, featuresOf('linear', x), width, options);
  return affine(x, weight, bias);
}

/** The parameters of a linear layer from `inner` features to `width`. */
export function linearParameters(scope: Scope, inner: number, width: number, options: LinearOptions = {}) {
  const bound = inner > 0 ? 1 / Math.sqrt(inner) : 0;
  const { weight = kaimingUniform({ a: Math.sqrt(5) }), biasInit = uniform(-bound, bound) } = options;
  return {
    weight: scope.parameter('weight', [width, inner], weight),
    bias: options.bias === false ? undefined : scope.parameter('bias', [width], biasInit),
  };
}

/** The size of the last axis. Throws GraphError where there is none. */
export function featuresOf(operation: string, x: Tensor): number {
  if (x.rank === 0) throw graphError(operation, `of ${x}: an axis of features is needed`);
  return x.shape[x.rank - 1];
}
