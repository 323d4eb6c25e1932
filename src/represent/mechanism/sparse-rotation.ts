/**
 * The rotation that makes a table of shifts sparse. Latents with a standard normal around each shift look the same in
 * every rotated basis; only the sparsity of the shifts tells the mechanisms apart. So, for a table S (rows, latent),
 *
 *     minimise over orthogonal R   Σ log(1 + (S R)² / unit²),
 *
 * which counts entries that are large against `unit`, whatever their size. What a shift of 0 is, untreated cells tell, but
 * not exactly, or not at all; so the origin can be sought as well, S R less a row that is the same for all, near where
 * they say it is. Planes of two axes are turned one after the
 * other (Jacobi's sweeps), each to its best angle found on a grid and refined, so that small bumps are passed over;
 * several random starts guard against large ones.
 */
import { OptionError } from '../../errors.js';
import { gemm, identity, qr, transpose } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';

export interface SparseRotationOptions {
  /** What counts as large, on the scale of the shifts. Default 1, the spread of the latents around a shift. */
  readonly unit?: number;
  /** Seek the origin too. Default: it is 0. */
  readonly origin?: OriginSearch;
  /** Starts from random rotations, beside the given one. Default 0. */
  readonly restarts?: number;
  /** Needed for restarts. */
  readonly random?: Random;
  /** Where to begin (latent, latent). Default: the identity. */
  readonly start?: Float64Array;
}

export interface OriginSearch {
  /** Variance of each of its coordinates around 0, as other data say; Infinity where none do. Above 0. */
  readonly variance: number;
  /** How much of it each row holds (rows). Default 1. */
  readonly common?: Float64Array;
}

export interface SparseRotation {
  /** R (latent, latent), orthogonal: its columns are the new axes. */
  readonly rotation: Float64Array;
  /** In the new axes (latent). */
  readonly origin: Float64Array;
  /** S R less the origin (rows, latent). */
  readonly rotated: Float64Array;
  /** Σ log(1 + rotated² / unit²), and what the distance of the origin from 0 costs. */
  readonly cost: number;
}

/** Angles tried in a plane, from −π/4 to π/4: beyond, axes only change places. */
const GRID = 32;
const REFINEMENTS = 16;
const GOLDEN = (3 - Math.sqrt(5)) / 2;
/** Sweeps over all planes, at most, and what one must gain to be followed by another. */
const SWEEPS = 60;
const GAIN = 1e-6;

/**
 * See above. `table` (rows, latent) is left as it is. Throws OptionError on a unit or a variance that is not above 0, and on
 * restarts without `random`.
 */
export function sparseRotation(
  table: Float64Array,
  latent: number,
  options: SparseRotationOptions = {},
): SparseRotation {
  const { unit = 1, restarts = 0, origin: search, random, start = identity(latent) } = options;
  if (!(unit > 0 && Number.isFinite(unit))) throw new OptionError('unit', unit, 'a number above 0');
  if (restarts > 0 && !random) throw new OptionError('restarts', restarts, 'possible without random');
  if (search && !(search.variance > 0))
    throw new OptionError('variance', search.variance, 'a number above 0');
  const scaled = table.map((value) => value / unit);
  const rows = table.length / latent;
  const centring: Centring | undefined = search && {
    price: unit ** 2 / 2 / search.variance,
    common: search.common ?? new Float64Array(rows).fill(1),
  };
  let best = descend(scaled, latent, start, centring);
  for (let restart = 0; restart < restarts; restart++) {
    const from = randomRotation(latent, random!.split('restart', restart));
    const found = descend(scaled, latent, from, centring);
    if (found.cost < best.cost * (1 - 1e-9)) best = found;
  }
  const { rotation, cost } = best;
  const origin = best.origin.map((value) => value * unit);
  const rotated = gemm({ m: rows, n: latent, k: latent, a: table, b: rotation });
  for (let at = 0; centring && at < rotated.length; at++)
    rotated[at] -= centring.common[Math.floor(at / latent)] * origin[at % latent];
  return { rotation, origin, cost, rotated };
}

/** Of the origin, in units: what its squares cost, and how much of it each row holds. */
interface Centring {
  readonly price: number;
  readonly common: Float64Array;
}

function descend(scaled: Float64Array, latent: number, start: Float64Array, centring?: Centring) {
  const rows = scaled.length / latent;
  // columns one after the other: a plane is two runs of memory
  const columns = transpose(gemm({ m: rows, n: latent, k: latent, a: scaled, b: start }), rows, latent);
  const axes = transpose(start, latent, latent);
  // turned with the axes, so it is always theirs
  const origin = new Float64Array(latent);
  const total = () =>
    costOf(columns) +
    (centring
      ? priced(
          centring,
          origin.reduce((sum, x) => sum + x * x, 0),
        )
      : 0);
  let cost = total();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const before = cost;
    for (let i = 0; centring && i < latent; i++)
      origin[i] += centre(columns.subarray(i * rows, (i + 1) * rows), origin[i], centring);
    for (let i = 0; i < latent; i++) {
      for (let j = i + 1; j < latent; j++) {
        const angle = turnPlane(columns, rows, axes, latent, i, j);
        if (angle !== 0) turn(origin.subarray(i, i + 1), origin.subarray(j, j + 1), angle);
      }
    }
    cost = total();
    if (before - cost <= GAIN * cost) break;
  }
  return { rotation: transpose(axes, latent, latent), origin, cost };
}

