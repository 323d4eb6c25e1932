/**
 * Local regression of one variable (loess, degree 2, Gaussian), with the interpolation of the original.
 *
 * W. S. Cleveland, E. Grosse, "Computational methods for local regression" (1991): the curve is fitted exactly
 * at the vertices of a k-d tree only (cells split at the median until they hold at most span · cell · n
 * points, bounding box widened by half a percent), value and slope, and between vertices it is the cubic that
 * meets both. R's `loess` and scikit-misc's work so by default; the tests compare with R. Ties are split as R
 * does since 2006.
 */
import { DataError, OptionError } from '../../errors.js';
import { leastSquares } from '../../linalg/index.js';

export interface LoessOptions {
  /** Share of the points in each local fit. Default .75. */
  readonly span?: number;
  /** Size of the cells that are interpolated in, as a share of the span. Default .2. */
  readonly cell?: number;
}

/** What the weights' tricube and the widening of the box are in the original program. */
const MARGIN = 0.005;
const SINGULAR = 100 * Number.EPSILON;

/**
 * The fitted values at `x` `(n)`. Throws OptionError, DataError where points are missing, not finite, or so
 * many of them are tied that a neighbourhood has no width.
 */
export function loess(x: Float64Array, y: Float64Array, options: LoessOptions = {}): Float64Array {
  const { evaluate } = fitLoess(x, y, options);
  return x.map(evaluate);
}

/** As `loess`, for any place within the range of `x`; NaN outside. */
export function fitLoess(x: Float64Array, y: Float64Array, options: LoessOptions = {}) {
  const { span = 0.75, cell = 0.2 } = options;
  if (!(span > 0 && span <= 1)) throw new OptionError('span', span, 'a number above 0, at most 1');
  if (!(cell > 0 && cell <= 1)) throw new OptionError('cell', cell, 'a number above 0, at most 1');
  const neighbours = Math.min(x.length, Math.floor(x.length * span));
  if (neighbours < 3 || !x.every(Number.isFinite) || !y.every(Number.isFinite)) {
    throw new DataError(
      `a local quadratic needs three finite points in each neighbourhood: ${neighbours} of ${x.length} with span ${span}`,
    );
  }
  const order = Int32Array.from(x, (_, i) => i).sort((a, b) => x[a] - x[b]);
  const xs = Float64Array.from(order, (i) => x[i]);
  const ys = Float64Array.from(order, (i) => y[i]);
  const vertices = treeVertices(xs, Math.floor(x.length * span * cell));
  const fits = vertices.map((vertex) => fitAt(vertex, xs, ys, neighbours));
  const evaluate = (at: number): number => {
    if (!(at >= vertices[0] && at <= vertices[vertices.length - 1])) return Number.NaN;
    let right = 1;
    while (vertices[right] < at) right++;
    const width = vertices[right] - vertices[right - 1];
    const h = (at - vertices[right - 1]) / width;
    const [a, b] = [fits[right - 1], fits[right]];
    return (
      (1 - h) ** 2 * (1 + 2 * h) * a.value +
      h * h * (3 - 2 * h) * b.value +
      (h * (1 - h) ** 2 * a.slope - h * h * (1 - h) * b.slope) * width
    );
  };
  return { vertices, evaluate };
}

/** Where the curve is fitted, rising; `xs` sorted. */
function treeVertices(xs: Float64Array, leafSize: number): number[] {
  const [low, high] = [xs[0], xs[xs.length - 1]];
  const size = Math.max(Math.abs(low), Math.abs(high));
  const margin = MARGIN * Math.max(high - low, 1e-10 * size + 1e-30);
  const vertices = [low - margin, high + margin];
  const split = (first: number, last: number, left: number, right: number): void => {
    if (last - first + 1 <= leafSize) return;
    const middle = lastBeforeStep(xs, first, last);
    const cut = xs[middle];
    if (cut === left || cut === right) return;
    vertices.push(cut);
    split(first, middle, left, cut);
    split(middle + 1, last, cut, right);
  };
  split(0, xs.length - 1, vertices[0], vertices[1]);
  return [...new Set(vertices)].sort((a, b) => a - b);
}

/** The place nearest to the median after which the value changes: ties stay in one cell. */
function lastBeforeStep(xs: Float64Array, first: number, last: number): number {
  // The original counts from one, so its median of an even number of places is the lower one.
  const middle = Math.floor((first + last + 2) / 2) - 1;
  for (let offset = 0; ; offset = offset > 0 ? -offset : 1 - offset) {
    const at = middle + offset;
    if (at >= last || at < first) return middle;
    if (xs[at] !== xs[at + 1]) return at;
  }
}

/** Value and slope at `vertex` of the tricube-weighted quadratic through the nearest points. */
function fitAt(vertex: number, xs: Float64Array, ys: Float64Array, neighbours: number) {
  let first = 0;
  while (first + neighbours < xs.length && xs[first + neighbours] - vertex < vertex - xs[first]) first++;
  const radius = Math.max(vertex - xs[first], xs[first + neighbours - 1] - vertex);
  if (!(radius > 0)) {
    throw new DataError(
      `loess: the ${neighbours} points nearest to ${vertex} are all there; use a larger span`,
    );
  }
  const design = new Float64Array(neighbours * 3);
  const response = new Float64Array(neighbours);
  for (let i = 0; i < neighbours; i++) {
    const distance = xs[first + i] - vertex;
    const weight = Math.sqrt(Math.max(0, 1 - (Math.abs(distance) / radius) ** 3) ** 3);
    design[i * 3] = weight;
    design[i * 3 + 1] = weight * distance;
    design[i * 3 + 2] = weight * distance * distance;
    response[i] = weight * ys[first + i];
  }
  // Columns of unit length, so that what counts as singular does not depend on units.
  const lengths = [0, 1, 2].map((column) => {
    let sum = 0;
    for (let i = column; i < design.length; i += 3) sum += design[i] * design[i];
    return Math.sqrt(sum) || 1;
  });
  for (let k = 0; k < design.length; k++) design[k] /= lengths[k % 3];
  const { x } = leastSquares(design, neighbours, 3, response, 1, { rcond: SINGULAR });
  return { value: x[0] / lengths[0], slope: x[1] / lengths[1] };
}
