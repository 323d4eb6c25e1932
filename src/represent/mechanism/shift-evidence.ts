/**
 * What the cells say of the shifts: the mean latents of each perturbation. Where cells have several perturbations,
 * whose shifts add, these are the least squares of the latents on who has what.
 *
 *     S = A⁻¹ B,   A = Σ_n d_n d_nᵀ,   B = Σ_n d_n m_nᵀ,   d_n the 0/1 row of the perturbations of cell n
 *
 * The encoder is taken as it is, so the variance of a row is that of the least squares: (A⁻¹)_ii C, with C the covariance
 * of m_n around what S says of it, and along other axes (A⁻¹)_ii Rᵀ C R.
 */
import type { Rows, Store } from '../../compute/index.js';
import { fieldOf, input, Program, Scope } from '../../compute/index.js';
import { cholesky, choleskySolve, gemm, identity } from '../../linalg/index.js';
import type { ShiftEvidence } from './model.js';
import { encode, type Sizes } from './objective.js';
import type { MechanismSettings } from './settings.js';

const BATCH = 1024;
/** Cells that the prior's variance, 1, counts for in C: it is all there is where no perturbation has two cells. */
const PRIOR_CELLS = 5;
/** Added to A, where two perturbations always come together. */
const RIDGE = 1e-6;

export interface EvidenceFrom {
  readonly store: Store;
  readonly settings: MechanismSettings;
  readonly sizes: Sizes;
  /** Values (nCells, nGenes). */
  readonly x: Rows;
  /** (nCells, slots); −1 for none. */
  readonly labels: Int32Array;
  readonly slots: number;
  /** Cells that count. */
  readonly rows: Int32Array;
}

export async function shiftEvidence(from: EvidenceFrom): Promise<ShiftEvidence> {
  const { sizes, labels, slots, rows } = from;
  const { latent, perturbations } = sizes;
  const counts = new Float64Array(perturbations);
  for (const row of rows) {
    for (let k = row * slots; k < (row + 1) * slots; k++) if (labels[k] >= 0) counts[labels[k]]++;
  }
  const seen = Array.from(counts.keys()).filter((one) => counts[one] > 0);
  const place = new Int32Array(perturbations).fill(-1);
  seen.forEach((one, i) => {
    place[one] = i;
  });
  const n = seen.length;
  const origin = await originOf(from.store, latent);
  const untreated = { cells: 0, mean: new Float64Array(latent) };
  const together = slots === 1 ? null : identity(n).map((one) => RIDGE * one);
  const sums = new Float64Array(n * latent);
  const treated = { cells: 0, mean: new Float64Array(latent) };
  const products = new Float64Array(latent * latent);
  await eachPosterior(from, (row, mean, at) => {
    const own = Array.from(labels.subarray(row * slots, (row + 1) * slots)).filter((label) => label >= 0);
    const known = own.length === 0 ? untreated : treated;
    known.cells++;
    for (let j = 0; j < latent; j++) known.mean[j] += mean[at + j] - origin[j];
    for (let j = 0; own.length > 0 && j < latent; j++)
      for (let k = 0; k < latent; k++)
        products[j * latent + k] += (mean[at + j] - origin[j]) * (mean[at + k] - origin[k]);
    for (const label of own) {
      const i = place[label];
      for (let j = 0; j < latent; j++) sums[i * latent + j] += mean[at + j] - origin[j];
      for (const other of together ? own : []) together![i * n + place[other]]++;
    }
  });
  for (let j = 0; j < latent; j++) untreated.mean[j] /= Math.max(1, untreated.cells);
  const cells = Float64Array.from(seen, (one) => counts[one]);
  const { shift, share, common } = together
    ? leastSquares(together, cells, sums, latent)
    : perLabel(cells, sums, latent);
  const spread = covarianceAround({ products, treated, sums, cells, shift, common, origin: untreated.mean });
  return { seen, shift, share, common, spread, untreated };
}

interface Fitted {
  /** Σ m mᵀ of treated cells (latent, latent). */
  readonly products: Float64Array;
  /** How many they are, and Σ m. */
  readonly treated: { readonly cells: number; readonly mean: Float64Array };
  /** B, S and what goes with them. */
  readonly sums: Float64Array;
  readonly cells: Float64Array;
  readonly shift: Float64Array;
  readonly common: Float64Array;
  /** Where untreated cells are, o: what S is fitted to is m − o. */
  readonly origin: Float64Array;
}

