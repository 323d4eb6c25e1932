/**
 * Greedy equivalence search (Chickering 2002, jmlr.org/papers/v3/chickering02b.html): the pattern of the best score,
 * from the empty graph by the best insertion as long as there is one, then by the best deletion.
 *
 * The score is that of Gauss with a penalty of `penalty` · log(rows) for each edge: 1 is Schwarz's (BIC), 2 what
 * causal-learn takes. Only differences are needed, and that of one edge x → y beside parents S of y is
 * −rows · log(1 − r²(x, y | S)) − penalty · log(rows): no other scores, no table of them.
 */
import { OptionError } from '../../errors.js';
import { checkCorrelation } from './correlation-matrix.js';
import { type PartialCorrelation, partialCorrelation } from './partial-correlation.js';
import { Pattern } from './pattern.js';
import { checkVariables, firstOf } from './subsets.js';

export interface GesOptions {
  /** In units of log(rows), for each edge. Default 1. */
  penalty?: number;
}

interface Move {
  readonly gain: number;
  readonly x: number;
  readonly y: number;
  /** Of an insertion the undirected neighbours of y that become its parents, of a deletion those that become children. */
  readonly set: number;
}

export class Ges extends Pattern {
  readonly #correlation: PartialCorrelation;
  readonly #penalty: number;
  #nRows = 0;

  /** Throws OptionError on a penalty that is not positive, and above 30 variables. */
  constructor(nVariables: number, { penalty = 1 }: GesOptions = {}) {
    checkVariables(nVariables);
    if (!(penalty > 0)) throw new OptionError('penalty', penalty, 'a positive number');
    super(nVariables);
    this.#correlation = partialCorrelation(nVariables);
    this.#penalty = penalty;
  }

  /**
   * Finds the pattern of a correlation matrix (nVariables, nVariables), row-major, of `nRows` rows, and holds it until the
   * next run. Throws DataError where a correlation is not finite, OptionError for fewer than two rows.
   */
  run(correlation: ArrayLike<number>, nRows: number): this {
    if (!(Number.isInteger(nRows) && nRows >= 2)) throw new OptionError('rows', nRows, 'at least 2 rows');
    checkCorrelation(correlation, this.nVariables);
    this.#correlation.load(correlation);
    this.#nRows = nRows;
    for (const bits of [this.adjacent, this.parents, this.undirected]) bits.fill(0);
    for (let move = this.#bestInsertion(); move; move = this.#bestInsertion()) this.#insert(move);
    for (let move = this.#bestDeletion(); move; move = this.#bestDeletion()) this.#delete(move);
    return this;
  }

  /** What x → y adds to the score where `given` are the other parents of y. */
  #gain(x: number, y: number, given: number): number {
    const unexplained = Math.max(1e-15, 1 - this.#correlation.squared(x, y, given));
    return -this.#nRows * Math.log(unexplained) - this.#penalty * Math.log(this.#nRows);
  }

  #bestInsertion(): Move | undefined {
    const { nVariables: n, adjacent, parents, undirected } = this;
    let best: Move | undefined;
    for (let x = 0; x < n; x++) {
      for (let y = 0; y < n; y++) {
        if (x === y || (adjacent[x] >>> y) & 1) continue;
        const common = undirected[y] & adjacent[x];
        const free = undirected[y] & ~adjacent[x];
        for (let set = free; ; set = (set - 1) & free) {
          const gain = this.#gain(x, y, common | set | parents[y]);
          const better = gain > (best?.gain ?? 0);
          if (better && this.#isClique(common | set) && !this.#reaches(y, x, common | set)) {
            best = { gain, x, y, set };
          }
          if (set === 0) break;
        }
      }
    }
    return best;
  }

  #bestDeletion(): Move | undefined {
    const { nVariables: n, adjacent, parents, undirected } = this;
    let best: Move | undefined;
    for (let y = 0; y < n; y++) {
      for (let rest = undirected[y] | parents[y]; rest !== 0; rest &= rest - 1) {
        const x = firstOf(rest);
        const common = undirected[y] & adjacent[x];
        for (let set = common; ; set = (set - 1) & common) {
          const kept = common & ~set;
          const gain = -this.#gain(x, y, (kept | parents[y]) & ~(1 << x));
          if (gain > (best?.gain ?? 0) && this.#isClique(kept)) best = { gain, x, y, set };
          if (set === 0) break;
        }
      }
    }
    return best;
  }

  #isClique(set: number): boolean {
    for (let rest = set; rest !== 0; rest &= rest - 1) {
      const a = firstOf(rest);
      if ((set & ~this.adjacent[a] & ~(1 << a)) !== 0) return false;
    }
    return true;
  }

