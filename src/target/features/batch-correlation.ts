/**
 * Correlations of a few genes in cells drawn anew each time, without replacement. Where all cells fit into a draw, they
 * are read from the correlations of all cells.
 */
import type { Random } from '../../random/index.js';
import type { StandardGenes } from './standard-genes.js';

/** Below this share of its variance over all cells a gene does not vary in a draw. */
const CONSTANT = 1e-12;

export class BatchCorrelation {
  /** Cells of a draw. */
  readonly nRows: number;
  /** (nVariables, nVariables), overwritten by the next draw. */
  readonly #correlation: Float64Array;
  /** (nVariables, nRows): centred, of length 1; or zero. */
  readonly #drawn: Float64Array;
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
      const j = i + this.random.integer(order.length - i);
      const held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
  }

  #gather(gene: number, k: number): void {
    const { nRows } = this;
    const order = this.#order;
    const { nCells, values } = this.genes;
    const own = this.#drawn.subarray(k * nRows, (k + 1) * nRows);
    const start = gene * nCells;
    let sum = 0;
    for (let i = 0; i < nRows; i++) {
      own[i] = values[start + order[i]];
      sum += own[i];
    }
    const mean = sum / nRows;
    let squares = 0;
    for (let i = 0; i < nRows; i++) {
      own[i] -= mean;
      squares += own[i] * own[i];
    }
    const scale = squares > CONSTANT * nRows ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < nRows; i++) own[i] *= scale;
  }

  #correlate(): void {
    const { nRows, nVariables } = this;
    const drawn = this.#drawn;
    for (let a = 0; a < nVariables; a++) {
      this.#correlation[a * nVariables + a] = 1;
      for (let b = a + 1; b < nVariables; b++) {
        let product = 0;
        for (let i = 0; i < nRows; i++) product += drawn[a * nRows + i] * drawn[b * nRows + i];
        this.#correlation[a * nVariables + b] = product;
        this.#correlation[b * nVariables + a] = product;
      }
    }
  }
}