/** A price of 0 is none, however far. */
const priced = ({ price }: Centring, squares: number): number => (price === 0 ? 0 : price * squares);

/** Takes from a column what is most often in it, by the same cost; tells what that was, beyond `known`. */
function centre(column: Float64Array, known: number, centring: Centring): number {
  const { common } = centring;
  const costAt = (at: number) =>
    column.reduce((sum, x, row) => sum + Math.log1p((x - common[row] * at) ** 2), 0) +
    priced(centring, (known + at) ** 2);
  let [best, least] = [0, costAt(0)];
  const consider = (at: number) => {
    const cost = costAt(at);
    if (cost < least - 1e-12) [best, least] = [at, cost];
    return cost;
  };
  const sorted = column.map((x, row) => (Math.abs(common[row]) > 1e-6 ? x / common[row] : 0)).sort();
  const step = Math.max(1, Math.floor(sorted.length / GRID));
  for (let k = 0; k < sorted.length; k += step) consider(sorted[k]);
  const [low, high] = neighbours(sorted, best, step);
  narrowed(low, high, consider);
  narrowed(Math.min(0, best), Math.max(0, best), consider);
  for (let row = 0; row < column.length; row++) column[row] -= common[row] * best;
  return best;
}

/** Values of `sorted` some places below and above `value`. */
function neighbours(sorted: Float64Array, value: number, places: number): [number, number] {
  const above = sorted.findIndex((x) => x > value);
  const at = above < 0 ? sorted.length : above;
  return [sorted[Math.max(0, at - 1 - places)], sorted[Math.min(sorted.length - 1, at + places)]];
}

/** Golden-section search for the least cost between `low` and `high`; `cost` remembers the best. */
function narrowed(low: number, high: number, cost: (at: number) => number): void {
  let [a, b] = [low + GOLDEN * (high - low), high - GOLDEN * (high - low)];
  let [atA, atB] = [cost(a), cost(b)];
  for (let k = 0; k < REFINEMENTS; k++) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = low + GOLDEN * (high - low);
      atA = cost(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = high - GOLDEN * (high - low);
      atB = cost(b);
    }
  }
}

/** Turns axes i and j to their best angle, which is returned. */
function turnPlane(
  columns: Float64Array,
  rows: number,
  axes: Float64Array,
  latent: number,
  i: number,
  j: number,
): number {
  const x = columns.subarray(i * rows, (i + 1) * rows);
  const y = columns.subarray(j * rows, (j + 1) * rows);
  const step = Math.PI / 2 / GRID;
  let [angle, cost] = [0, planeCost(x, y, 0)];
  const consider = (at: number) => {
    const value = planeCost(x, y, at);
    if (value < cost - 1e-12) [angle, cost] = [at, value];
    return value;
  };
  for (let k = 1; k < GRID; k++) if (2 * k !== GRID) consider(k * step - Math.PI / 4);
  narrowed(angle - step, angle + step, consider);
  if (angle === 0) return 0;
  turn(x, y, angle);
  turn(axes.subarray(i * latent, (i + 1) * latent), axes.subarray(j * latent, (j + 1) * latent), angle);
  return angle;
}

/** Σ log(1 + x²)(1 + y²) of the plane turned by `angle`; one logarithm for four rows, whose product cannot overflow. */
function planeCost(x: Float64Array, y: Float64Array, angle: number): number {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  let [total, product] = [0, 1];
  for (let row = 0; row < x.length; row++) {
    const u = c * x[row] - s * y[row];
    const v = s * x[row] + c * y[row];
    product *= (1 + u * u) * (1 + v * v);
    if (product > 1e100) {
      total += Math.log(product);
      product = 1;
    }
  }
  return total + Math.log(product);
}

function turn(x: Float64Array, y: Float64Array, angle: number): void {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let row = 0; row < x.length; row++) {
    const [u, v] = [x[row], y[row]];
    x[row] = c * u - s * v;
    y[row] = s * u + c * v;
  }
}

const costOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + Math.log1p(value * value), 0);

/** Gram and Schmidt's orthogonal matrix of normal draws: uniform over rotations and reflections. */
function randomRotation(n: number, random: Random): Float64Array {
  const { q } = qr(random.fillNormal(new Float64Array(n * n)), n, n);
  return q;
}
