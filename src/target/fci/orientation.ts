/**
 * The marks at the ends of edges, and the rules of FCI that find them: R1 to R4 of Zhang (2008), "On the completeness
 * of orientation rules for causal discovery in the presence of latent confounders", doi:10.1016/j.artint.2008.08.001.
 *
 * A mark at i on the edge i–j says whether i is an effect of j: arrowhead no ancestor, tail ancestor, circle unknown.
 * R5 to R10 speak of selection or only turn circles into tails where an arrowhead is opposite; the networks that read
 * these graphs were made for R1 to R4.
 *
 * Rules look at one state of the graph and are applied together; where two of them contradict each other, as happens with
 * few rows, an edge keeps its circles. So the order of the variables has no influence, but for one tie: from six variables
 * on two discriminating paths of one length may begin at the same variable, and only the first is asked.
 */
import type { Skeleton } from './skeleton.js';
import { firstOf } from './subsets.js';

export class Marks {
  readonly nVariables: number;
  /** (nVariables): the neighbours of each variable, as bits. */
  readonly adjacent: Int32Array;
  /** (nVariables): bit j of entry i says that there is an arrowhead at i on the edge i–j. */
  readonly arrow: Int32Array;
  /** The same for tails. */
  readonly tail: Int32Array;
  /** The same for circles. */
  readonly circle: Int32Array;
  readonly #newArrow: Int32Array;
  readonly #newTail: Int32Array;
  /** (nVariables): of a discriminating path the part from here to b. */
  readonly #between: Int32Array;

  constructor(readonly skeleton: Skeleton) {
    const { nVariables } = skeleton;
    this.nVariables = nVariables;
    this.adjacent = skeleton.adjacent;
    this.arrow = new Int32Array(nVariables);
    this.tail = new Int32Array(nVariables);
    this.circle = new Int32Array(nVariables);
    this.#newArrow = new Int32Array(nVariables);
    this.#newTail = new Int32Array(nVariables);
    this.#between = new Int32Array(nVariables);
  }

  /** All edges o–o, then R0. */
  colliders(): void {
    const { arrow, circle, adjacent } = this;
    this.tail.fill(0);
    for (let b = 0; b < this.nVariables; b++) {
      arrow[b] = this.skeleton.intoCollider(b);
      circle[b] = adjacent[b] & ~arrow[b];
    }
  }

