/**
 * The PC algorithm (Spirtes and Glymour 1991): what a directed acyclic graph without hidden common causes can be, from
 * correlations. The adjacency search of FCI, colliders, and the rules of Meek (1995, arXiv:1302.4972).
 *
 * Where two colliders would direct an edge both ways it stays so, ↔; where two rules would, it stays undirected. So the
 * order of the variables has no influence. These are `stable` and `uc_priority = 1` of causal-learn.
 */
import { Skeleton, type TestOptions } from './skeleton.js';
import { firstOf } from './subsets.js';

export class Pc {
  readonly #skeleton: Skeleton;
  /** (nVariables): bit j of entry i says j → i. */
  readonly parents: Int32Array;
  /** (nVariables): bit j of entry i says i – j, undirected. */
  readonly undirected: Int32Array;
  /** (nVariables): bit j of entry i says i ↔ j. */
  readonly conflicts: Int32Array;
  readonly #found: Int32Array;

  /** Throws OptionError on options that make no sense, and above 30 variables. */
  constructor(
    readonly nVariables: number,
    options: TestOptions = {},
  ) {
    this.#skeleton = new Skeleton(nVariables, options);
    this.parents = new Int32Array(nVariables);
    this.undirected = new Int32Array(nVariables);
    this.conflicts = new Int32Array(nVariables);
    this.#found = new Int32Array(nVariables);
  }

  /**
   * Finds the graph of a correlation matrix (nVariables, nVariables), row-major, of `nRows` rows; `parents`, `undirected`
   * and `conflicts` hold it until the next run. Throws DataError, OptionError as `Skeleton.search`.
   */
  run(correlation: ArrayLike<number>, nRows: number): this {
    this.#skeleton.search(correlation, nRows);
    this.#colliders();
    do this.#meek();
    while (this.#apply());
    return this;
  }

  #colliders(): void {
    const { parents, undirected, conflicts } = this;
    const { adjacent } = this.#skeleton;
    parents.set(adjacent.map((_, b) => this.#skeleton.intoCollider(b)));
    for (let i = 0; i < this.nVariables; i++) {
      conflicts[i] = 0;
      for (let rest = parents[i]; rest !== 0; rest &= rest - 1) {
        const j = firstOf(rest);
        if ((parents[j] >>> i) & 1) conflicts[i] |= 1 << j;
      }
    }
    for (let i = 0; i < this.nVariables; i++) undirected[i] = adjacent[i] & ~parents[i];
    for (let i = 0; i < this.nVariables; i++) {
      for (let rest = parents[i]; rest !== 0; rest &= rest - 1) undirected[firstOf(rest)] &= ~(1 << i);
    }
    for (let i = 0; i < this.nVariables; i++) parents[i] &= ~conflicts[i];
  }

  /** Collects what a → b would be directed by, for every undirected a – b. */
  #meek(): void {
    const { nVariables, parents, undirected } = this;
    const { adjacent } = this.#skeleton;
    for (let b = 0; b < nVariables; b++) {
      for (let rest = undirected[b]; rest !== 0; rest &= rest - 1) {
        const a = firstOf(rest);
        const fromStranger = (parents[a] & ~adjacent[b] & ~(1 << b)) !== 0;
        if (fromStranger || this.#leads(a, b) || this.#twoLead(a, b)) this.#found[b] |= 1 << a;
      }
    }
  }

  /** a → c → b */
  #leads(a: number, b: number): boolean {
    for (let rest = this.parents[b]; rest !== 0; rest &= rest - 1) {
      if ((this.parents[firstOf(rest)] >>> a) & 1) return true;
    }
    return false;
  }

  /** a – c → b and a – d → b, c and d no neighbours */
  #twoLead(a: number, b: number): boolean {
    const both = this.undirected[a] & this.parents[b];
    for (let rest = both; rest !== 0; rest &= rest - 1) {
      const c = firstOf(rest);
      if ((both & ~this.#skeleton.adjacent[c] & ~(1 << c)) !== 0) return true;
    }
    return false;
  }

  #apply(): boolean {
    const { parents, undirected } = this;
    const found = this.#found;
    let changed = false;
    for (let b = 0; b < this.nVariables; b++) {
      for (let rest = found[b]; rest !== 0; rest &= rest - 1) {
        const a = firstOf(rest);
        if ((found[a] >>> b) & 1) continue;
        parents[b] |= 1 << a;
        undirected[a] &= ~(1 << b);
        undirected[b] &= ~(1 << a);
        changed = true;
      }
    }
    found.fill(0);
    return changed;
  }
}
