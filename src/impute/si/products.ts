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
import { addInnerProducts } from './kernels.js';

/** What a regression needs to know of the profiles. */
export interface ProfileProducts {
  readonly axis: Axis;
  readonly nGenes: number;
  /** Mean m of each profile, `(nPairs)`. */
  readonly means: Float64Array;
  /** The profile x = z + m of a pair `(nGenes)`. */
  profile(pair: number): Float64Array;
  /** Where the profiles of `pairs` lie: row i begins at `offsets[i]` of `values`. */
  rows(pairs: Int32Array): { readonly values: Float64Array; readonly offsets: Int32Array };
  /**
   * Adds z_a · z_b to `out` `(a.length, b.length)` for pairs `a` and donors `b` of one unit. Where `a` is `b`
   * only the lower triangle counts; the upper one may be left as it was.
   */
  addTo(out: Float64Array, unit: number, a: Int32Array, b: Int32Array): void;
}

/** So many donors of a unit are remembered with their products: 2.5 MB a unit at 978 genes. */
const REMEMBERED = 256;
/** Of a unit with so few pairs all are remembered at once, by one matrix product. */
const FEW_PAIRS = 64;
/** More donors at once are multiplied as matrices, every time. */
const FEW_DONORS = 128;

export class Products implements ProfileProducts {
  readonly means: Float64Array;
  /** Slot of each pair among the remembered donors of its unit, −1 for none. */
  readonly slotOf: Int32Array;
  private readonly remembered: (RememberedDonors | undefined)[];

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
    this.slotOf = new Int32Array(tensor.nPairs).fill(-1);
    this.remembered = new Array(axis.nUnits);
  }

  get nGenes(): number {
    return this.tensor.nGenes;
  }

  profile(pair: number): Float64Array {
    return this.tensor.profile(pair);
  }

  rows(pairs: Int32Array): { values: Float64Array; offsets: Int32Array } {
    return { values: this.tensor.profiles, offsets: pairs.map((pair) => pair * this.nGenes) };
  }

  addTo(out: Float64Array, unit: number, a: Int32Array, b: Int32Array): void {
    if (b.length > FEW_DONORS) {
      const right = this.centred(b);
      const left = a === b ? right : this.centred(a);
      gemm({
        m: a.length,
        n: b.length,
        k: this.nGenes,
        a: left,
        b: right,
        transposeB: true,
        c: out,
        beta: 1,
      });
      return;
    }
    let donors = this.remembered[unit];
    if (!donors?.hasRoomFor(b)) {
      // forgetting all of them is rare, and simpler than choosing which
      donors?.forget();
      donors = new RememberedDonors(this, this.axis.pairsOfUnit[unit]);
      this.remembered[unit] = donors;
    }
    donors.addProducts(a, b, out);
  }

  /** The profiles of `pairs` less their own means, `(pairs.length, nGenes)`. */
  centred(pairs: Int32Array): Float64Array {
    const { nGenes } = this;
    const rows = new Float64Array(pairs.length * nGenes);
    for (let i = 0; i < pairs.length; i++) {
      const profile = this.tensor.profile(pairs[i]);
      const mean = this.means[pairs[i]];
      for (let g = 0; g < nGenes; g++) rows[i * nGenes + g] = profile[g] - mean;
    }
    return rows;
  }
}

/** Donors of one unit, centred, with all products among them. */
class RememberedDonors {
  private readonly pairs: number[] = [];
  /** Centred profiles, a row a slot. */
  private rows: Float64Array;
  /** Products of slots i and j at `i * room + j`. */
  private table: Float64Array;
  /** Where the rows of all slots begin. */
  private offsets: Int32Array;
  private room = 32;

  constructor(
    private readonly products: Products,
    unitPairs: Int32Array,
  ) {
    const { nGenes, slotOf } = products;
    if (unitPairs.length <= FEW_PAIRS) {
      this.room = unitPairs.length;
      this.rows = products.centred(unitPairs);
      this.table = gram(this.rows, this.room, nGenes);
      unitPairs.forEach((pair, slot) => (slotOf[pair] = slot));
      this.pairs.push(...unitPairs);
    } else {
      this.rows = new Float64Array(this.room * nGenes);
      this.table = new Float64Array(this.room * this.room);
    }
    this.offsets = Int32Array.from({ length: this.room }, (_, slot) => slot * nGenes);
  }

  hasRoomFor(pairs: Int32Array): boolean {
    const { slotOf } = this.products;
    return this.pairs.length + pairs.length <= REMEMBERED || pairs.every((pair) => slotOf[pair] >= 0);
  }

  forget(): void {
    for (const pair of this.pairs) this.products.slotOf[pair] = -1;
  }

  /** out[i, j] += z_a[i] · z_b[j]: looked up where both are remembered, else multiplied, to the same bits. */
  addProducts(a: Int32Array, b: Int32Array, out: Float64Array): void {
    const { tensor, means, nGenes, slotOf } = this.products;
    for (const pair of b) if (slotOf[pair] < 0) this.add(pair);
    const n = b.length;
    const { table, room } = this;
    const slots = b.map((pair) => slotOf[pair]);
    let offsets: Int32Array | undefined;
    for (let i = 0; i < a.length; i++) {
      const slot = slotOf[a[i]];
      if (slot >= 0) {
        const needed = a === b ? i + 1 : n;
        const row = slot * room;
        for (let j = 0, at = i * n; j < needed; j++, at++) out[at] += table[row + slots[j]];
      } else {
        offsets ??= slots.map((other) => other * nGenes);
        const mean = means[a[i]];
        addInnerProducts(tensor.profiles, a[i] * nGenes, mean, this.rows, offsets, nGenes, out, i * n);
      }
    }
  }

  private add(pair: number): void {
    const { tensor, means, nGenes, slotOf } = this.products;
    const slot = this.pairs.length;
    if (slot === this.room) this.grow();
    const profile = tensor.profile(pair);
    for (let g = 0; g < nGenes; g++) this.rows[slot * nGenes + g] = profile[g] - means[pair];
    slotOf[pair] = slot;
    this.pairs.push(pair);
    const { table, room } = this;
    const others = this.offsets.subarray(0, slot + 1);
    const start = slot * room;
    addInnerProducts(tensor.profiles, pair * nGenes, means[pair], this.rows, others, nGenes, table, start);
    for (let other = 0; other < slot; other++) table[other * room + slot] = table[start + other];
  }

  private grow(): void {
    const room = Math.min(REMEMBERED, this.room * 4);
    const { nGenes } = this.products;
    const rows = new Float64Array(room * nGenes);
    rows.set(this.rows);
    const table = new Float64Array(room * room);
    for (let slot = 0; slot < this.room; slot++) {
      table.set(this.table.subarray(slot * this.room, (slot + 1) * this.room), slot * room);
    }
    this.rows = rows;
    this.table = table;
    this.room = room;
    this.offsets = Int32Array.from({ length: room }, (_, slot) => slot * nGenes);
  }
}
