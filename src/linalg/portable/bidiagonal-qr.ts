/** Bidiagonal matrix → singular values, by implicit QR. */

import { reduceByBlocks } from './implicit-qr.js';
import { length2, type Sweep } from './strips.js';

/** Sweeps allowed per singular value, on average; two are usual. */
const MAX_SWEEPS = 60;

/**
 * Diagonalises B with the diagonal `d` and `e` (n, the last entry 0) above it, in place: `d` becomes the singular
 * values, unordered and of either sign. `onSweep` is told the rotations from the left and from the right: B = U
 * diag(d) Vᵀ where the columns of the identity, so rotated, are U and V. Implicit QR of Demmel & Kahan (1990,
 * doi:10.1137/0911052): with a shift where it is worth one, else without, which keeps small singular values accurate
 * and deals with zeros on the diagonal. Throws `NumericalError` if it does not end.
 */
export function diagonaliseBidiagonal(
  { d, e }: { d: Float64Array; e: Float64Array },
  onSweep: (left: Sweep, right: Sweep) => void,
): void {
  reduceByBlocks({ d, e }, 'singular values', MAX_SWEEPS, (first, last) => {
    const shift = chooseShift(d, e, first, last);
    const left = new Float64Array(2 * (last - first));
    const right = new Float64Array(2 * (last - first));
    if (shift === 0) sweepWithoutShift(d, e, first, last, left, right);
    else sweepWithShift(d, e, first, last, shift, left, right);
    onSweep({ first, rotations: left }, { first, rotations: right });
  });
}

/** The smaller singular value of the last 2 × 2 block, or 0 where a shift would spoil the small values. */
function chooseShift(d: Float64Array, e: Float64Array, first: number, last: number): number {
  let largest = Math.abs(d[last]);
  let bound = Math.abs(d[first]);
  let smallest = bound;
  for (let i = first; i < last; i++) {
    largest = Math.max(largest, Math.abs(d[i]), Math.abs(e[i]));
    bound = smallest === 0 ? 0 : Math.abs(d[i + 1]) * (bound / (bound + Math.abs(e[i])));
    smallest = Math.min(smallest, bound);
  }
  if ((last - first + 1) * smallest <= 0.01 * largest * Number.EPSILON) return 0;
  const shift = smallerSingularValue(d[last - 1], e[last - 1], d[last]);
  return (shift / d[first]) ** 2 < Number.EPSILON / 2 ? 0 : shift;
}

/** Of [[f, g], [0, h]], as LAPACK's dlas2. */
function smallerSingularValue(f: number, g: number, h: number): number {
  const low = Math.min(Math.abs(f), Math.abs(h));
  const high = Math.max(Math.abs(f), Math.abs(h));
  const off = Math.abs(g);
  if (low === 0) return 0;
  if (off < high) {
    const ratio = (off / high) ** 2;
    const both = Math.sqrt((1 + low / high) ** 2 + ratio) + Math.sqrt((1 - low / high) ** 2 + ratio);
    return low * (2 / both);
  }
  const ratio = high / off;
  if (ratio === 0) return (low * high) / off;
  const both =
    Math.sqrt(1 + ((1 + low / high) * ratio) ** 2) + Math.sqrt(1 + ((1 - low / high) * ratio) ** 2);
  return 2 * (low * (1 / both) * ratio);
}

function sweepWithoutShift(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  left: Float64Array,
  right: Float64Array,
): void {
  let cosR = 1;
  let cosL = 1;
  let sinL = 0;
  for (let i = first; i < last; i++) {
    const f = d[i] * cosR;
    const r = length2(f, e[i]);
    cosR = r === 0 ? 1 : f / r;
    const sinR = r === 0 ? 0 : e[i] / r;
    if (i > first) e[i - 1] = sinL * r;
    const g = cosL * r;
    const h = d[i + 1] * sinR;
    d[i] = length2(g, h);
    cosL = d[i] === 0 ? 1 : g / d[i];
    sinL = d[i] === 0 ? 0 : h / d[i];
    right[2 * (i - first)] = cosR;
    right[2 * (i - first) + 1] = sinR;
    left[2 * (i - first)] = cosL;
    left[2 * (i - first) + 1] = sinL;
  }
  const h = d[last] * cosR;
  d[last] = h * cosL;
  e[last - 1] = h * sinL;
}

function sweepWithShift(
  d: Float64Array,
  e: Float64Array,
  first: number,
  last: number,
  shift: number,
  left: Float64Array,
  right: Float64Array,
): void {
  let f = (Math.abs(d[first]) - shift) * ((d[first] < 0 ? -1 : 1) + shift / d[first]);
  let g = e[first];
  for (let i = first; i < last; i++) {
    let r = length2(f, g);
    const cosR = r === 0 ? 1 : f / r;
    const sinR = r === 0 ? 0 : g / r;
    if (i > first) e[i - 1] = r;
    f = cosR * d[i] + sinR * e[i];
    e[i] = cosR * e[i] - sinR * d[i];
    g = sinR * d[i + 1];
    d[i + 1] *= cosR;
    r = length2(f, g);
    const cosL = r === 0 ? 1 : f / r;
    const sinL = r === 0 ? 0 : g / r;
    d[i] = r;
    f = cosL * e[i] + sinL * d[i + 1];
    d[i + 1] = cosL * d[i + 1] - sinL * e[i];
    if (i < last - 1) {
      g = sinL * e[i + 1];
      e[i + 1] *= cosL;
    }
    right[2 * (i - first)] = cosR;
    right[2 * (i - first) + 1] = sinR;
    left[2 * (i - first)] = cosL;
    left[2 * (i - first) + 1] = sinL;
  }
  e[last - 1] = f;
}
