/** Reading and adding by index: gather and its adjoint scatter-add, along an axis or element by element; one-hot. */

import { transpose } from './arrange.js';
import { reshape } from './broadcast.js';
import { type DType, isFloat } from './dtype.js';
import { add, cast, equal, less, where, zeros } from './elementwise.js';
import { matmul } from './matmul.js';
import { axisOf, constant, graphError, type Shape, sameShape, showShape, sizeOf, Tensor } from './tensor.js';

/**
 * Slices of x at `indices` (int32 or int64, any shape) along `axis`: the axis is replaced by the axes of the
 * indices. Negative indices count from the end; others outside the axis fail when the graph runs.
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  checkIndices('gather', indices);
  const along = axisOf('gather', axis, x.rank);
  return new Tensor({
    op: 'Gather',
    shape: [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)],
    dtype: x.dtype,
    inputs: [x, indices],
    attributes: { axis: along },
    backward: (g) => [scatterAdd(x.shape, g, indices, along)],
  });
}

/**
 * Zeros of `shape`, with the slices `updates` added at `indices` along `axis`: the adjoint of `gather`. An index outside
 * the axis fails when the graph runs, or its slice is left out.
 *
 * Not ScatterND, which adds without locks: with two threads or more ONNX Runtime loses slices that share an index, other
 * ones each time. A product with the one-hot indices is exact and fastest up to some size; beyond it element by element,
 * which the runtime does in order.
 */
export function scatterAdd(shape: Shape, updates: Tensor, indices: Tensor, axis = 0): Tensor {
  checkIndices('scatterAdd', indices);
  const along = axisOf('scatterAdd', axis, shape.length);
  const expected = [...shape.slice(0, along), ...indices.shape, ...shape.slice(along + 1)];
  if (!sameShape(updates.shape, expected)) {
    throw graphError('scatterAdd', `updates are ${updates}, the indices ask for (${expected.join(', ')})`);
  }
  const before = sizeOf(shape.slice(0, along));
  const after = sizeOf(shape.slice(along + 1));
  const [count, rows] = [indices.size, shape[along]];
  if (along === 0 && isFloat(updates.dtype) && count * rows <= LARGEST_ONE_HOT) {
    const flat = reshape(indices, [count]);
    const places = oneHot(where(less(flat, 0), add(flat, rows), flat), rows, updates.dtype);
    return reshape(matmul(transpose(places), reshape(updates, [count, after])), shape);
  }
  const everywhere = new Tensor({
    op: 'Expand',
    shape: [before, count, after],
    dtype: indices.dtype,
    inputs: [reshape(indices, [1, count, 1]), constant([before, count, after], [3], 'int64')],
  });
  const flat = reshape(updates, [before, count, after]);
  return reshape(scatterElements([before, rows, after], flat, everywhere, 1), shape);
}

/** Most elements of a one-hot matrix that is made to add by index: 16 MiB in float32. */
const LARGEST_ONE_HOT = 2 ** 22;

/** One element of x for each index, at its place in all other axes (PyTorch's `gather`). */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  checkIndices('gatherElements', indices);
  const along = axisOf('gatherElements', axis, x.rank);
  if (!matchesBeside(along, indices.shape, x.shape))
    throw graphError('gatherElements', `indices ${indices} for ${x} on axis ${axis}`);
  return new Tensor({
    op: 'GatherElements',
    shape: indices.shape,
    dtype: x.dtype,
    inputs: [x, indices],
    attributes: { axis: along },
    backward: (g) => [scatterElements(x.shape, g, indices, along)],
  });
}

/**
 * Zeros of `shape`, with each element of `updates` added at its index: the adjoint of `gatherElements`. Throws
 * GraphError unless indices and updates have one shape, which differs from `shape` along `axis` only.
 */
export function scatterElements(shape: Shape, updates: Tensor, indices: Tensor, axis: number): Tensor {
  checkIndices('scatterElements', indices);
  const along = axisOf('scatterElements', axis, shape.length);
  const fits = sameShape(indices.shape, updates.shape) && matchesBeside(along, indices.shape, shape);
  if (!fits) {
    const found = `updates ${updates} at indices ${indices} on axis ${axis}`;
    throw graphError('scatterElements', `${found} into ${showShape(shape)}`);
  }
  return new Tensor({
    op: 'ScatterElements',
    shape,
    dtype: updates.dtype,
    inputs: [zeros(shape, updates.dtype), indices, updates],
    attributes: { axis: along, reduction: 'add' },
    backward: (g) => [undefined, undefined, gatherElements(g, indices, along)],
  });
}

/** 1 at each index and 0 elsewhere, on a new last axis of `depth`; an index outside 0 … depth − 1 gives zeros. */
export function oneHot(indices: Tensor, depth: number, dtype: DType = 'float32'): Tensor {
  checkIndices('oneHot', indices);
  const places = constant(
    Array.from({ length: depth }, (_, i) => i),
    [depth],
    indices.dtype,
  );
  return cast(equal(reshape(indices, [...indices.shape, 1]), places), dtype);
}

/** Do two shapes agree on all axes but one? */
const matchesBeside = (axis: number, a: Shape, b: Shape) =>
  a.length === b.length && a.every((n, i) => i === axis || n === b[i]);

function checkIndices(operation: string, indices: Tensor): void {
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64') {
    throw graphError(operation, `indices of ${indices.dtype}; int32 or int64 are needed`);
  }
}
