/**
 * What convolutional networks do to a picture (height, width, channels): windows around pixels, halving, doubling.
 *
 * Made of gathers and products rather than of ONNX's Conv, whose kernel on the CPU knows float32 only and has no
 * derivative by its weights: a convolution is `affine` of the windows, one product of matrices.
 */
import { slice } from './arrange.js';
import { expand, reshape, sum } from './broadcast.js';
import { matmul } from './matmul.js';
import { constant, graphError, Tensor } from './tensor.js';

/** Throws GraphError unless x is (height, width, channels) and not empty. */
function sidesOf(operation: string, x: Tensor): readonly [height: number, width: number, channels: number] {
  if (x.rank !== 3 || x.shape[0] === 0 || x.shape[1] === 0) {
    throw graphError(operation, `of ${x}: a picture (height, width, channels) is needed`);
  }
  return [x.shape[0], x.shape[1], x.shape[2]];
}

/**
 * The `size` × `size` pixels around each, row by row, with the edges joined: (height, width, channels) → (height, width,
 * size² · channels). Throws GraphError unless `size` is odd.
 */
export function windows(x: Tensor, size = 3): Tensor {
  const [height, width, channels] = sidesOf('windows', x);
  if (!(Number.isInteger(size) && size > 0 && size % 2 === 1)) {
    throw graphError('windows', `size ${size}: an odd number is needed`);
  }
  const shape: WindowShape = [height * width, size * size, channels];
  const pixels = reshape(x, [height * width, channels]);
  const gathered = gatherRows(pixels, shape, neighbourOf(height, width, size, 1), (g) =>
    sum(shifted(g, height, width, size, -1), 1),
  );
  return reshape(gathered, [height, width, size * size * channels]);
}

type WindowShape = readonly [pixels: number, places: number, channels: number];

/** The pixel at place `k` of the window around `pixel`, or the one in whose window it is at place `k`. */
function neighbourOf(height: number, width: number, size: number, sign: 1 | -1) {
  const reach = (size - 1) / 2;
  const ring = (i: number, n: number) => ((i % n) + n) % n;
  return (pixel: number, k: number) => {
    const row = Math.floor(pixel / width) + sign * (Math.floor(k / size) - reach);
    const column = (pixel % width) + sign * ((k % size) - reach);
    return ring(row, height) * width + ring(column, width);
  };
}

/** Each place of a window (pixels, places, channels) moved by where it stands in it. */
function shifted(x: Tensor, height: number, width: number, size: number, sign: 1 | -1): Tensor {
  const [pixels, places, channels] = x.shape;
  const neighbour = neighbourOf(height, width, size, sign);
  return gatherRows(
    reshape(x, [pixels * places, channels]),
    [pixels, places, channels],
    (pixel, k) => neighbour(pixel, k) * places + k,
    (g) => reshape(shifted(g, height, width, size, sign === 1 ? -1 : 1), [pixels * places, channels]),
  );
}

/** Rows of channels by number, (rows, channels) → (pixels, places, channels). */
function gatherRows(
  x: Tensor,
  shape: WindowShape,
  source: (pixel: number, k: number) => number,
  backward: (g: Tensor) => Tensor,
): Tensor {
  const [pixels, places] = shape;
  const indices = Array.from({ length: pixels * places }, (_, i) =>
    source(Math.floor(i / places), i % places),
  );
  return new Tensor({
    op: 'Gather',
    shape,
    dtype: x.dtype,
    inputs: [x, constant(indices, [pixels, places], 'int64')],
    attributes: { axis: 0 },
    backward: (g) => [backward(g)],
  });
}

/** Every second row and column, from the first. Throws GraphError unless both sides are even. */
export function halved(x: Tensor): Tensor {
  const [height, width, channels] = sidesOf('halved', x);
  if (height % 2 || width % 2) throw graphError('halved', `of ${x}: even sides are needed`);
  const pairs = reshape(x, [height / 2, 2, width / 2, 2, channels]);
  return reshape(slice(slice(pairs, 1, 0, 1), 3, 0, 1), [height / 2, width / 2, channels]);
}

/** Twice as many rows and columns: copies, or linear interpolation with the corners aligned. */
export function doubled(x: Tensor, how: 'nearest' | 'bilinear'): Tensor {
  const [height, width, channels] = sidesOf('doubled', x);
  const wide = [2 * height, 2 * width, channels];
  if (how === 'nearest') {
    const copies = expand(reshape(x, [height, 1, width, 1, channels]), [height, 2, width, 2, channels]);
    return reshape(copies, wide);
  }
  const tall = matmul(interpolation(height, x.dtype), reshape(x, [height, width * channels]));
  return matmul(interpolation(width, x.dtype), reshape(tall, [2 * height, width, channels]));
}

/** (2n, n): weights of the old pixels in the new. */
function interpolation(n: number, dtype: Tensor['dtype']): Tensor {
  const weights = new Array<number>(2 * n * n).fill(0);
  for (let i = 0; i < 2 * n; i++) {
    const place = (i * (n - 1)) / (2 * n - 1);
    const low = Math.floor(place);
    weights[i * n + low] += 1 - (place - low);
    if (place > low) weights[i * n + low + 1] += place - low;
  }
  return constant(weights, [2 * n, n], dtype);
}
