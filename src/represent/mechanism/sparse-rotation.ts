/**
 * The rotation that makes a table of shifts sparse. Latents with a standard normal around each shift look the same in
 * every rotated basis; only the sparsity of the shifts tells the mechanisms apart. So, for a table S (rows, latent),
 *
 *     minimise over orthogonal R   Σ log(1 + (S R)² / unit²),
 *
 * which counts entries that are large against `unit`, whatever their size. Planes of two axes are turned one after the
 * other (Jacobi's sweeps), each to its best angle found on a grid and refined, so that small bumps are passed over;
 * several random starts guard against large ones.
 */
import { gemm, identity, qr } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';

export interface SparseRotationOptions {
  /** What counts as large, on the scale of the shifts. Default 1, the spread of the latents around a shift. */
  readonly unit?: number;
  /** Starts from random rotations, beside the given one. Default 0. */
  readonly restarts?: number;
  /** Needed for restarts. */
  readonly random?: Random;
  /** Where to begin (latent, latent). Default: the identity. */
  readonly start?: Float64Array;
}

export interface SparseRotation {
  /** R (latent, latent), orthogonal: its columns are the new axes. */
  readonly rotation: Float64Array;
  /** S R (rows, latent). */
  readonly rotated: Float64Array;
  /** Σ log(1 + (S R)² / unit²). */
  readonly cost: number;
}

/** Angles tried in a plane, from −π/4 to π/4: beyond, axes only change places. */
const GRID = 32;
const REFINEMENTS = 16;
const GOLDEN = (3 - Math.sqrt(5)) / 2;
/** Sweeps over all planes, at most, and what one must gain to be followed by another. */
const SWEEPS = 60;
const GAIN = 1e-6;

/** See above. `table` (rows, latent) is left as it is. */
export function sparseRotation(
  table: Float64Array,
  latent: number,
  options: SparseRotationOptions = {},
): SparseRotation {
  const { unit = 1, restarts = 0, random, start = identity(latent) } = options;
  const rows = table.length / latent;
  const scaled = table.map((value) => value / unit);
  let best = descend(scaled, rows, latent, start);
  for (let restart = 0; restart < restarts; restart++) {
    const found = descend(scaled, rows, latent, randomRotation(latent, random!.split('restart', restart)));
    if (found.cost < best.cost * (1 - 1e-9)) best = found;
  }
  const { rotation, cost } = best;
  return { rotation, cost, rotated: gemm({ m: rows, n: latent, k: latent, a: table, b: rotation }) };
}

function descend(scaled: Float64Array, rows: number, latent: number, start: Float64Array) {
  // columns one after the other: a plane is two runs of memory
  const columns = transposed(gemm({ m: rows, n: latent, k: latent, a: scaled, b: start }), rows, latent);
  const axes = transposed(start, latent, latent);
  let cost = costOf(columns);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let gained = 0;
    for (let i = 0; i < latent; i++) {
      for (let j = i + 1; j < latent; j++) gained += turnPlane(columns, rows, axes, latent, i, j);
    }
    cost -= gained;
    if (gained <= GAIN * cost) break;
  }
  return { rotation: transposed(axes, latent, latent), cost: costOf(columns) };
}

/** Turns axes i and j to their best angle; the gain. */
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
  const before = planeCost(x, y, 0);
  let [angle, cost] = [0, before];
  const consider = (at: number) => {
    const value = planeCost(x, y, at);
    if (value < cost) [angle, cost] = [at, value];
    return value;
  };
  for (let k = 1; k < GRID; k++) if (2 * k !== GRID) consider(k * step - Math.PI / 4);
  let [low, high] = [angle - step, angle + step];
  let [a, b] = [low + GOLDEN * (high - low), high - GOLDEN * (high - low)];
  let [atA, atB] = [consider(a), consider(b)];
  for (let k = 0; k < REFINEMENTS; k++) {
    if (atA < atB) {
      [high, b, atB] = [b, a, atA];
      a = low + GOLDEN * (high - low);
      atA = consider(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = high - GOLDEN * (high - low);
      atB = consider(b);
    }
  }
  if (angle === 0) return 0;
  turn(x, y, angle);
  turn(axes.subarray(i * latent, (i + 1) * latent), axes.subarray(j * latent, (j + 1) * latent), angle);
  return before - cost;
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

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
}

/** Gram and Schmidt's orthogonal matrix of normal draws: uniform over rotations and reflections. */
function randomRotation(n: number, random: Random): Float64Array {
  const { q } = qr(random.fillNormal(new Float64Array(n * n)), n, n);
  return q;
}
