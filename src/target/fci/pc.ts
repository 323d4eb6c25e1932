/**
 * The PC algorithm (Spirtes and Glymour 1991): what a directed acyclic graph without hidden common causes can be, from
 * correlations. The adjacency search of FCI, colliders, and the rules of Meek.
 *
 * Where two colliders would direct an edge both ways it stays so, ↔: `stable` and `uc_priority = 1` of causal-learn.
 */
import { Pattern } from './pattern.js';
import { Skeleton, type TestOptions } from './skeleton.js';
import { firstOf } from './subsets.js';

export class Pc extends Pattern {
  readonly #skeleton: Skeleton;
  /** (nVariables): bit j of entry i says i ↔ j. */
  readonly conflicts: Int32Array;

  /** Throws OptionError on options that make no sense, and above 30 variables. */
  constructor(nVariables: number, options: TestOptions = {}) {
    const skeleton = new Skeleton(nVariables, options);
    super(nVariables);
    this.#skeleton = skeleton;
    this.conflicts = new Int32Array(nVariables);
  }

  /**
   * Finds the pattern of a correlation matrix (nVariables, nVariables), row-major, of `nRows` rows, and holds it until the
   * next run. Throws DataError, OptionError as `Skeleton.search`.
   */
  run(correlation: ArrayLike<number>, nRows: number): this {
    this.#skeleton.search(correlation, nRows);
    this.adjacent.set(this.#skeleton.adjacent);
    this.#colliders();
    this.close();
    return this;
  }

  #colliders(): void {
    const { nVariables: n, adjacent, parents, undirected, conflicts } = this;
    for (let b = 0; b < n; b++) parents[b] = this.#skeleton.intoCollider(b);
    undirected.set(adjacent);
    conflicts.fill(0);
    for (let b = 0; b < n; b++) {
      for (let rest = parents[b]; rest !== 0; rest &= rest - 1) {
        const a = firstOf(rest);
        undirected[a] &= ~(1 << b);
        undirected[b] &= ~(1 << a);
        if ((parents[a] >>> b) & 1) conflicts[b] |= 1 << a;
      }
    }
    for (let b = 0; b < n; b++) parents[b] &= ~conflicts[b];
  }
}
