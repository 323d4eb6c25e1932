/**
 * A network for every variable, that tells its density from the other variables. All are of one shape, so each layer is
 * one batched product over the variables.
 */
import { add, initial, leakyRelu, matmul, type Scope, type Tensor } from '../../compute/index.js';

export interface NetworkShape {
  /** Numbers of hidden units, layer by layer. */
  readonly hidden: readonly number[];
  readonly outputs: number;
}

/**
 * (d, cells, outputs) of the inputs (d, cells, in), which hold for each variable what it may see. Layers are
 * `weights.0` (d, in, out) and `biases.0` (d, 1, out): Xavier, and 0.
 */
export function conditionals(scope: Scope, inputs: Tensor, { hidden, outputs }: NetworkShape): Tensor {
  const [d] = inputs.shape;
  const gain = initial.gainOf('leakyRelu');
  let x = inputs;
  [...hidden, outputs].forEach((out, layer) => {
    const fanIn = x.shape[2];
    const bound = gain * Math.sqrt(6 / (fanIn + out));
    const weights = scope.parameter(`weights.${layer}`, [d, fanIn, out], initial.uniform(-bound, bound));
    const biases = scope.parameter(`biases.${layer}`, [d, 1, out], initial.zeros);
    const linear = add(matmul(x, weights), biases);
    x = layer < hidden.length ? leakyRelu(linear) : linear;
  });
  return x;
}
