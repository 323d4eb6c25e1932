/**
 * What the cells say of the shifts: the mean latents of each perturbation. Where cells have several perturbations,
 * whose shifts add, these are the least squares of the latents on who has what.
 *
 *     S = A⁻¹ B,   A = Σ_n d_n d_nᵀ,   B = Σ_n d_n m_nᵀ,   d_n the 0/1 row of the perturbations of cell n
 *
 * A cell tells as much of its latent as its posterior is narrower than the prior: the variance of an entry is that of
 * the least squares over 1 − (mean posterior variance).
 */
import type { Rows, Store } from '../../compute/index.js';
import { fieldOf, input, Program, Scope } from '../../compute/index.js';
import { cholesky, choleskySolve, identity } from '../../linalg/index.js';
import type { ShiftEvidence } from './model.js';
import { encode, type Sizes } from './objective.js';
import type { MechanismSettings } from './settings.js';

const BATCH = 1024;
/** A posterior as wide as the prior still tells this share. */
const LEAST_TOLD = 0.05;
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
  const spread = new Float64Array(n * latent);
  await eachPosterior(from, (row, mean, variance, at) => {
    const own = Array.from(labels.subarray(row * slots, (row + 1) * slots)).filter((label) => label >= 0);
    if (own.length === 0) {
      untreated.cells++;
      for (let j = 0; j < latent; j++) untreated.mean[j] += mean[at + j] - origin[j];
    }
    for (const label of own) {
      const i = place[label];
      for (let j = 0; j < latent; j++) {
        sums[i * latent + j] += mean[at + j] - origin[j];
        spread[i * latent + j] += variance[at + j] / counts[label];
      }
      for (const other of together ? own : []) together![i * n + place[other]]++;
    }
  });
  const solved = together ? leastSquares(together, n, sums, latent) : perLabel(counts, seen, sums, latent);
  const variance = spread.map(
    (posterior, at) => solved.variance[Math.floor(at / latent)] / Math.max(LEAST_TOLD, 1 - posterior),
  );
  for (let j = 0; j < latent; j++) untreated.mean[j] /= Math.max(1, untreated.cells);
  return { seen, shift: solved.shift, variance, untreated };
}

/** A⁻¹ B, and the diagonal of A⁻¹. */
function leastSquares(together: Float64Array, n: number, sums: Float64Array, latent: number) {
  cholesky(together, n);
  const inverse = choleskySolve(together, n, identity(n), n);
  const shift = choleskySolve(together, n, sums, latent);
  return { shift, variance: Float64Array.from({ length: n }, (_, i) => inverse[i * (n + 1)]) };
}

/** The same where A is diagonal. */
function perLabel(counts: Float64Array, seen: readonly number[], sums: Float64Array, latent: number) {
  return {
    shift: sums.map((sum, at) => sum / counts[seen[Math.floor(at / latent)]]),
    variance: Float64Array.from(seen, (one) => 1 / counts[one]),
  };
}

/** Where the latents of an untreated cell are, along the networks' own axes (latent). */
export const originOf = async (store: Store, latent: number): Promise<Float32Array> =>
  store.has('origin') ? ((await store.get('origin')) as Float32Array) : new Float32Array(latent);

/** Mean and variances of q(z | x) of cell after cell. */
async function eachPosterior(
  { store, settings, sizes, x, rows }: EvidenceFrom,
  visit: (row: number, mean: Float32Array, variance: Float32Array, at: number) => void,
): Promise<void> {
  const field = fieldOf('x', x, 'float32');
  for (let start = 0; start < rows.length; ) {
    const size = Math.min(BATCH, rows.length - start);
    const values = input('x', [size, sizes.genes]);
    const { mean, variance } = encode(new Scope(), values, settings);
    const program = await Program.compile(store, { outputs: { mean, variance } });
    const batch = new Float32Array(size * sizes.genes);
    for (; start + size <= rows.length; start += size) {
      field.gather(rows, start, size, batch);
      const found = await program.run({ x: batch });
      for (let i = 0; i < size; i++) {
        visit(rows[start + i], found.mean as Float32Array, found.variance as Float32Array, i * sizes.latent);
      }
    }
    await program.dispose();
  }
}
