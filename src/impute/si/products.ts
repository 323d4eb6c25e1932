/**
 * Inner products of profiles within a unit, shared by every prediction.
 *
 * Leave-one-out and bulk imputation regress thousands of times on overlapping sets of the same profiles; the
 * normal equations of each are sums of these products. Every profile is split into its own mean and the rest,
 * x = z + m, which makes centring exact: over rows stacked from several units,
 * Σ (x_i − x̄_i)(x_j − x̄_j) = Σ_u z_ui·z_uj + p Σ_u (m_ui − m̄_i)(m_uj − m̄_j), with no cancellation.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { gemm, gram } from '../../linalg/index.js';
import type { Axis } from './axis.js';

/** What a regression needs to know of the profiles. */
export interface ProfileProducts {
  readonly axis: Axis;
  readonly nGenes: number;
  /** Mean m of each profile, `(nPairs)`. */
  readonly means: Float64Array;
  /** The profile x = z + m of a pair `(nGenes)`. */
  profile(pair: number): Float64Array;
  /** Adds z_a · z_b to `out` `(a.length, b.length)` for pairs `a` and `b` of one unit. */
  addTo(out: Float64Array, unit: number, a: Int32Array, b: Int32Array): void;
}

/** Units with more pairs than this are multiplied on demand: their table would be larger than it is worth. */
const TABLE_LIMIT = 1024;

export class Products implements ProfileProducts {
  readonly means: Float64Array;
  private readonly tables: (Float64Array | undefined)[];
  /** Position of each pair among the pairs of its unit. */
  private readonly position: Int32Array;

  constructor(
    readonly tensor: OutcomeTensor,
    readonly axis: Axis,
  ) {
    this.means = new Float64Array(tensor.nPairs);
    for (let pair = 0; pair < tensor.nPairs; pair++) {
      let sum = 0;
      for (const value of tensor.profile(pair)) sum += value;
      this.means[pair] = sum / tensor.nGenes;
    }
    this.position = new Int32Array(tensor.nPairs);
    for (const pairs of axis.pairsOfUnit) pairs.forEach((pair, at) => (this.position[pair] = at));
    this.tables = new Array(axis.nUnits);
  }

  get nGenes(): number {
    return this.tensor.nGenes;
  }

  profile(pair: number): Float64Array {
    return this.tensor.profile(pair);
  }

  addTo(out: Float64Array, unit: number, a: Int32Array, b: Int32Array): void {
    const size = this.axis.pairsOfUnit[unit].length;
    if (size > TABLE_LIMIT) {
      const [nGenes, left] = [this.tensor.nGenes, this.centred(a)];
      const right = a === b ? left : this.centred(b);
      gemm({ m: a.length, n: b.length, k: nGenes, a: left, b: right, transposeB: true, c: out, beta: 1 });
      return;
    }
    const table = this.table(unit);
    for (let i = 0, at = 0; i < a.length; i++) {
      const row = this.position[a[i]] * size;
      for (let j = 0; j < b.length; j++, at++) out[at] += table[row + this.position[b[j]]];
    }
  }

  /** All inner products within a unit, made when first asked for. */
  private table(unit: number): Float64Array {
    const known = this.tables[unit];
    if (known) return known;
    const pairs = this.axis.pairsOfUnit[unit];
    const made = gram(this.centred(pairs), pairs.length, this.tensor.nGenes);
    this.tables[unit] = made;
    return made;
  }

  /** The profiles of `pairs` less their own means, `(pairs.length, nGenes)`. */
  private centred(pairs: Int32Array): Float64Array {
    const { nGenes } = this.tensor;
    const rows = new Float64Array(pairs.length * nGenes);
    for (let i = 0; i < pairs.length; i++) {
      const profile = this.tensor.profile(pairs[i]);
      const mean = this.means[pairs[i]];
      for (let g = 0; g < nGenes; g++) rows[i * nGenes + g] = profile[g] - mean;
    }
    return rows;
  }
}