  /** R1 to R4 until nothing changes. */
  rules(): void {
    do {
      do this.#propose();
      while (this.#apply());
      this.#discriminate();
    } while (this.#apply());
  }

  /** R1, R2 and R3. */
  #propose(): void {
    const { nVariables: n, arrow, tail, circle, adjacent } = this;
    const newArrow = this.#newArrow;
    for (let b = 0; b < n; b++) {
      for (let rest = circle[b]; rest !== 0; rest &= rest - 1) {
        const c = firstOf(rest);
        // R1: a *→ b o–* c, a and c no neighbours: b → c
        if ((arrow[b] & ~adjacent[c] & ~(1 << c)) !== 0) {
          this.#newTail[b] |= 1 << c;
          newArrow[c] |= 1 << b;
        }
        // R2: c → a *→ b or c *→ a → b, and c *–o b: c *→ b
        if ((arrow[b] & tail[c]) !== 0 || this.#goesThrough(c, b)) newArrow[b] |= 1 << c;
        // R3: a *→ b ←* d, a *–o c o–* d, a and d no neighbours, c *–o b: c *→ b
        const both = arrow[b] & circle[c];
        for (let ends = both; ends !== 0; ends &= ends - 1) {
          const a = firstOf(ends);
          if ((both & ~adjacent[a] & ~(1 << a)) !== 0) newArrow[b] |= 1 << c;
        }
      }
    }
  }

  /** Whether there is c *→ a → b. */
  #goesThrough(c: number, b: number): boolean {
    for (let rest = this.arrow[b] & this.adjacent[c]; rest !== 0; rest &= rest - 1) {
      const a = firstOf(rest);
      if (this.#goesOver(c, a, b)) return true;
    }
    return false;
  }

  /** R4: b o→ c where a discriminating path d *→ … ←* a ←* b o→ c ends; all between d and b are parents of c. */
  #discriminate(): void {
    const { nVariables: n, arrow, circle, adjacent } = this;
    for (let b = 0; b < n; b++) {
      for (let rest = circle[b]; rest !== 0; rest &= rest - 1) {
        const c = firstOf(rest);
        if (((arrow[c] >>> b) & 1) === 0) continue;
        for (let before = adjacent[b] & arrow[c]; before !== 0; before &= before - 1) {
          const a = firstOf(before);
          if (this.#goesOver(b, a, c)) this.#discriminateFrom(a, b, c);
        }
      }
    }
  }

  /** Whether there is from *→ over → to. */
  #goesOver(from: number, over: number, to: number): boolean {
    return ((this.arrow[over] >>> from) & (this.tail[over] >>> to) & (this.arrow[to] >>> over) & 1) === 1;
  }

  /** Follows the paths … a, b, c backwards, and proposes by the shortest that begin at a stranger to c. */
  #discriminateFrom(a: number, b: number, c: number): void {
    const { arrow, adjacent } = this;
    const between = this.#between;
    between[a] = (1 << a) | (1 << b);
    let seen = between[a] | (1 << c);
    let found = false;
    for (let layer = 1 << a; layer !== 0 && !found; ) {
      let next = 0;
      for (; layer !== 0; layer &= layer - 1) {
        const at = firstOf(layer);
        for (let rest = arrow[at] & ~seen; rest !== 0; rest &= rest - 1) {
          const d = firstOf(rest);
          if (((adjacent[c] >>> d) & 1) === 0) {
            this.#proposeBy(d, between[at], a, b, c);
            found = true;
          } else if (this.#goesOver(at, d, c)) {
            between[d] = between[at] | (1 << d);
            next |= 1 << d;
          } else continue;
          seen |= 1 << d;
        }
      }
      layer = next;
    }
  }

  /**
   * Tail at b where b helps to separate the ends of the path, arrowheads where it does not. As in causal-learn the path
   * itself is asked first, with b and without, and the separator of the adjacency search only if neither separates.
   */
  #proposeBy(d: number, path: number, a: number, b: number, c: number): void {
    const { skeleton } = this;
    const separates =
      skeleton.independent(d, c, path) ||
      (!skeleton.independent(d, c, path & ~(1 << b)) &&
        ((skeleton.separator[d * this.nVariables + c] >>> b) & 1) === 1);
    if (separates) this.#newTail[b] |= 1 << c;
    else this.#newArrow[b] |= (1 << a) | (1 << c);
  }

  /** Applies what was proposed, edges where it contradicts itself or the graph aside. Says whether a mark changed. */
  #apply(): boolean {
    const { nVariables: n, arrow, tail, circle } = this;
    const [newArrow, newTail] = [this.#newArrow, this.#newTail];
    let changed = false;
    for (let i = 0; i < n; i++) {
      for (let rest = newArrow[i] | newTail[i]; rest !== 0; rest &= rest - 1) {
        const j = firstOf(rest);
        const contrary =
          ((newArrow[i] | arrow[i]) & (newTail[i] | tail[i]) & (1 << j)) |
          ((newArrow[j] | arrow[j]) & (newTail[j] | tail[j]) & (1 << i));
        if (contrary !== 0 || ((circle[i] >>> j) & 1) === 0) continue;
        if ((newArrow[i] >>> j) & 1) arrow[i] |= 1 << j;
        else tail[i] |= 1 << j;
        circle[i] &= ~(1 << j);
        changed = true;
      }
    }
    newArrow.fill(0);
    newTail.fill(0);
    return changed;
  }
}
