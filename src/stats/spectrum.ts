/** Singular values of a set of profiles, and how many of them matter. */

import { DataError, OptionError } from '../errors.js';
import { gram, symmetricEigen, transpose } from '../linalg/index.js';
import { median } from './order.js';

/**
 * Singular values of the profiles (nRows, nCols) as they are, not centred; descending. From the eigenvalues of the
 * smaller Gram matrix, five times faster than a decomposition of the rows; squaring loses those below 1e-8 of the
 * largest, which come out as zero. Throws as `symmetricEigen`.
 */
export function spectrum(profiles: Float64Array, nRows: number, nCols: number): Float64Array {
  const products =
    nRows <= nCols ? gram(profiles, nRows, nCols) : gram(transpose(profiles, nRows, nCols), nCols, nRows);
  const { values } = symmetricEigen(products, Math.min(nRows, nCols), { vectors: false });
  const noise = values.length > 0 ? values[values.length - 1] * Number.EPSILON * values.length : 0;
  return values.map((value) => (value > noise ? Math.sqrt(value) : 0)).reverse();
}

/**
 * The fewest leading singular values whose share of Σσ² exceeds `energy` (0 to 1, default 0.95); at 1 all that
 * are above zero. `values` descend. 0 when all are zero. Throws `OptionError` on another `energy`.
 */
export function rankAtEnergy(values: ArrayLike<number>, energy = 0.95): number {
  if (!(energy >= 0 && energy <= 1)) throw new OptionError('energy', energy, 'a number between 0 and 1');
  const largest = values[0] ?? 0;
  let total = 0;
  let positive = 0;
  for (; positive < values.length && values[positive] > 0; positive++)
    total += (values[positive] / largest) ** 2;
  let sum = 0;
  for (let rank = 0; rank < positive; rank++) {
    sum += (values[rank] / largest) ** 2;
    if (sum > energy * total) return rank + 1;
  }
  return positive;
}

export interface ThresholdOptions {
  /** Standard deviation of the noise, when known; else the median singular value stands for it. */
  noiseLevel?: number;
  /** Use the published cubic for ω instead of its exact value (they differ by up to 2 %). Default false. */
  approximate?: boolean;
}

/**
 * The singular value below which a matrix (nRows, nCols) of low rank plus white noise is best cut (Gavish &
 * Donoho 2014, doi:10.1109/TIT.2014.2323359): λ(β) · √n · noise with known noise, else ω(β) · median singular
 * value; β = the shorter over the longer side, n the longer. 0 when there are no singular values.
 *
 * Throws `DataError` on NaN, `OptionError` on a negative noise level.
 */
export function gavishDonohoThreshold(
  values: ArrayLike<number>,
  nRows: number,
  nCols: number,
  { noiseLevel, approximate = false }: ThresholdOptions = {},
): number {
  const beta = aspect(nRows, nCols);
  if (noiseLevel !== undefined) {
    if (!(noiseLevel >= 0)) throw new OptionError('noiseLevel', noiseLevel, 'a number ≥ 0');
    return knownNoiseFactor(beta) * Math.sqrt(Math.max(nRows, nCols)) * noiseLevel;
  }
  if (values.length === 0) return 0;
  const omega = approximate
    ? cubicOmega(beta)
    : knownNoiseFactor(beta) / Math.sqrt(marchenkoPasturMedian(beta));
  return omega * median(values);
}

/** "Universal" threshold: the cubic approximation of ω(β) times the median singular value. Throws as above. */
export function universalThreshold(values: ArrayLike<number>, nRows: number, nCols: number): number {
  return gavishDonohoThreshold(values, nRows, nCols, { approximate: true });
}

function aspect(nRows: number, nCols: number): number {
  if (!(nRows > 0 && nCols > 0 && Number.isFinite(nRows + nCols))) {
    throw new DataError(
      `a threshold was asked for a ${nRows} × ${nCols} matrix; both sides must be at least 1`,
    );
  }
  return Math.min(nRows, nCols) / Math.max(nRows, nCols);
}

/** λ(β), equation 11 of the paper. */
function knownNoiseFactor(beta: number): number {
  return Math.sqrt(2 * (beta + 1) + (8 * beta) / (beta + 1 + Math.sqrt(beta * beta + 14 * beta + 1)));
}

/** Equation 5 of the paper. */
function cubicOmega(beta: number): number {
  return 0.56 * beta ** 3 - 0.95 * beta ** 2 + 1.82 * beta + 1.43;
}

/** Median of the eigenvalues of a large noise matrix with sides in ratio `beta` ≤ 1, by bisection. */
export function marchenkoPasturMedian(beta: number): number {
  let low = (1 - Math.sqrt(beta)) ** 2;
  let high = (1 + Math.sqrt(beta)) ** 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (marchenkoPasturCdf(middle, beta) < 0.5) low = middle;
    else high = middle;
  }
}

/** The integral of the density √((b − t)(t − a)) / (2πβt) from a = (1 − √β)² to t < b = (1 + √β)², closed form. */
function marchenkoPasturCdf(t: number, beta: number): number {
  const a = (1 - Math.sqrt(beta)) ** 2;
  const b = (1 + Math.sqrt(beta)) ** 2;
  const r = Math.sqrt((b - t) / (t - a));
  const root = Math.sqrt((b - t) * (t - a));
  const inner = beta < 1 ? (1 - beta) * Math.atan((a * r * r - b) / (2 * (1 - beta) * r)) : 0;
  return 0.5 + (root - (1 + beta) * Math.atan((r * r - 1) / (2 * r)) + inner) / (2 * Math.PI * beta);
}
