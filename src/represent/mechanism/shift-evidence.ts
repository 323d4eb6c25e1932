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
  let untreated = 0;
  const origin = await originOf(from.store, latent);
  const seen = Array.from(counts.keys()).filter((one) => counts[one] > 0);
  const place = new Int32Array(perturbations).fill(-1);
  seen.forEach((one, i) => {
    place[one] = i;
  });
  const n = seen.length;
  const together = identity(n).map((one) => RIDGE * one);
  const sums = new Float64Array(n * latent);
  const spread = new Float64Array(n * latent);
  await eachPosterior(from, (row, mean, variance, at) => {
    let treated = false;
    for (let k = row * slots; k < (row + 1) * slots; k++) {
      if (labels[k] < 0) continue;
      treated = true;
      const i = place[labels[k]];
      for (let j = 0; j < latent; j++) {
        sums[i * latent + j] += mean[at + j] - origin[j];
        spread[i * latent + j] += variance[at + j] / counts[labels[k]];
      }
      for (let l = row * slots; l < (row + 1) * slots; l++) {
        if (labels[l] >= 0) together[i * n + place[labels[l]]]++;
      }
    }
    if (!treated) untreated++;
  });
  cholesky(together, n);
  const shift = choleskySolve(together, n, sums, latent);
  const inverse = choleskySolve(together, n, identity(n), n);
  const variance = spread.map(
    (posterior, at) => inverse[Math.floor(at / latent) * (n + 1)] / Math.max(LEAST_TOLD, 1 - posterior),
  );
  return { seen, shift, variance, untreated };
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
