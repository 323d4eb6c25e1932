/**
 * A pattern: a graph with directed and undirected edges that stands for all directed acyclic graphs which no correlation
 * can tell apart; and the rules of Meek (1995, arXiv:1302.4972) that direct what follows from what is directed.
 */
import { firstOf } from './subsets.js';

export class Pattern {
  /** (nVariables): the neighbours of each variable, as bits. */
  readonly adjacent: Int32Array;
  /** (nVariables): bit j of entry i says j → i. */
  readonly parents: Int32Array;
  /** (nVariables): bit j of entry i says i – j. */
  readonly undirected: Int32Array;
  readonly #found: Int32Array;

  constructor(readonly nVariables: number) {
    this.adjacent = new Int32Array(nVariables);
    this.parents = new Int32Array(nVariables);
    this.undirected = new Int32Array(nVariables);
    this.#found = new Int32Array(nVariables);
  }

  /**
   * Directs undirected edges by Meek's first three rules until nothing changes. All rules look at one state, and an edge
   * that two of them would direct contrarily stays undirected, so the order of the variables has no influence.
   */
  close(): void {
    do this.#propose();
    while (this.#apply());
  }

  #propose(): void {
    const { nVariables, parents, undirected, adjacent } = this;
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
      if ((both & ~this.adjacent[c] & ~(1 << c)) !== 0) return true;
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
