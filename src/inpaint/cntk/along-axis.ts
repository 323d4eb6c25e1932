/**
 * What a layer does to a pixel kernel, one axis at a time: sum over a window, keep every second pixel, interpolate.
 *
 * Along one axis a kernel is an array (outer, period, middle, n, inner): the place of the first pixel within its
 * period, and the offset of the second on a ring of n. A window moves both pixels alike, so the offset stays.
 */

import type { PixelKernel } from './pixel-kernel.js';

export type Axis = 0 | 1;

interface AxisView {
  readonly outer: number;
  readonly period: number;
  readonly middle: number;
  readonly n: number;
  readonly inner: number;
}

function viewOf({ period: [ph, pw], height, width }: PixelKernel, axis: Axis): AxisView {
  return axis === 0
    ? { outer: 1, period: ph, middle: pw, n: height, inner: width }
    : { outer: ph, period: pw, middle: height, n: width, inner: 1 };
}

/**
 * A kernel with other sizes along one axis. `fill` writes the ring of n offsets, `inner` numbers each, that begins at
 * `at`, for one place in the period; `ring` tells where the old ring of a place begins.
 */
function rebuilt(
  kernel: PixelKernel,
  axis: Axis,
  period: number,
  n: number,
  fill: (out: Float64Array, at: number, ring: (place: number) => number, place: number) => void,
): PixelKernel {
  const from = viewOf(kernel, axis);
  const { outer, middle, inner } = from;
  const values = new Float64Array(outer * period * middle * n * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let place = 0; place < period; place++) {
      for (let m = 0; m < middle; m++, at += n * inner) {
        const ring = (earlier: number) =>
          ((o * from.period + (earlier % from.period)) * middle + m) * from.n * inner;
        fill(values, at, ring, place);
      }
    }
  }
  const { height, width } = kernel;
  const [ph, pw] = kernel.period;
  return axis === 0
    ? { height: n, width, period: [period, pw], values }
    : { height, width: n, period: [ph, period], values };
}

/** Sums over the pixel before, the pixel itself and the one after, of both pixels at once and around the edges. */
export function windowSum(kernel: PixelKernel, axis: Axis): PixelKernel {
  const { outer, period, middle, n, inner } = viewOf(kernel, axis);
  const { values } = kernel;
  const run = middle * n * inner;
  const sums = new Float64Array(values.length);
  for (let o = 0; o < outer; o++) {
    for (let place = 0; place < period; place++) {
      const at = (neighbour: number) => (o * period + ((place + neighbour + period) % period)) * run;
      const [before, here, after] = [at(-1), at(0), at(1)];
      for (let i = 0; i < run; i++) {
        sums[here + i] = values[before + i] + values[here + i] + values[after + i];
      }
    }
  }
  return { ...kernel, values: sums };
}

/** Keeps the even pixels. */
export function downsample(kernel: PixelKernel, axis: Axis): PixelKernel {
  const { period, n, inner } = viewOf(kernel, axis);
  const { values } = kernel;
  return rebuilt(kernel, axis, Math.max(1, period / 2), n / 2, (out, at, ring, place) => {
    const start = ring(2 * place);
    for (let offset = 0, to = at; offset < n; offset += 2) {
      for (let i = 0; i < inner; i++, to++) out[to] = values[start + offset * inner + i];
    }
  });
}

/** Twice as many pixels, each a copy of its nearest or interpolated linearly with the corners aligned. */
export function upsample(kernel: PixelKernel, axis: Axis, how: 'nearest' | 'bilinear'): PixelKernel {
  const { period, n, inner } = viewOf(kernel, axis);
  const { values } = kernel;
  const taps = how === 'nearest' ? nearestTaps(n) : linearTaps(n);
  // interpolation with aligned corners is not the same in every block
  const newPeriod = how === 'nearest' ? 2 * period : 2 * n;
  return rebuilt(kernel, axis, newPeriod, 2 * n, (out, at, ring, place) => {
    for (const own of taps) {
      const first = own.sources[place];
      const start = ring(first);
      for (const other of taps) {
        for (let offset = 0, to = at; offset < 2 * n; offset++) {
          const pixel = (place + offset) % (2 * n);
          const weight = own.weights[place] * other.weights[pixel];
          const from = start + ((other.sources[pixel] - first + n) % n) * inner;
          for (let i = 0; i < inner; i++, to++) out[to] += weight * values[from + i];
        }
      }
    }
  });
}

/** For each new pixel an old one that it is made of, and with what weight. */
interface Tap {
  readonly sources: Int32Array;
  readonly weights: Float64Array;
}

const nearestTaps = (n: number): readonly Tap[] => [
  { sources: new Int32Array(2 * n).map((_, i) => i >> 1), weights: new Float64Array(2 * n).fill(1) },
];

function linearTaps(n: number): readonly Tap[] {
  const places = Float64Array.from({ length: 2 * n }, (_, i) => (i * (n - 1)) / (2 * n - 1));
  const low = Int32Array.from(places, Math.floor);
  const shares = places.map((place, i) => place - low[i]);
  return [
    { sources: low, weights: shares.map((share) => 1 - share) },
    { sources: low.map((pixel) => Math.min(n - 1, pixel + 1)), weights: shares },
  ];
}
