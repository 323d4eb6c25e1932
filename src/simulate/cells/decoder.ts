/**
 * The mixing function: a random network from latents to logits that is injective where layers widen.
 *
 * As the authors' program: no biases, leaky ReLU of slope .2 between layers, weights `(nIn, nOut)` with orthonormal
 * rows times the gain √(2 / (1 + .2²)) · √(2 / (nIn + nOut)). Where a layer narrows, which that program refuses, the
 * columns are orthonormal instead.
 */
import { axpy, dot } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';

export const SLOPE = 0.2;

export class Decoder {
  /** Latents, hidden units of each layer, genes. */
  readonly widths: readonly number[];
  /** For each layer `(nIn, nOut)`, row-major. */
  readonly weights: readonly Float64Array[];
  private readonly units: readonly Float64Array[];

  constructor(latents: number, depth: number, width: number, genes: number, random: Random) {
    this.widths = [latents, ...Array.from({ length: depth }, () => width), genes];
    this.units = this.widths.slice(1).map((count) => new Float64Array(count));
    this.weights = this.units.map((_, layer) => {
      return drawWeights(this.widths[layer], this.widths[layer + 1], random.split(layer));
    });
  }

  /** Logits of one cell's latents, `(nGenes)`: valid until the next call. */
  logits(latents: ArrayLike<number>): Float64Array {
    let below = latents;
    this.weights.forEach((weights, layer) => {
      const units = this.units[layer].fill(0);
      const nOut = units.length;
      for (let i = 0; i < below.length; i++) {
        const value = layer > 0 && below[i] < 0 ? SLOPE * below[i] : below[i];
        const row = i * nOut;
        for (let j = 0; j < nOut; j++) units[j] += value * weights[row + j];
      }
      below = units;
    });
    return below as Float64Array;
  }
}

function drawWeights(nIn: number, nOut: number, random: Random): Float64Array {
  const gain = Math.sqrt(2 / (1 + SLOPE ** 2)) * Math.sqrt(2 / (nIn + nOut));
  const [count, length] = [Math.min(nIn, nOut), Math.max(nIn, nOut)];
  const rows = random.fillNormal(new Float64Array(count * length));
  orthonormaliseRows(rows, count, length);
  if (nIn <= nOut) return rows.map((value) => gain * value);
  return Float64Array.from(
    { length: nIn * nOut },
    (_, at) => gain * rows[(at % nOut) * length + Math.floor(at / nOut)],
  );
}

/**
 * Gram–Schmidt, each row twice (which is enough: Giraud et al. 2005). Not the QR of `linalg`, whose signs and last
 * bits are those of the LAPACK in place: a seed gives the same cells everywhere.
 */
function orthonormaliseRows(rows: Float64Array, count: number, length: number): void {
  for (let i = 0; i < count; i++) {
    const at = i * length;
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) {
        axpy(-dot(rows, at, rows, k * length, length), rows, k * length, rows, at, length);
      }
    }
    const norm = Math.sqrt(dot(rows, at, rows, at, length));
    for (let j = 0; j < length; j++) rows[at + j] /= norm;
  }
}
