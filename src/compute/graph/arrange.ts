/** Moving elements without computing on them: transpose, slice, pad, concatenate, split, stack. */
import { reshape } from './broadcast.js';
import { cast } from './elementwise.js';
import { axisOf, graphError, integers, type Shape, sameType, scalar, showShape, Tensor } from './tensor.js';

/** Axes in another order; the last two exchanged by default. Throws GraphError unless `order` is a permutation. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const axes = (order ?? lastTwoExchanged(x)).map((axis) => axisOf('transpose', axis, x.rank));
  if (axes.length !== x.rank || new Set(axes).size !== x.rank) {
    throw graphError('transpose', `[${axes}] does not order the axes of ${x}`);
  }
  if (axes.every((axis, i) => axis === i)) return x;
  const long = axes.filter((axis) => x.shape[axis] !== 1);
  if (x.rank > 2 && long.every((axis, i) => i === 0 || axis > long[i - 1])) {
    // only axes of size 1 move: nothing is to be done in memory
    return reshape(
      x,
      axes.map((axis) => x.shape[axis]),
    );
  }
  if (x.op === 'Transpose') {
    const before = x.attributes.perm as readonly number[];
    return transpose(
      x.inputs[0],
      axes.map((axis) => before[axis]),
    );
  }
  return new Tensor({
    op: 'Transpose',
    shape: axes.map((axis) => x.shape[axis]),
    dtype: x.dtype,
    inputs: [x],
    attributes: { perm: axes },
    backward: (g) => [
      transpose(
        g,
        x.shape.map((_, axis) => axes.indexOf(axis)),
      ),
    ],
  });
}

function lastTwoExchanged(x: Tensor): number[] {
  if (x.rank < 2) throw graphError('transpose', `of ${x}: fewer than two axes`);
  const axes = x.shape.map((_, axis) => axis);
  return [...axes.slice(0, -2), x.rank - 1, x.rank - 2];
}

/** Elements `start` … `end` − 1 along one axis; negative numbers count from the end. */
export function slice(x: Tensor, axis: number, start: number, end?: number): Tensor {
  const along = axisOf('slice', axis, x.rank);
  const n = x.shape[along];
  const from = start < 0 ? start + n : start;
  const to = end === undefined ? n : end < 0 ? end + n : end;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= n)) {
    throw graphError('slice', `${start} to ${end ?? 'the end'} of axis ${axis} of ${x}`);
  }
  if (from === 0 && to === n) return x;
  return new Tensor({
    op: 'Slice',
    shape: x.shape.map((size, i) => (i === along ? to - from : size)),
    dtype: x.dtype,
    inputs: [x, integers([from]), integers([to]), integers([along])],
    backward: (g) => [padAxis(g, along, from, n - to)],
  });
}

/** Adds `before` and `after` copies of `value` at the ends of one axis. */
export function padAxis(x: Tensor, axis: number, before: number, after: number, value = 0): Tensor {
  const along = axisOf('pad', axis, x.rank);
  if (!(Number.isInteger(before) && Number.isInteger(after) && before >= 0 && after >= 0)) {
    throw graphError('pad', `${before} before and ${after} after axis ${axis}: whole numbers ≥ 0 are needed`);
  }
  if (before === 0 && after === 0) return x;
  const ends = (n: number) => x.shape.map((_, i) => (i === along ? n : 0));
  const n = x.shape[along];
  return new Tensor({
    op: 'Pad',
    shape: x.shape.map((size, i) => (i === along ? before + size + after : size)),
    dtype: x.dtype,
    inputs: [x, integers([...ends(before), ...ends(after)]), scalar(value, x.dtype)],
    backward: (g) => [slice(g, along, before, before + n)],
  });
}

/** Tensors one after the other along an axis. Throws GraphError unless all other sizes agree. */
export function concatenate(parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) throw graphError('concatenate', 'of nothing');
  const dtype = sameType('concatenate', parts);
  const along = axisOf('concatenate', axis, parts[0].rank);
  const rest = ({ shape }: Tensor) => String(shape.map((n, i) => (i === along ? '·' : n)));
  const odd = parts.find((part) => rest(part) !== rest(parts[0]));
  if (odd) {
    throw graphError(
      'concatenate',
      `${showShape(parts[0].shape)} and ${showShape(odd.shape)} on axis ${axis}`,
    );
  }
  if (parts.length === 1) return parts[0];
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((total, part) => total + part.shape[along], 0));
  const total = parts.reduce((size, part) => size + part.shape[along], 0);
  return new Tensor({
    op: 'Concat',
    shape: parts[0].shape.map((n, i) => (i === along ? total : n)),
    dtype,
    inputs: parts,
    attributes: { axis: along },
    backward: (g) => parts.map((part, i) => slice(g, along, starts[i], starts[i] + part.shape[along])),
  });
}

/** Tensors of one shape side by side on a new axis. */
export function stack(parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) throw graphError('stack', 'of nothing');
  const along = axisOf('stack', axis, parts[0].rank + 1);
  return concatenate(
    parts.map((part) => withAxis(part, along)),
    along,
  );
}

/** x in pieces of these sizes along an axis. Throws GraphError unless they add up. */
export function split(x: Tensor, sizes: readonly number[], axis = 0): Tensor[] {
  const along = axisOf('split', axis, x.rank);
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (total !== x.shape[along]) throw graphError('split', `sizes [${sizes}] of axis ${axis} of ${x}`);
  if (sizes.length === 1) return [x];
  let end = 0;
  const pieces = sizes.map((n) => {
    end += n;
    const [before, after] = [end - n, total - end];
    const shape = x.shape.map((size, i) => (i === along ? n : size));
    return { shape, backward: (g: Tensor) => padAxis(g, along, before, after) };
  });
  const [{ shape, backward }, ...rest] = pieces;
  const first = new Tensor({
    op: 'Split',
    shape,
    dtype: x.dtype,
    inputs: [x, integers(sizes)],
    attributes: { axis: along },
    backward: (g) => [backward(g)],
  });
  const others = rest.map(
    ({ shape, backward }, i) =>
      new Tensor({
        op: 'Part',
        shape,
        dtype: x.dtype,
        inputs: [first, x],
        attributes: { index: i + 1 },
        backward: (g) => [undefined, backward(g)],
      }),
  );
  return [first, ...others];
}

/** A new axis of size 1 at `axis` of the result. */
export function withAxis(x: Tensor, axis: number): Tensor {
  const at = axisOf('withAxis', axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Triangle of the last two axes: the lower one with the diagonal, or `upper`; zeros elsewhere. */
export function triangle(x: Tensor, upper = false): Tensor {
  if (x.rank < 2) throw graphError('triangle', `of ${x}: fewer than two axes`);
  return new Tensor({
    op: 'Trilu',
    shape: x.shape,
    dtype: x.dtype,
    inputs: [x],
    attributes: { upper: upper ? 1 : 0 },
    backward: (g) => [triangle(g, upper)],
  });
}

/** Ones on the diagonal (n, n). */
export function identityMatrix(n: number, dtype: Tensor['dtype'] = 'float32'): Tensor {
  const shape: Shape = [n, n];
  const source = new Tensor({ op: 'Constant', shape, dtype: 'float32', values: new Float32Array(n * n) });
  return cast(new Tensor({ op: 'EyeLike', shape, dtype: 'float32', inputs: [source] }), dtype);
}