/** C: Σ (m − o − d S)(…)ᵀ = Σ (m − o)(m − o)ᵀ − B_oᵀ S_o of the least squares of m − o. */
function covarianceAround({ products, treated, sums, cells, shift, common, origin }: Fitted): Float64Array {
  const latent = origin.length;
  const n = cells.length;
  const offset = (row: number, j: number, times: Float64Array) => times[row] * origin[j];
  const b = sums.map((sum, at) => sum - offset(Math.floor(at / latent), at % latent, cells));
  const s = shift.map((value, at) => value - offset(Math.floor(at / latent), at % latent, common));
  const explained = gemm({ m: latent, n: latent, k: n, a: b, transposeA: true, b: s });
  const free = Math.max(0, treated.cells - n);
  return products.map((product, at) => {
    const [i, j] = [Math.floor(at / latent), at % latent];
    const around =
      product -
      treated.mean[i] * origin[j] -
      origin[i] * treated.mean[j] +
      treated.cells * origin[i] * origin[j];
    return (around - explained[at] + (i === j ? PRIOR_CELLS : 0)) / (free + PRIOR_CELLS);
  });
}

/** Variances of the entries of S R (seen, latent); R (latent, latent), by default none. */
export function shiftVariance({ share, spread }: ShiftEvidence, rotation?: Float64Array): Float64Array {
  const latent = Math.sqrt(spread.length);
  const [m, n, k] = [latent, latent, latent];
  const turned = rotation && gemm({ m, n, k, a: spread, b: rotation });
  const along = Float64Array.from({ length: latent }, (_, j) => {
    if (!rotation || !turned) return spread[j * (latent + 1)];
    let sum = 0;
    for (let i = 0; i < latent; i++) sum += rotation[i * latent + j] * turned[i * latent + j];
    return sum;
  });
  return Float64Array.from(
    { length: share.length * latent },
    (_, at) => share[Math.floor(at / latent)] * along[at % latent],
  );
}

/** A⁻¹ B, the diagonal of A⁻¹, and A⁻¹ times the number of cells of each perturbation. */
function leastSquares(together: Float64Array, cells: Float64Array, sums: Float64Array, latent: number) {
  const n = cells.length;
  cholesky(together, n);
  const inverse = choleskySolve(together, n, identity(n), n);
  return {
    shift: choleskySolve(together, n, sums.slice(), latent),
    share: Float64Array.from({ length: n }, (_, i) => inverse[i * (n + 1)]),
    common: choleskySolve(together, n, cells.slice(), 1),
  };
}

/** The same where A is diagonal. */
const perLabel = (cells: Float64Array, sums: Float64Array, latent: number) => ({
  shift: sums.map((sum, at) => sum / cells[Math.floor(at / latent)]),
  share: cells.map((count) => 1 / count),
  common: cells.map(() => 1),
});

/** Where the latents of an untreated cell are, along the networks' own axes (latent). */
export const originOf = async (store: Store, latent: number): Promise<Float32Array> =>
  store.has('origin') ? ((await store.get('origin')) as Float32Array) : new Float32Array(latent);

/** Mean of q(z | x) of cell after cell. */
async function eachPosterior(
  { store, settings, sizes, x, rows }: EvidenceFrom,
  visit: (row: number, mean: Float32Array, at: number) => void,
): Promise<void> {
  const field = fieldOf('x', x, 'float32');
  for (let start = 0; start < rows.length; ) {
    const size = Math.min(BATCH, rows.length - start);
    const values = input('x', [size, sizes.genes]);
    const { mean } = encode(new Scope(), values, settings);
    const program = await Program.compile(store, { outputs: { mean } });
    const batch = new Float32Array(size * sizes.genes);
    for (; start + size <= rows.length; start += size) {
      field.gather(rows, start, size, batch);
      const found = await program.run({ x: batch });
      for (let i = 0; i < size; i++) {
        visit(rows[start + i], found.mean as Float32Array, i * sizes.latent);
      }
    }
    await program.dispose();
  }
}
