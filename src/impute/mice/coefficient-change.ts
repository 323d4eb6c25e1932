/**
 * Is the sum of absolute differences of two coefficient vectors below a limit? Without working them out, mostly.
 *
 * The coefficients are V times a vector of the spectrum, with the entry of the target left out. Their Euclidean length d
 * is cheap, and the sum lies between d and d √p. Differences of later iterations are nearly parallel: with the sum s of
 * a former difference known, that of c · former + rest lies within √p · |rest| of |c| s. Only between these bounds are
 * the coefficients themselves needed.
 */
import { dot } from '../../linalg/index.js';
import type { Spectrum } from './spectrum.js';

/** Coefficients as V times `direction`; `own` is what that gives at the target. */
export interface Coefficients {
  readonly direction: Float64Array;
  readonly own: number;
}

export class CoefficientChange {
  private former?: Coefficients;
  private known?: { readonly difference: Coefficients; readonly square: number; readonly sum: number };

  constructor(
    private readonly spectrum: Spectrum,
    private readonly target: number,
  ) {}

  /** Is Σ |w − w of the call before| below `limit`? Never at the first call. */
  isBelow(limit: number, now: Coefficients): boolean {
    const { former } = this;
    this.former = now;
    if (!former) return false;
    const direction = now.direction.slice();
    for (let k = 0; k < direction.length; k++) direction[k] -= former.direction[k];
    const difference = { direction, own: now.own - former.own };
    const square = Math.max(0, inner(difference, difference));
    const [least, most] = this.bounds(difference, square);
    if (least >= limit) return false;
    if (most < limit) return true;
    const sum = this.sum(difference);
    this.known = { difference, square, sum };
    return sum < limit;
  }

  private bounds(difference: Coefficients, square: number): [number, number] {
    const root = Math.sqrt(this.spectrum.nColumns);
    const length = Math.sqrt(square);
    if (!this.known || !(this.known.square > 0)) return [length, root * length];
    const share = inner(difference, this.known.difference) / this.known.square;
    const rest = Math.sqrt(Math.max(0, square - share * share * this.known.square));
    const near = Math.abs(share) * this.known.sum;
    return [Math.max(length, near - root * rest), Math.min(root * length, near + root * rest)];
  }

  private sum({ direction }: Coefficients): number {
    const { rank, nColumns, axes } = this.spectrum;
    let sum = 0;
    for (let column = 0; column < nColumns; column++) {
      if (column === this.target) continue;
      sum += Math.abs(dot(axes, column * rank, direction, 0, rank));
    }
    return sum;
  }
}

/** Inner product of two coefficient vectors without their entries of the target: V has orthonormal columns. */
function inner(a: Coefficients, b: Coefficients): number {
  return dot(a.direction, 0, b.direction, 0, a.direction.length) - a.own * b.own;
}
