/**
 * What a layer does to a pixel kernel, one axis at a time: sum over a window, keep every second pixel, interpolate.
 *
 * Along one axis a kernel is an array (outer, period, middle, n, inner): the place of the first pixel within its
 * period, and the offset of the second on a ring of n. A window moves both pixels alike, so the offset stays.
 */

import type { PixelKernel } from './pixel-kernel.js';

export type Axis = 0 | 1;

/** Where the value of a pixel comes from when a picture is made larger: earlier pixels and their weights. */
type Taps = readonly (readonly [source: number, weight: number])[];

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
 * A kernel with other sizes along one axis; `fill` gets, for each place and offset, where the runs of `inner` numbers
 * begin and writes them.
 */
function rebuilt(
  kernel: PixelKernel,
  axis: Axis,
  period: number,
  n: number,
  fill: (
    out: Float64Array,
    at: number,
    run: (place: number, offset: number) => number,
    place: number,
    offset: number,
  ) => void,
): PixelKernel {
  const from = viewOf(kernel, axis);
  const { outer, middle, inner } = from;
  const values = new Float64Array(outer * period * middle * n * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let place = 0; place < period; place++) {
      for (let m = 0; m < middle; m++) {
        const run = (earlier: number, offset: number) =>
          (((o * from.period + (earlier % from.period)) * middle + m) * from.n + offset) * inner;
        for (let offset = 0; offset < n; offset++, at += inner) fill(values, at, run, place, offset);
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
  return rebuilt(kernel, axis, Math.max(1, period / 2), n / 2, (out, at, run, place, offset) => {
    const from = run(2 * place, 2 * offset);
    out.set(kernel.values.subarray(from, from + inner), at);
  });
}

/** Twice as many pixels, each a copy of its nearest or interpolated linearly with the corners aligned. */
export function upsample(kernel: PixelKernel, axis: Axis, how: 'nearest' | 'bilinear'): PixelKernel {
  const { period, n, inner } = viewOf(kernel, axis);
  const taps = Array.from({ length: 2 * n }, (_, i) =>
    how === 'nearest' ? nearestTap(i) : linearTaps(i, n),
  );
  // interpolation with aligned corners is not the same in every block
  const newPeriod = how === 'nearest' ? 2 * period : 2 * n;
  const { values } = kernel;
  return rebuilt(kernel, axis, newPeriod, 2 * n, (out, at, run, place, offset) => {
    for (const [first, firstWeight] of taps[place]) {
      for (const [second, secondWeight] of taps[(place + offset) % (2 * n)]) {
        const weight = firstWeight * secondWeight;
        const from = run(first, (second - first + n) % n);
        for (let i = 0; i < inner; i++) out[at + i] += weight * values[from + i];
      }
    }
  });
}

const nearestTap = (pixel: number): Taps => [[pixel >> 1, 1]];

function linearTaps(pixel: number, n: number): Taps {
  const place = (pixel * (n - 1)) / (2 * n - 1);
  const low = Math.min(Math.floor(place), Math.max(0, n - 2));
  const share = place - low;
  return share > 0
    ? [
        [low, 1 - share],
        [low + 1, share],
      ]
    : [[low, 1]];
}
