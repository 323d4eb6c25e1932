/**
 * Whether latents are those that environments act on: which latent is shifted, and by which angle two recovered latents
 * are turned against the true ones (Bertin, "Towards Learning Cell Causal-Embeddings", a draft, section 6).
 */
import { type DenseMatrix, dense } from '../../data/index.js';
import { OptionError, ShapeError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { assignment } from '../../stats/index.js';
import { checkFinite } from './columns.js';

export interface ShiftedLatents {
  /** Share of environments whose largest |shift| is at the latent that stands for their target; NaN without any. */
  readonly accuracy: number;
  /** The same, mean over environments that were exchanged at random and matched anew: what guessing gets. */
  readonly chance: number;
  /** (d), the found latent that stands for each true one, −1 where there are fewer and it got none. */
  readonly estimateOf: Int32Array;
}

export interface ShiftedLatentsOptions {
  readonly random: Random;
  /** Exchanges that `chance` is a mean of. Default 200. */
  readonly exchanges?: number;
}

/**
 * Accuracy of the largest |shift| of each environment in `found` (nEnvironments, k) against that in `truth`
 * (nEnvironments, d), with found latents matched one to one to true ones so that it is highest. Rows of zeros in `truth`,
 * untreated, are left out. Throws `ShapeError` on other rows, `DataError` on what is not finite.
 */
export function shiftedLatents(
  truth: DenseMatrix,
  found: DenseMatrix,
  { random, exchanges = 200 }: ShiftedLatentsOptions,
): ShiftedLatents {
  if (!Number.isSafeInteger(exchanges) || exchanges < 1) {
    throw new OptionError('exchanges', exchanges, 'a whole number ≥ 1');
  }
  const { truths, guesses } = largestOf(truth, found);
  const [d, k] = [truth.nCols, found.nCols];
  const { right, columns } = matched(truths, guesses, d, k);
  let byChance = 0;
  for (let i = 0; i < exchanges; i++) {
    const exchanged = random.split(i).shuffle(guesses.slice());
    byChance += matched(truths, exchanged, d, k).right / exchanges;
  }
  const n = truths.length;
  return { accuracy: right / n, chance: byChance / n, estimateOf: columns };
}

/** Accuracy for further environments, with the matching of those before; NaN without a treated one. Throws as `shiftedLatents`. */
export function shiftedLatentAccuracy(
  truth: DenseMatrix,
  found: DenseMatrix,
  estimateOf: ArrayLike<number>,
): number {
  const { truths, guesses } = largestOf(truth, found);
  return truths.filter((target, i) => estimateOf[target] === guesses[i]).length / truths.length;
}

/** Columns of the largest magnitude, of the rows that `truth` has a shift in. */
function largestOf(truth: DenseMatrix, found: DenseMatrix) {
  checkFinite('true shifts', truth);
  checkFinite('found shifts', found);
  if (truth.nRows !== found.nRows) {
    throw new ShapeError('found shifts', `${truth.nRows} rows, as the true ones`, `${found.nRows} rows`);
  }
  const largest = ({ values, nCols }: DenseMatrix, row: number): number => {
    let best = 0;
    for (let j = 1; j < nCols; j++) {
      if (Math.abs(values[row * nCols + j]) > Math.abs(values[row * nCols + best])) best = j;
    }
    return best;
  };
  const rows = Array.from({ length: truth.nRows }, (_, row) => row).filter(
    (row) => truth.values[row * truth.nCols + largest(truth, row)] !== 0,
  );
  return { truths: rows.map((row) => largest(truth, row)), guesses: rows.map((row) => largest(found, row)) };
}

/** How many are right under the matching for which most are. */
function matched(truths: readonly number[], guesses: ArrayLike<number>, d: number, k: number) {
  const costs = new Float64Array(d * k);
  truths.forEach((target, i) => {
    costs[target * k + guesses[i]]--;
  });
  const { columns, cost } = assignment(costs, d, k);
  return { right: 0 - cost, columns };
}

/** How two recovered latents are turned against the true ones, with the sign of the first true one kept or changed. */
export interface MixingAngles {
  /** (nLines), in [0, 2π): the angle at which each line of M R_θ points where that of the recovered matrix does; NaN where either is 0. */
  readonly angles: Float64Array;
  /** In [0, 2π): the angle of the least mean distance over lines. */
  readonly angle: number;
  /** In [0, 1]: that distance, 0 where all lines agree. */
  readonly distance: number;
  /** Radians: circular standard deviation of the lines' angles, √(−2 log(1 − distance)). */
  readonly spread: number;
  /** In [0, π/4]: from `angle` to the nearest multiple of π/2, where each recovered latent is one true latent. */
  readonly fromAxes: number;
}

/**
 * Of mixing matrices `truth` M and `found` (nLines, 2), genes by latents: by which angle θ lines of M R_θ point as those of
 * `found` do. With `reflect` the first column of M is negated before. The cosine distance of line i is 1 − cos(θ − θ_i), so
 * the best common angle is the circular mean of the θ_i. Throws `ShapeError` on other shapes, `DataError` on what is not
 * finite.
 */
export function mixingAngles(truth: DenseMatrix, found: DenseMatrix, reflect = false): MixingAngles {
  checkFinite('true mixing', truth);
  checkFinite('recovered mixing', found);
  for (const { nRows, nCols } of [truth, found]) {
    if (nCols !== 2 || nRows !== truth.nRows) {
      throw new ShapeError('mixing matrices', `${truth.nRows} × 2 both`, `${nRows} × ${nCols}`);
    }
  }
  const angles = Float64Array.from({ length: truth.nRows }, (_, i) => {
    const [a, b] = truth.values.subarray(2 * i, 2 * i + 2);
    const [c, d] = found.values.subarray(2 * i, 2 * i + 2);
    if ((a === 0 && b === 0) || (c === 0 && d === 0)) return Number.NaN;
    // a line times R_θ is turned by −θ
    return turned(Math.atan2(b, reflect ? -a : a) - Math.atan2(d, c));
  });
  const known = angles.filter((angle) => !Number.isNaN(angle));
  const mean = (part: (angle: number) => number) =>
    known.reduce((sum, angle) => sum + part(angle), 0) / known.length;
  const [x, y] = [mean(Math.cos), mean(Math.sin)];
  const length = Math.min(1, Math.hypot(x, y));
  const angle = turned(Math.atan2(y, x));
  const quarter = angle % (Math.PI / 2);
  return {
    angles,
    angle,
    distance: 1 - length,
    spread: Math.sqrt(-2 * Math.log(length)),
    fromAxes: Math.min(quarter, Math.PI / 2 - quarter),
  };
}

/** Cosine distances 1 − cos(θ − θ_i) of each line (nLines) at `steps` + 1 angles θ from 0 to 2π, by rows of angles. */
export function mixingDistances({ angles }: MixingAngles, steps: number): DenseMatrix {
  const values = new Float64Array((steps + 1) * angles.length);
  for (let at = 0; at <= steps; at++) {
    angles.forEach((angle, i) => {
      values[at * angles.length + i] = 1 - Math.cos((2 * Math.PI * at) / steps - angle);
    });
  }
  return dense(steps + 1, angles.length, values);
}

/** Columns shorter than this share of the longest are rounding, and span nothing. */
const NEGLIGIBLE = 1e-3;

/**
 * Share, in [0, 1], of the sum of squares of `truth` M (nLines, d) that no linear map of the columns of `found` (nLines, k)
 * gives: 0 where latents are recovered up to any invertible map, also one that is no rotation. NaN of an M of zeros. Throws
 * `ShapeError` on different numbers of lines, `DataError` on what is not finite.
 */
export function unrecoveredMixing(truth: DenseMatrix, found: DenseMatrix): number {
  checkFinite('true mixing', truth);
  checkFinite('recovered mixing', found);
  if (truth.nRows !== found.nRows) {
    throw new ShapeError('recovered mixing', `${truth.nRows} lines, as the true one`, `${found.nRows}`);
  }
  const columns = (matrix: DenseMatrix) =>
    Array.from({ length: matrix.nCols }, (_, j) =>
      Float64Array.from({ length: matrix.nRows }, (_, i) => matrix.values[i * matrix.nCols + j]),
    );
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const basis: Float64Array[] = [];
  const less = (column: Float64Array) => {
    for (const axis of basis) {
      const length = dot(column, axis);
      for (let i = 0; i < column.length; i++) column[i] -= length * axis[i];
    }
    return column;
  };
  const given = columns(found).sort((a, b) => dot(b, b) - dot(a, a));
  const longest = given.length > 0 ? Math.sqrt(dot(given[0], given[0])) : 0;
  for (const column of given) {
    const rest = less(column);
    const length = Math.sqrt(dot(rest, rest));
    if (length > NEGLIGIBLE * longest) basis.push(rest.map((value) => value / length));
  }
  const squares = (all: readonly Float64Array[]) => all.reduce((sum, column) => sum + dot(column, column), 0);
  return squares(columns(truth).map(less)) / squares(columns(truth));
}

const turned = (angle: number): number => {
  const whole = 2 * Math.PI;
  return ((angle % whole) + whole) % whole;
};
