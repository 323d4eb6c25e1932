/**
 * Broadcasting, by NumPy's rule, and its adjoint: what `expand` repeats, `sum` adds up. With `reshape`, the three
 * operations that every derivative rests on.
 */
import { axisOf, graphError, integers, type Shape, sameShape, showShape, sizeOf, Tensor } from './tensor.js';

/** The same elements in another shape; one size may be −1. Throws GraphError where they do not fit. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((size, n) => (n === -1 ? size : size * n), 1);
  const full = shape.map((n) => (n === -1 ? x.size / known : n));
  const fits =
    shape.filter((n) => n === -1).length < 2 && full.every(Number.isInteger) && sizeOf(full) === x.size;
  if (!fits) throw graphError('reshape', `${showShape(x.shape)} does not fit ${showShape(shape)}`);
  if (sameShape(x.shape, full)) return x;
  const source = x.op === 'Reshape' ? x.inputs[0] : x;
  if (source !== x && sameShape(source.shape, full)) return source;
  return new Tensor({
    op: 'Reshape',
    shape: full,
    dtype: x.dtype,
    inputs: [source, integers(full)],
    // a size of 0 means 0 here, not "as before"
    attributes: { allowzero: 1 },
    backward: (g) => [reshape(g, source.shape)],
  });
}

/** The shape that `shapes` broadcast to. Throws GraphError naming them where they do not. */
export function broadcastShape(operation: string, ...shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((n) => n !== 1) ?? 1;
    if (sizes.every((n) => n === 1 || n === size)) return size;
    throw graphError(operation, `shapes ${shapes.map(showShape).join(' and ')} do not broadcast`);
  });
}

/** Repeats along axes of size 1, or new ones in front. Throws GraphError where `shape` is not a broadcast of x's. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShape('expand', x.shape, shape), shape)) {
    throw graphError('expand', `${showShape(x.shape)} does not expand to ${showShape(shape)}`);
  }
  return new Tensor({
    op: 'Expand',
    shape: [...shape],
    dtype: x.dtype,
    inputs: [x, integers(shape)],
    backward: (g) => [sumTo(g, x.shape)],
  });
}

export interface ReduceOptions {
  /** Keep the reduced axes, with size 1. Default false. */
  readonly keepDims?: boolean;
}

/** Sum over `axes`, all of them by default. */
export function sum(x: Tensor, axes?: number | readonly number[], options: ReduceOptions = {}): Tensor {
  const over = axesOf('sum', x, axes);
  if (over.length === 0) return x;
  const kept = keptShape(x.shape, over);
  return new Tensor({
    op: 'ReduceSum',
    shape: options.keepDims ? kept : x.shape.filter((_, axis) => !over.includes(axis)),
    dtype: x.dtype,
    inputs: [x, integers(over)],
    attributes: { keepdims: options.keepDims ? 1 : 0 },
    backward: (g) => [expand(reshape(g, kept), x.shape)],
  });
}

/** The adjoint of broadcasting `shape` to x's: sums what was repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.rank - shape.length;
  const repeated = x.shape.flatMap((n, axis) =>
    axis < extra || (shape[axis - extra] === 1 && n !== 1) ? [axis] : [],
  );
  return reshape(sum(x, repeated), shape);
}

/** Axes counted from the front, ascending; all of them when not given. */
export function axesOf(operation: string, x: Tensor, axes?: number | readonly number[]): readonly number[] {
  if (axes === undefined) return x.shape.map((_, axis) => axis);
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) => axisOf(operation, axis, x.rank));
  return [...new Set(list)].sort((a, b) => a - b);
}

/** `shape` with size 1 at the reduced axes. */
export const keptShape = (shape: Shape, over: readonly number[]): Shape =>
  shape.map((n, axis) => (over.includes(axis) ? 1 : n));
