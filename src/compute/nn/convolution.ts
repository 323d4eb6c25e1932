/** A convolution of pictures as a layer. */
import { affine, type Tensor, windows } from '../graph/index.js';
import { type LinearOptions, linearParameters } from './linear.js';
import type { Scope } from './scope.js';

export interface ConvolutionOptions extends LinearOptions {
  /** Side of the window, odd. Default 3. */
  readonly size?: number;
}

/**
 * x (height, width, channels) → (height, width, width of the layer), edges joined. Parameters: `weight` (out, size² ·
 * channels; window row by row, channels last) and `bias` (out), drawn as PyTorch draws them. Throws GraphError.
 */
export function convolution(scope: Scope, x: Tensor, out: number, options: ConvolutionOptions = {}): Tensor {
  const around = windows(x, options.size);
  const { weight, bias } = linearParameters(scope, around.shape[2], out, options);
  return affine(around, weight, bias);
}
