/** A multi-layer perceptron. */
import { OptionError } from '../../errors.js';
import { relu, type Tensor } from '../graph/index.js';
import { dropout } from './dropout.js';
import { type LinearOptions, linear } from './linear.js';
import { type BatchNormOptions, batchNorm, layerNorm } from './normalise.js';
import type { Scope } from './scope.js';

export interface MlpOptions extends LinearOptions {
  /** Of the layers, the result's last. Without any, x is the result. */
  readonly widths: readonly number[];
  /** Default ReLU. */
  readonly activation?: (x: Tensor) => Tensor;
  /** Before the activation. Default none. */
  readonly norm?: 'batch' | 'layer';
  /** Of the norm; the momentum is batch norm's. */
  readonly normOptions?: BatchNormOptions;
  /** Probability, after the activation. Default 0. */
  readonly dropout?: number;
  /** Is the last layer followed by norm, activation and dropout like the others? Default false, it is linear. */
  readonly finish?: boolean;
  /** Of the result, whatever came before. Default none. */
  readonly finalActivation?: (x: Tensor) => Tensor;
}

/** x (…, in) → (…, last width). Parameters of layer i: `i.weight`, `i.bias`, those of its norm `i.norm.*`. */
export function mlp(scope: Scope, x: Tensor, options: MlpOptions): Tensor {
  const { widths, activation = relu, norm, finalActivation, finish = false, ...rest } = options;
  if (norm !== undefined && norm !== 'batch' && norm !== 'layer') {
    throw new OptionError('norm', norm, ['batch', 'layer']);
  }
  const normalise = { batch: batchNorm, layer: layerNorm };
  let y = x;
  widths.forEach((width, i) => {
    const at = scope.at(i);
    y = linear(at, y, width, rest);
    if (i === widths.length - 1 && !finish) return;
    if (norm) y = normalise[norm](at.at('norm'), y, rest.normOptions);
    y = dropout(at, activation(y), rest.dropout ?? 0);
  });
  return finalActivation ? finalActivation(y) : y;
}
