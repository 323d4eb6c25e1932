/**
 * Correlations of a few genes in cells drawn anew each time, without replacement. Where all cells fit into a draw, they
 * are read from the correlations of all cells.
 */
import { dot } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';
import type { StandardGenes } from './standard-genes.js';

/** Below this share of its variance over all cells a gene does not vary in a draw. */
const CONSTANT = 1e-12;

export class BatchCorrelation {
  /** Cells of a draw. */
  readonly nRows: number;
  /** (nVariables, nVariables), overwritten by the next draw. */
  readonly #correlation: Float64Array;
  /** (nVariables, nRows): the cells of a draw, and (nVariables) their means. */
  readonly #drawn: Float64Array;
  readonly #mean: Float64Array;
  /** All cells; the first `nRows` are those drawn. */
  readonly #order: Int32Array;

  constructor(
    readonly genes: StandardGenes,
    /** (nGenes, nGenes), of all cells. */
    readonly all: Float64Array,
    readonly nVariables: number,
    mostRows: number,
    readonly random: Random,
  ) {
    this.nRows = Math.min(mostRows, genes.nCells);
    this.#correlation = new Float64Array(nVariables * nVariables);
    this.#drawn = new Float64Array(nVariables * this.nRows);
    this.#mean = new Float64Array(nVariables);
    this.#order = Int32Array.from({ length: genes.nCells }, (_, cell) => cell);
  }

  /** (nVariables, nVariables), row-major, of these genes; 0 beside the diagonal for those that do not vary. */
  draw(variables: Int32Array): Float64Array {
    if (this.nRows === this.genes.nCells) this.#read(variables);
    else {
      this.#drawRows();
      for (let k = 0; k < variables.length; k++) this.#gather(variables[k], k);
      this.#correlate();
    }
    return this.#correlation;
  }

  #read(variables: Int32Array): void {
    const k = this.nVariables;
    for (let a = 0; a < k; a++) {
      const row = variables[a] * this.genes.nGenes;
      for (let b = 0; b < k; b++) this.#correlation[a * k + b] = this.all[row + variables[b]];
    }
  }

  /** The first steps of a Fisher–Yates shuffle; which order it starts from does not matter. */
  #drawRows(): void {
    const order = this.#order;
    for (let i = 0; i < this.nRows; i++) {
      const j = i + this.#below(order.length - i);
      const held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
  }

  /**
   * Uniform on 0 … range − 1, as `Random.integer` but by a product in place of a remainder (Lemire 2019,
   * doi:10.1145/3230636), which is most of the time of a draw. Up to 2^21 cells the product is exact.
   */
  #below(range: number): number {
    if (range > 2 ** 21) return this.random.integer(range);
    for (;;) {
      const product = this.random.nextUint32() * range;
      const high = Math.floor(product * 2 ** -32);
      const low = product - high * 2 ** 32;
      if (low >= range || low >= 2 ** 32 % range) return high;
    }
  }

  #gather(gene: number, k: number): void {
    const { nRows } = this;
    const order = this.#order;
    const drawn = this.#drawn;
    const { nCells, values } = this.genes;
    const start = gene * nCells;
    let sum = 0;
    for (let i = 0, at = k * nRows; i < nRows; i++, at++) {
      const value = values[start + order[i]];
      drawn[at] = value;
      sum += value;
    }
    this.#mean[k] = sum / nRows;
  }

  /** In one pass: genes are standardised over all cells, so a mean over some is no larger than what varies. */
  #correlate(): void {
    const k = this.nVariables;
    const correlation = this.#correlation;
    const mean = this.#mean;
    for (let a = 0; a < k; a++) {
      const own = this.#covariance(a, a);
      correlation[a * k + a] = own > CONSTANT * (1 + mean[a] * mean[a]) ? own : 0;
    }
    for (let a = 0; a < k; a++) {
      for (let b = a + 1; b < k; b++) {
        const scale = Math.sqrt(correlation[a * k + a] * correlation[b * k + b]);
        const r = scale > 0 ? this.#covariance(a, b) / scale : 0;
        correlation[a * k + b] = r;
        correlation[b * k + a] = r;
      }
    }
    for (let a = 0; a < k; a++) correlation[a * k + a] = 1;
  }

  #covariance(a: number, b: number): number {
    const { nRows } = this;
    const drawn = this.#drawn;
    return dot(drawn, a * nRows, drawn, b * nRows, nRows) / nRows - this.#mean[a] * this.#mean[b];
  }
}
