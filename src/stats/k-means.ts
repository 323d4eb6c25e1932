/** k-means: Lloyd's iteration from the seeds of k-means++. */

import { DataError, OptionError, ShapeError } from '../errors.js';
import type { Random } from '../random/index.js';

export interface KMeansOptions {
  /** Draws the seeds. */
  readonly random: Random;
  /** Runs from other seeds, of which the one with the least inertia counts. Default 10. */
  readonly restarts?: number;
  /** Most rounds a run. Default 300. */
  readonly rounds?: number;
}

export interface KMeans {
  /** (nRows), 0 … k − 1. */
  readonly labels: Int32Array;
  /** (k, nCols) */
  readonly centres: Float64Array;
  /** Σ of squared distances of the rows to their centres. */
  readonly inertia: number;
}

/**
 * `k` groups of `rows` (nRows, nCols) with small squared distances to their means. Seeds: Arthur & Vassilvitskii 2007;
 * a centre that loses all its rows moves to the row that is farthest from its own. Where there are fewer than k
 * different rows, some groups are empty.
 *
 * Throws OptionError unless 1 ≤ k ≤ nRows, DataError on NaN or infinity, ShapeError.
 */
export function kMeans(
  rows: Float64Array,
  nRows: number,
  nCols: number,
  k: number,
  { random, restarts = 10, rounds = 300 }: KMeansOptions,
): KMeans {
  if (rows.length !== nRows * nCols)
    throw new ShapeError('rows', `${nRows} × ${nCols} values`, `${rows.length}`);
  if (!(Number.isInteger(k) && k >= 1 && k <= nRows)) {
    throw new OptionError('clusters', k, `a whole number from 1 to ${nRows}, the number of rows`);
  }
  const bad = rows.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new DataError(`row ${Math.floor(bad / nCols)} holds ${rows[bad]}, which has no distance`);
  let best: KMeans | undefined;
  for (let restart = 0; restart < restarts; restart++) {
    const centres = seeds(rows, nRows, nCols, k, random.split('k-means', restart));
    const found = lloyd(rows, nRows, nCols, centres, rounds);
    if (!best || found.inertia < best.inertia) best = found;
  }
  if (!best) throw new OptionError('restarts', restarts, 'a whole number of at least 1');
  return best;
}

/** The first at random, each next with a chance as the squared distance to the nearest so far. */
function seeds(rows: Float64Array, nRows: number, nCols: number, k: number, random: Random): Float64Array {
  const centres = new Float64Array(k * nCols);
  const nearest = new Float64Array(nRows).fill(Number.POSITIVE_INFINITY);
  let chosen = random.integer(nRows);
  for (let centre = 0; ; centre++) {
    centres.set(rows.subarray(chosen * nCols, (chosen + 1) * nCols), centre * nCols);
    if (centre === k - 1) return centres;
    let total = 0;
    for (let i = 0; i < nRows; i++) {
      nearest[i] = Math.min(nearest[i], squaredDistance(rows, i * nCols, centres, centre * nCols, nCols));
      total += nearest[i];
    }
    let left = random.uniform() * total;
    chosen = 0;
    while (chosen < nRows - 1 && (left >= nearest[chosen] || nearest[chosen] === 0))
      left -= nearest[chosen++];
  }
}

function lloyd(
  rows: Float64Array,
  nRows: number,
  nCols: number,
  centres: Float64Array,
  rounds: number,
): KMeans {
  const k = centres.length / nCols;
  const labels = new Int32Array(nRows).fill(-1);
  const distances = new Float64Array(nRows);
  for (let round = 0; ; round++) {
    let changed = false;
    for (let i = 0; i < nRows; i++) {
      let label = 0;
      distances[i] = Number.POSITIVE_INFINITY;
      for (let centre = 0; centre < k; centre++) {
        const distance = squaredDistance(rows, i * nCols, centres, centre * nCols, nCols);
        if (distance < distances[i]) [distances[i], label] = [distance, centre];
      }
      changed ||= labels[i] !== label;
      labels[i] = label;
    }
    if (!changed || round >= rounds) break;
    move(rows, labels, distances, centres, nCols);
  }
  return { labels, centres, inertia: distances.reduce((sum, distance) => sum + distance, 0) };
}

/** Centres to the means of their rows; those without any to the rows that are farthest from theirs. */
function move(
  rows: Float64Array,
  labels: Int32Array,
  distances: Float64Array,
  centres: Float64Array,
  nCols: number,
): void {
  const counts = new Int32Array(centres.length / nCols);
  centres.fill(0);
  labels.forEach((label, i) => {
    counts[label]++;
    for (let j = 0; j < nCols; j++) centres[label * nCols + j] += rows[i * nCols + j];
  });
  const left = distances.slice();
  counts.forEach((count, centre) => {
    const at = centre * nCols;
    if (count > 0) for (let j = 0; j < nCols; j++) centres[at + j] /= count;
    else {
      const farthest = left.indexOf(Math.max(...left));
      left[farthest] = 0;
      centres.set(rows.subarray(farthest * nCols, (farthest + 1) * nCols), at);
    }
  });
}

function squaredDistance(a: Float64Array, aAt: number, b: Float64Array, bAt: number, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += (a[aAt + j] - b[bAt + j]) ** 2;
  return sum;
}
