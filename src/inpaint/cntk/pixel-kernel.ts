/**
 * A kernel between the pixels of a picture, kept by its period: the convolutional NTK of a network whose input looks
 * alike everywhere depends on the offset of two pixels and, after upsampling, on where in a block the first one
 * lies, no more. So (period rows × period columns) × (height × width) numbers stand for (height · width)².
 *
 * A kernel without such structure has the whole picture as its period.
 */

import { OptionError, ShapeError } from '../../errors.js';

/** Numbers of a kernel at most: half a GiB, and several are at work at a time. */
export const MOST_VALUES = 2 ** 26;

export interface PixelKernel {
  readonly height: number;
  readonly width: number;
  /** Rows and columns after which the kernel repeats; they divide height and width. */
  readonly period: readonly [rows: number, columns: number];
  /**
   * (period rows, period columns, height, width): entry (a, b, dr, dc) is K between pixel (a, b), and every one a
   * whole number of periods from it, and the pixel dr rows below and dc columns right of that, around the edges.
   */
  readonly values: Float64Array;
}

/** Which pixels (row-major numbers) of a picture of this size are meant, as rows and columns. */
interface Places {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

function placesOf(pixels: Int32Array, { width }: PixelKernel): Places {
  return {
    rows: pixels.map((pixel) => Math.floor(pixel / width)),
    columns: pixels.map((pixel) => pixel % width),
  };
}

/**
 * K between `pixels` and `others`, numbers of pixels in row-major order, into `out` (pixels.length, others.length).
 * Throws `ShapeError` when `out` is too short.
 */
export function kernelBetween(
  kernel: PixelKernel,
  pixels: Int32Array,
  others: Int32Array,
  out: Float64Array = new Float64Array(pixels.length * others.length),
): Float64Array {
  const n = others.length;
  if (out.length < pixels.length * n) {
    throw new ShapeError('out', `${pixels.length} × ${n} values`, String(out.length));
  }
  const { height, width, values, period } = kernel;
  const from = placesOf(pixels, kernel);
  const to = placesOf(others, kernel);
  for (let i = 0; i < pixels.length; i++) {
    const row = from.rows[i];
    const column = from.columns[i];
    const start = ((row % period[0]) * period[1] + (column % period[1])) * height * width;
    for (let j = 0, at = i * n; j < n; j++, at++) {
      const down = to.rows[j] - row;
      const right = to.columns[j] - column;
      out[at] =
        values[start + (down < 0 ? down + height : down) * width + (right < 0 ? right + width : right)];
    }
  }
  return out;
}

/**
 * The kernel of pictures (height, width) made of one computed on a smaller square, as the authors of the
 * convolutional NTK for matrix completion do: around each pixel the small kernel, and beyond it the smallest value
 * of that pixel's row. What lies half a side away belongs to both ends, which keeps the result symmetric.
 *
 * Throws `ShapeError` unless the new sides are at least the old and multiples of the period, `OptionError` when it is
 * too large to be kept.
 */
export function expandKernel(kernel: PixelKernel, height: number, width: number): PixelKernel {
  const [ph, pw] = kernel.period;
  if (height < kernel.height || width < kernel.width || height % ph !== 0 || width % pw !== 0) {
    throw new ShapeError(
      'size of the expanded kernel',
      `at least ${kernel.height} × ${kernel.width}, multiples of ${ph} and ${pw}`,
      `${height} × ${width}`,
    );
  }
  if (ph * pw * height * width > MOST_VALUES) {
    const most = Math.floor(MOST_VALUES / (ph * pw));
    throw new OptionError(
      'size',
      `${height} × ${width}`,
      `at most ${most} pixels with this network`,
      'make the picture smaller',
    );
  }
  const small = kernel.height * kernel.width;
  const values = new Float64Array(ph * pw * height * width);
  const rows = offsets(kernel.height, height);
  const columns = offsets(kernel.width, width);
  for (let phase = 0; phase < ph * pw; phase++) {
    const own = kernel.values.subarray(phase * small, (phase + 1) * small);
    const out = values.subarray(phase * height * width, (phase + 1) * height * width);
    out.fill(own.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY));
    for (const [dr, wideDr] of rows) {
      for (const [dc, wideDc] of columns) out[wideDr * width + wideDc] = own[dr * kernel.width + dc];
    }
  }
  return { height, width, period: kernel.period, values };
}

/** Each offset −n/2 … n/2 on a ring of n, and the same on a ring of `wide`. */
function offsets(n: number, wide: number): [number, number][] {
  const half = Math.floor(n / 2);
  return Array.from({ length: 2 * half + 1 }, (_, i) => i - half)
    .filter((d) => wide > n || d < n - half)
    .map((d) => [(d + n) % n, (d + wide) % wide]);
}