  /** Whether a path leads from one to the other, not against an arrow, that avoids `blocked`. */
  #reaches(from: number, to: number, blocked: number): boolean {
    let seen = blocked | (1 << from);
    for (let open = 1 << from; open !== 0; ) {
      const at = firstOf(open);
      open &= open - 1;
      const next = this.adjacent[at] & ~this.parents[at] & ~seen;
      seen |= next;
      open |= next;
    }
    return ((seen >>> to) & 1) === 1 && ((blocked >>> to) & 1) === 0;
  }

  #insert({ x, y, set }: Move): void {
    this.adjacent[x] |= 1 << y;
    this.adjacent[y] |= 1 << x;
    this.parents[y] |= 1 << x;
    for (let rest = set; rest !== 0; rest &= rest - 1) this.#direct(firstOf(rest), y);
    this.#complete();
  }

  #delete({ x, y, set }: Move): void {
    for (const bits of [this.adjacent, this.parents, this.undirected]) {
      bits[x] &= ~(1 << y);
      bits[y] &= ~(1 << x);
    }
    for (let rest = set; rest !== 0; rest &= rest - 1) {
      const h = firstOf(rest);
      this.#direct(y, h);
      if ((this.undirected[x] >>> h) & 1) this.#direct(x, h);
    }
    this.#complete();
  }

  /** a – b becomes a → b. */
  #direct(a: number, b: number): void {
    this.undirected[a] &= ~(1 << b);
    this.undirected[b] &= ~(1 << a);
    this.parents[b] |= 1 << a;
  }

  /** Makes it the pattern of its class again: one acyclic graph of it, the colliders of that, the rules. */
  #complete(): void {
    const { nVariables: n, adjacent, parents, undirected } = this;
    const causes = this.#extension();
    for (let b = 0; b < n; b++) {
      parents[b] = 0;
      undirected[b] = adjacent[b];
    }
    for (let b = 0; b < n; b++) {
      for (let rest = causes[b]; rest !== 0; rest &= rest - 1) {
        const a = firstOf(rest);
        if ((causes[b] & ~adjacent[a] & ~(1 << a)) !== 0) this.#direct(a, b);
      }
    }
    this.close();
  }

  /** (nVariables): parents in an acyclic graph with the same colliders (Dor and Tarsi 1992): sinks first. */
  #extension(): Int32Array {
    const causes = new Int32Array(this.nVariables);
    let left = 2 ** this.nVariables - 1;
    while (left !== 0) {
      const sink = this.#sink(left);
      causes[sink] = this.adjacent[sink] & left;
      left &= ~(1 << sink);
    }
    return causes;
  }

  /**
   * One of `left` without children, whose undirected neighbours know all its neighbours. After the moves that are made
   * here there always is one (Chickering's theorems 15 and 17).
   */
  #sink(left: number): number {
    const { adjacent, parents, undirected } = this;
    let v = -1;
    for (let rest = left; rest !== 0; rest &= rest - 1) {
      v = firstOf(rest);
      const around = adjacent[v] & left;
      let fits = (around & ~parents[v] & ~undirected[v]) === 0;
      for (let open = undirected[v] & left; open !== 0 && fits; open &= open - 1) {
        const u = firstOf(open);
        fits = (around & ~adjacent[u] & ~(1 << u)) === 0;
      }
      if (fits) break;
    }
    return v;
  }
}
