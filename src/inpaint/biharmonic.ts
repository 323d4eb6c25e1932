/**
 * Biharmonic inpainting: the smoothest surface through the known pixels.
 *
 * The missing pixels minimise ‖L u‖² over the missing, L the 5-point Laplacian with mirrored edges: L² u = 0 there,
 * the discretisation of scikit-image's `inpaint_biharmonic` (Damelin & Hoang 2018), which cuts L² to the missing
 * pixels. As there, the result is cut to the range of the known values of its channel.
 */

import { NumericalError } from '../errors.js';
import type { Picture } from '../formats/index.js';
import { dot } from '../linalg/index.js';
import { type Known, partPixels } from './known.js';

export interface BiharmonicOptions {
  /** ‖residual‖ / ‖right-hand side‖ at which the conjugate gradients stop. Default 1e-10. */
  readonly tolerance?: number;
}

/**
 * Finds the pixels where `known` (height · width) is 0, by conjugate gradients.
 *
 * Throws `ShapeError` and `DataError` on a mask that does not fit or leaves nothing to do, `NumericalError` when
 * the gradients stall far from a solution.
 */
export function inpaintBiharmonic(
  picture: Picture,
  known: Known,
  { tolerance = 1e-10 }: BiharmonicOptions = {},
): Picture {
  const { channels } = picture;
  const { known: given, missing } = partPixels(picture, known);
  const values = picture.values.slice();
  const system = squaredLaplacian(picture, missing);
  for (let c = 0; c < channels; c++) {
    const field = new Float64Array(known.length);
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (const pixel of given) {
      const value = picture.values[pixel * channels + c];
      field[pixel] = value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const found = solve(
      system,
      system.onMissing(field).map((value) => -value),
      tolerance,
    );
    missing.forEach((pixel, i) => {
      values[pixel * channels + c] = Math.max(least, Math.min(most, found[i]));
    });
  }
  return { ...picture, values };
}

interface System {
  /** (nMissing): L² of a whole picture, read at the missing pixels. */
  onMissing(field: Float64Array): Float64Array;
  /** The same of a picture that is zero but for the missing pixels. */
  multiply(x: Float64Array): Float64Array;
  /** (nMissing): the diagonal of L². */
  readonly diagonal: Float64Array;
}

function squaredLaplacian({ height, width }: Picture, missing: Int32Array): System {
  const once = new Float64Array(height * width);
  const field = new Float64Array(height * width);
  // L u is needed at the missing pixels and their neighbours only
  const near = [
    ...new Set(Array.from(missing).flatMap((pixel) => [pixel, ...neighbours(pixel, height, width)])),
  ];
  const around = Int32Array.from(near).sort();
  const nearLinks = linksOf(around, height, width);
  const missingLinks = linksOf(missing, height, width);
  const onMissing = (whole: Float64Array) => {
    laplacian(whole, around, nearLinks, (i, value) => {
      once[around[i]] = value;
    });
    const twice = new Float64Array(missing.length);
    laplacian(once, missing, missingLinks, (i, value) => {
      twice[i] = value;
    });
    return twice;
  };
  const degree = (pixel: number) => neighbours(pixel, height, width).length;
  return {
    onMissing,
    multiply: (x) => {
      missing.forEach((pixel, i) => {
        field[pixel] = x[i];
      });
      return onMissing(field);
    },
    diagonal: Float64Array.from(missing, (pixel) => degree(pixel) ** 2 + degree(pixel)),
  };
}

/** Numbers of the pixels left, right, above and below; edges have fewer, which mirroring amounts to. */
function neighbours(pixel: number, height: number, width: number): number[] {
  const column = pixel % width;
  const found: number[] = [];
  if (column > 0) found.push(pixel - 1);
  if (column < width - 1) found.push(pixel + 1);
  if (pixel >= width) found.push(pixel - width);
  if (pixel < (height - 1) * width) found.push(pixel + width);
  return found;
}

/** (n, 4): the neighbours of each pixel; where one is wanting, the pixel itself. */
function linksOf(pixels: Int32Array, height: number, width: number): Int32Array {
  const links = new Int32Array(4 * pixels.length);
  pixels.forEach((pixel, i) => {
    const found = neighbours(pixel, height, width);
    for (let k = 0; k < 4; k++) links[4 * i + k] = found[k] ?? pixel;
  });
  return links;
}

function laplacian(
  field: Float64Array,
  pixels: Int32Array,
  links: Int32Array,
  put: (i: number, value: number) => void,
): void {
  for (let i = 0; i < pixels.length; i++) {
    const at = 4 * i;
    const around = field[links[at]] + field[links[at + 1]] + field[links[at + 2]] + field[links[at + 3]];
    put(i, around - 4 * field[pixels[i]]);
  }
}

/** Conjugate gradients with the diagonal as preconditioner. */
function solve({ multiply, diagonal }: System, right: Float64Array, tolerance: number): Float64Array {
  const n = right.length;
  const x = new Float64Array(n);
  const residual = right.slice();
  const size = Math.sqrt(dot(right, 0, right, 0, n));
  if (size === 0) return x;
  let direction = residual.map((value, i) => value / diagonal[i]);
  let energy = dot(residual, 0, direction, 0, n);
  // in exact arithmetic n steps; large holes are ill conditioned, and take more
  const most = 20 * n + 100;
  for (let step = 0; step < most; step++) {
    const image = multiply(direction);
    const length = energy / dot(direction, 0, image, 0, n);
    for (let i = 0; i < n; i++) {
      x[i] += length * direction[i];
      residual[i] -= length * image[i];
    }
    if (Math.sqrt(dot(residual, 0, residual, 0, n)) <= tolerance * size) return x;
    const scaled = residual.map((value, i) => value / diagonal[i]);
    const next = dot(residual, 0, scaled, 0, n);
    direction = scaled.map((value, i) => value + (next / energy) * direction[i]);
    energy = next;
  }
  throw new NumericalError(`biharmonic inpainting did not converge in ${most} steps for ${n} missing pixels`);
}
