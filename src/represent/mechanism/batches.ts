/** Cells in batches: dense rows of a matrix, and the mean of the prior of each. */
import { fieldOf } from '../../compute/index.js';
import type { Matrix } from '../../data/index.js';
import { type PerturbedCells, rowsOf } from './cells.js';

/** Mean of the prior of each cell (nCells, latent): the origin and the shifts, `means` (perturbations, latent). */
export function priorMeans(
  { X, labels }: PerturbedCells,
  means: Float64Array | null,
  origin: Float32Array,
): Float32Array {
  const latent = origin.length;
  const prior = Float32Array.from({ length: X.nRows * latent }, (_, at) => origin[at % latent]);
  const slots = labels.length / X.nRows;
  for (let k = 0; means && k < labels.length; k++) {
    if (labels[k] < 0) continue;
    const at = Math.floor(k / slots) * latent;
    for (let j = 0; j < latent; j++) prior[at + j] += means[labels[k] * latent + j];
  }
  return prior;
}

/** Calls `visit` with dense rows of X, so many at a time. */
export async function inBatches(
  X: Matrix,
  size: number,
  visit: (x: Float32Array, start: number, count: number) => Promise<void>,
): Promise<void> {
  const field = fieldOf('x', rowsOf(X), 'float32');
  const order = Int32Array.from({ length: X.nRows }, (_, i) => i);
  for (let start = 0; start < X.nRows; start += size) {
    const count = Math.min(size, X.nRows - start);
    const x = new Float32Array(count * X.nCols);
    field.gather(order, start, count, x);
    await visit(x, start, count);
  }
}
