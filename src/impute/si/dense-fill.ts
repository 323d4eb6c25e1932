/**
 * A tensor with every pair filled in, as `si-tandem` works on it.
 *
 * Profiles are kept as z + m (own mean apart, see `products.ts`), `(c, a)` at row `c · nActions + a`. A combination
 * of donors is the same combination of their z and of their m, so that a sweep neither copies nor centres:
 * inner products and predictions of a whole unit are one matrix product each, on the rows where they lie.
 */
import { gemm } from '../../linalg/index.js';
import type { Training } from '../training.js';
import { type Axis, actionAxis, contextAxis } from './axis.js';
import type { ProfileProducts } from './products.js';

export class DenseFill {
  /** `(nContexts · nActions, nGenes)` */
  readonly z: Float64Array;
  readonly means: Float64Array;
  /** Rows whose pair may not be seen: what is filled in. */
  readonly missing: Int32Array;

  constructor(readonly training: Training) {
    const { nContexts, nActions, nGenes } = training.tensor;
    this.z = new Float64Array(nContexts * nActions * nGenes);
    this.means = new Float64Array(nContexts * nActions);
    const missing: number[] = [];
    for (let row = 0; row < this.means.length; row++) {
      const pair = training.pair(Math.floor(row / nActions), row % nActions);
      if (pair < 0) missing.push(row);
      else this.set(row, training.tensor.profile(pair));
    }
    this.missing = Int32Array.from(missing);
  }

  get nGenes(): number {
    return this.training.tensor.nGenes;
  }

  set(row: number, profile: Float64Array): void {
    let mean = 0;
    for (let g = 0; g < profile.length; g++) mean += profile[g];
    mean /= profile.length;
    this.means[row] = mean;
    const start = row * profile.length;
    for (let g = 0; g < profile.length; g++) this.z[start + g] = profile[g] - mean;
  }

  /** x = z + m `(nGenes)`, a copy. */
  profile(row: number): Float64Array {
    return this.z.slice(row * this.nGenes, (row + 1) * this.nGenes).map((value) => value + this.means[row]);
  }
}

/** Inner products within every unit of a filled tensor, along one axis. */
export class DenseProducts implements ProfileProducts {
  readonly axis: Axis;
  /** Row of (unit, donor): `unit * unitStep + donor * donorStep`. */
  readonly unitStep: number;
  readonly donorStep: number;
  /** Per unit `(nDonors, nDonors)`. */
  readonly tables: readonly Float64Array[];
  /** Per unit the donors whose row is filled in. */
  readonly missing: readonly Int32Array[];

  /**
   * @param fill as it is now; call `refresh` when filled rows have changed
   * @param observed tables of a tensor with the same observed profiles, so that only the others are multiplied
   */
  constructor(
    readonly fill: DenseFill,
    donorKind: Axis['donorKind'],
    observed?: readonly Float64Array[],
  ) {
    const { tensor } = fill.training;
    const { nActions, nGenes } = tensor;
    const byAction = donorKind === 'action';
    this.unitStep = byAction ? nActions : 1;
    this.donorStep = byAction ? 1 : nActions;
    const axis = byAction ? actionAxis(tensor) : contextAxis(tensor);
    this.axis = { ...axis, pair: (unit, donor) => unit * this.unitStep + donor * this.donorStep };
    const missing: number[][] = Array.from({ length: axis.nUnits }, () => []);
    for (const row of fill.missing) {
      const [context, action] = [Math.floor(row / nActions), row % nActions];
      if (byAction) missing[context].push(action);
      else missing[action].push(context);
    }
    this.missing = missing.map((donors) => Int32Array.from(donors));
    const n = axis.nDonors;
    this.tables = Array.from({ length: axis.nUnits }, (_, unit) =>
      observed
        ? observed[unit].slice()
        : gemm({
            m: n,
            n,
            k: nGenes,
            ...this.operand('a', unit),
            ...this.operand('b', unit),
            transposeB: true,
          }),
    );
    if (observed) this.refresh();
  }

  get nGenes(): number {
    return this.fill.nGenes;
  }
  get means(): Float64Array {
    return this.fill.means;
  }
  profile(row: number): Float64Array {
    return this.fill.profile(row);
  }

  rows(pairs: Int32Array): { values: Float64Array; offsets: Int32Array } {
    const values = new Float64Array(pairs.length * this.nGenes);
    pairs.forEach((row, i) => values.set(this.profile(row), i * this.nGenes));
    return { values, offsets: Int32Array.from(pairs, (_, i) => i * this.nGenes) };
  }

  /** Brings the products of the filled rows up to date. */
  refresh(): void {
    const n = this.axis.nDonors;
    this.missing.forEach((donors, unit) => {
      if (donors.length === 0) return;
      const some = new Float64Array(donors.length * this.nGenes);
      donors.forEach((donor, i) => {
        const start = this.axis.pair(unit, donor) * this.nGenes;
        some.set(this.fill.z.subarray(start, start + this.nGenes), i * this.nGenes);
      });
      const fresh = gemm({
        m: donors.length,
        n,
        k: this.nGenes,
        a: some,
        ...this.operand('b', unit),
        transposeB: true,
      });
      const table = this.tables[unit];
      donors.forEach((donor, i) => {
        for (let other = 0; other < n; other++) {
          table[donor * n + other] = fresh[i * n + other];
          table[other * n + donor] = fresh[i * n + other];
        }
      });
    });
  }

  addTo(out: Float64Array, unit: number, a: Int32Array, b: Int32Array): void {
    const table = this.tables[unit];
    const n = this.axis.nDonors;
    const first = unit * this.unitStep;
    for (let i = 0, at = 0; i < a.length; i++) {
      const from = ((a[i] - first) / this.donorStep) * n;
      for (let j = 0; j < b.length; j++, at++) out[at] += table[from + (b[j] - first) / this.donorStep];
    }
  }

  /** Where the z of a unit's donors lie, as operand `name` of `gemm`. */
  operand(name: 'a', unit: number): { a: Float64Array; aOffset: number; lda: number };
  operand(name: 'b', unit: number): { b: Float64Array; bOffset: number; ldb: number };
  operand(name: 'a' | 'b', unit: number) {
    const offset = unit * this.unitStep * this.nGenes;
    const lead = this.donorStep * this.nGenes;
    return name === 'a'
      ? { a: this.fill.z, aOffset: offset, lda: lead }
      : { b: this.fill.z, bOffset: offset, ldb: lead };
  }
}
