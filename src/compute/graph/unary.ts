/** Operators of one tensor that work element by element: what they have in common. */
import { Tensor } from './tensor.js';

/** The derivative by x, given that by y, and both. */
export type UnaryGradient = (g: Tensor, x: Tensor, y: Tensor) => Tensor;

/** The operation of the ONNX operator `op`; without `gradient` no derivative passes. */
export function unary(op: string, gradient?: UnaryGradient, attributes: Record<string, number> = {}) {
  return (x: Tensor): Tensor => {
    const y: Tensor = new Tensor({
      op,
      shape: x.shape,
      dtype: x.dtype,
      inputs: [x],
      attributes,
      backward: gradient && ((g) => [gradient(g, x, y)]),
    });
    return y;
  };
}
