/**
 * The baseline of every model of mechanisms: each perturbation has a mean profile, and cells scatter around it.
 *
 *     counts      x_g ~ NegativeBinomial(l f_pg, 1 / φ_g),  f_p frequencies, l the total of the cell; Poisson: φ = 0
 *     values      x_g ~ N(m_pg, s_g²)
 *
 * f_p is pulled to the profile of all cells with the weight of one average cell, so that a gene not seen yet is not
 * impossible; m_p likewise. φ_g by moments over all cells: Σ((x − μ)² − μ) / Σ μ². There is nothing hidden in it, so
 * its likelihood is exact, where that of a model with latents is a lower bound.
 */
import { logFactorial } from '../../compute/index.js';
import { readRow } from '../../data/index.js';
import type { PerturbedCells } from './cells.js';
import { perturbationsOf } from './perturbed-cells.js';
import type { Likelihood } from './settings.js';

/** Below this the negative binomial is a Poisson. */
const LEAST_DISPERSION = 1e-6;
const LEAST_VARIANCE = 1e-6;

export class MeanProfiles {
  readonly #profiles = new Map<string, Float64Array>();
  /** Of all cells: frequencies, or means (nGenes). */
  readonly #overall: Float64Array;
  /** φ of counts, s² of values (nGenes). */
  readonly #spread: Float64Array;
  /** Mean total of a cell. */
  readonly #total: number;

  /** Learns from the cells at `rows`, of which there is at least one. */
  constructor(
    cells: PerturbedCells,
    rows: Int32Array,
    readonly likelihood: Likelihood,
  ) {
    const all = this.#sums(cells, rows);
    const nGenes = cells.X.nCols;
    // half a count a gene: none is impossible
    this.#overall = this.#isCounts
      ? all.sums.map((sum) => (sum + 0.5) / (all.weight + 0.5 * nGenes))
      : all.sums.map((sum) => sum / all.weight);
    this.#total = this.#isCounts ? all.weight / rows.length : 1;
    this.learn(cells, rows);
    this.#spread = this.#spreadOf(cells, rows);
  }

  /** Profiles of the perturbations that the cells at `rows` have, from these cells; the spread stays as it is. */
  learn(cells: PerturbedCells, rows: Int32Array): void {
    for (const [key, members] of groupsOf(cells, rows)) {
      const { sums, weight } = this.#sums(cells, Int32Array.from(members));
      const pulled = sums.map(
        (sum, gene) => (sum + this.#total * this.#overall[gene]) / (weight + this.#total),
      );
      this.#profiles.set(key, pulled);
    }
  }

  /** log p(x | perturbations) of the cells at `rows`, in nats; perturbations never seen have the profile of all cells. */
  logLikelihood(cells: PerturbedCells, rows: Int32Array): Float64Array {
    const out = new Float64Array(rows.length);
    this.#eachCell(cells, rows, (i, x, total, profile) => {
      let sum = 0;
      for (let gene = 0; gene < x.length; gene++) {
        const spread = this.#spread[gene];
        sum += this.#isCounts
          ? logCount(x[gene], total * profile[gene], spread)
          : -0.5 * (Math.log(2 * Math.PI * spread) + (x[gene] - profile[gene]) ** 2 / spread);
      }
      out[i] = sum;
    });
    return out;
  }

  get #isCounts(): boolean {
    return this.likelihood !== 'gaussian';
  }

  /** Sums over cells (nGenes), and what they are to be divided by. */
  #sums({ X }: PerturbedCells, rows: Int32Array) {
    const sums = new Float64Array(X.nCols);
    const x = new Float64Array(X.nCols);
    let total = 0;
    for (const row of rows) {
      readRow(X, row, x);
      for (let gene = 0; gene < x.length; gene++) {
        sums[gene] += x[gene];
        total += x[gene];
      }
    }
    return { sums, weight: this.#isCounts ? total : rows.length };
  }

  #spreadOf(cells: PerturbedCells, rows: Int32Array): Float64Array {
    const nGenes = cells.X.nCols;
    const excess = new Float64Array(nGenes);
    const squares = new Float64Array(nGenes);
    this.#eachCell(cells, rows, (_, x, total, profile) => {
      for (let gene = 0; gene < nGenes; gene++) {
        const mean = this.#isCounts ? total * profile[gene] : profile[gene];
        excess[gene] += (x[gene] - mean) ** 2 - (this.#isCounts ? mean : 0);
        squares[gene] += mean * mean;
      }
    });
    switch (this.likelihood) {
      case 'gaussian':
        return excess.map((sum) => Math.max(LEAST_VARIANCE, sum / rows.length));
      case 'poisson':
        return excess.fill(0);
      case 'negative-binomial':
        return excess.map((sum, gene) => Math.max(0, sum / Math.max(squares[gene], 1e-300)));
    }
  }

  #eachCell(
    cells: PerturbedCells,
    rows: Int32Array,
    visit: (i: number, x: Float64Array, total: number, profile: Float64Array) => void,
  ): void {
    const x = new Float64Array(cells.X.nCols);
    rows.forEach((row, i) => {
      readRow(cells.X, row, x);
      const total = this.#isCounts ? x.reduce((sum, value) => sum + value, 0) : 1;
      visit(i, x, total, this.#profiles.get(keyOf(cells, row)) ?? this.#overall);
    });
  }
}

/** The rows, by the perturbations that the cells have. */
export function groupsOf(cells: PerturbedCells, rows: Int32Array): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = keyOf(cells, row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** The same for cells of the same perturbations. */
const keyOf = (cells: PerturbedCells, row: number): string => perturbationsOf(cells, row).sort().join(',');

function logCount(x: number, mean: number, dispersion: number): number {
  if (dispersion < LEAST_DISPERSION) return x * Math.log(mean) - mean - logFactorial(x);
  const size = 1 / dispersion;
  const rest = -size * Math.log1p(mean * dispersion);
  if (x === 0) return rest;
  const ways = logFactorial(x + size - 1) - logFactorial(size - 1) - logFactorial(x);
  return ways + x * Math.log(mean / (size + mean)) + rest;
}
