/** Reductions along axes, and running sums. `sum` itself stands with broadcasting. */
import { axesOf, expand, keptShape, type ReduceOptions, reshape, sum } from './broadcast.js';
import { cast, div, equal, mul, square, sub } from './elementwise.js';
import { axisOf, checkFloat, graphError, integers, type Shape, Tensor } from './tensor.js';

type Axes = number | readonly number[];

/** Mean over `axes`, all of them by default. Throws GraphError over an axis of size 0. */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  checkFloat('mean', x);
  const count = axesOf('mean', x, axes).reduce((size, axis) => size * x.shape[axis], 1);
  if (count === 0) throw graphError('mean', `over an empty axis of ${x}`);
  return mul(sum(x, axes, options), 1 / count);
}

/** Mean squared distance from the mean over `axes`, divided by n (not n − 1). */
export function variance(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  return mean(square(sub(x, mean(x, axes, { keepDims: true }))), axes, options);
}

/** Largest value over `axes`; equal ones share the derivative. Throws GraphError over an axis of size 0. */
export const max = extreme('ReduceMax', 'max');
/** Smallest value over `axes`; equal ones share the derivative. Throws GraphError over an axis of size 0. */
export const min = extreme('ReduceMin', 'min');

function extreme(op: string, name: string) {
  return (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor => {
    const over = axesOf(name, x, axes);
    if (over.some((axis) => x.shape[axis] === 0)) throw graphError(name, `over an empty axis of ${x}`);
    if (over.length === 0) return x;
    const kept = keptShape(x.shape, over);
    const y: Tensor = new Tensor({
      op,
      shape: options.keepDims ? kept : without(x.shape, over),
      dtype: x.dtype,
      inputs: [x, integers(over)],
      attributes: { keepdims: options.keepDims ? 1 : 0 },
      backward: (g) => {
        const there = cast(equal(x, expand(reshape(y, kept), x.shape)), x.dtype);
        return [mul(div(there, sum(there, over, { keepDims: true })), reshape(g, kept))];
      },
    });
    return y;
  };
}

const without = (shape: Shape, over: readonly number[]) => shape.filter((_, axis) => !over.includes(axis));

/** Where along `axis` the largest value stands first, as int64. Throws GraphError over an axis of size 0. */
export function argMax(x: Tensor, axis = -1): Tensor {
  const along = axisOf('argMax', axis, x.rank);
  if (x.shape[along] === 0) throw graphError('argMax', `over an empty axis of ${x}`);
  return new Tensor({
    op: 'ArgMax',
    shape: without(x.shape, [along]),
    dtype: 'int64',
    inputs: [x],
    attributes: { axis: along, keepdims: 0 },
  });
}

/** Running sums along `axis`; `reverse` starts at the end. */
export function cumulativeSum(x: Tensor, axis: number, options: { readonly reverse?: boolean } = {}): Tensor {
  const along = axisOf('cumulativeSum', axis, x.rank);
  const reverse = options.reverse ?? false;
  return new Tensor({
    op: 'CumSum',
    shape: x.shape,
    dtype: x.dtype,
    inputs: [x, integers([along])],
    attributes: { reverse: reverse ? 1 : 0 },
    backward: (g) => [cumulativeSum(g, along, { reverse: !reverse })],
  });
}
