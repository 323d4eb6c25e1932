/**
 * Which genes go together into a batch. A pair is the likelier the stronger its genes correlate and the less often it
 * was together before: weight |r| / √(1 + visits), 0 for a gene with itself. The first gene of a batch goes by the sum
 * of its weights, each further one by the sum of its weights with those that are in.
 */
import type { Random } from '../../random/index.js';

export class VariableSampler {
  /** (nGenes, nGenes): batches that had both. */
  readonly #visits: Int32Array;
  /** (nGenes): how likely a gene is next. */
  readonly #chance: Float64Array;
  #strength: Float64Array | undefined;
  /** (nGenes): sums of weights with all genes. */
  #sums = new Float64Array(0);

  constructor(
    readonly nGenes: number,
    readonly random: Random,
  ) {
    this.#visits = new Int32Array(nGenes * nGenes);
    this.#chance = new Float64Array(nGenes);
    this.weighBy(undefined);
  }

  /** From now on by these correlations (nGenes, nGenes), or all pairs alike; visits stay. */
  weighBy(correlation: Float64Array | undefined): void {
    const n = this.nGenes;
    this.#strength = correlation;
    this.#sums = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) this.#sums[j] += this.#weight(i, j);
  }

  /** Draws `chosen.length` different genes into `chosen`, and counts the visit. */
  draw(chosen: Int32Array): void {
    const n = this.nGenes;
    const chance = this.#chance;
    for (let k = 0; k < chosen.length; k++) {
      if (k === 0) for (let j = 0; j < n; j++) chance[j] = Math.max(0, this.#sums[j]);
      else if (k === 1) for (let j = 0; j < n; j++) chance[j] = this.#weight(chosen[0], j);
      else for (let j = 0; j < n; j++) chance[j] += this.#weight(chosen[k - 1], j);
      for (let earlier = 0; earlier < k; earlier++) chance[chosen[earlier]] = 0;
      chosen[k] = this.#pick(chosen, k);
    }
    this.#visit(chosen);
  }

  /** A gene by `#chance`; where none has a chance, as with constant genes, any that is not among the first `k`. */
  #pick(chosen: Int32Array, k: number): number {
    const chance = this.#chance;
    let total = 0;
    for (const share of chance) total += share;
    let left = this.random.uniform() * total;
    let last = -1;
    for (let j = 0; j < chance.length; j++) {
      if (chance[j] <= 0) continue;
      last = j;
      left -= chance[j];
      if (left < 0) return j;
    }
    if (last >= 0) return last;
    const others = Array.from(chance.keys()).filter((j) => !chosen.subarray(0, k).includes(j));
    return others[this.random.integer(others.length)];
  }

  #visit(chosen: Int32Array): void {
    for (const i of chosen) {
      for (const j of chosen) {
        this.#sums[j] -= this.#weight(i, j);
        this.#visits[i * this.nGenes + j]++;
        this.#sums[j] += this.#weight(i, j);
      }
    }
  }

  #weight(i: number, j: number): number {
    if (i === j) return 0;
    const at = i * this.nGenes + j;
    const strength = this.#strength === undefined ? 1 : Math.abs(this.#strength[at]);
    return strength / Math.sqrt(1 + this.#visits[at]);
  }
}
