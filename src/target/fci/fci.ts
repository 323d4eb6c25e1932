/**
 * Fast causal inference (Spirtes, Meek and Richardson 1999; Zhang 2008): the partial ancestral graph of a few variables
 * from their correlations, with hidden common causes allowed. Made to be run a hundred thousand times: one object, no
 * allocation, any number of runs.
 */
import { Marks } from './orientation.js';
import { either, INSEPARABLE, Skeleton, type TestOptions } from './skeleton.js';
import { firstOf, sizeOf } from './subsets.js';

export class Fci {
  readonly #skeleton: Skeleton;
  readonly #marks: Marks;
  /** (nVariables): the possible ancestors of each variable. */
  readonly #ancestors: Int32Array;
  /** (nVariables, nVariables): of neighbours x and y, what may separate them seen from x. */
  readonly #possible: Int32Array;
  /** (nVariables): neighbours before any edge went. */
  readonly #before: Int32Array;
  /** (nVariables): bit u of entry v says that a path goes on from u over v; and of those, where it was not yet followed. */
  readonly #paths: Int32Array;
  readonly #open: Int32Array;

  /** Throws OptionError on options that make no sense, and above 30 variables. */
  constructor(
    readonly nVariables: number,
    options: TestOptions = {},
  ) {
    this.#skeleton = new Skeleton(nVariables, options);
    this.#marks = new Marks(this.#skeleton);
    this.#ancestors = new Int32Array(nVariables);
    this.#possible = new Int32Array(nVariables * nVariables);
    this.#before = new Int32Array(nVariables);
    this.#paths = new Int32Array(nVariables);
    this.#open = new Int32Array(nVariables);
  }

  /**
   * Finds the graph of a correlation matrix (nVariables, nVariables), row-major, of `nRows` rows: bits of neighbours,
   * arrowheads and tails, overwritten by the next run. Throws DataError, OptionError as `Skeleton.search`.
   */
  run(correlation: ArrayLike<number>, nRows: number): Marks {
    this.#skeleton.search(correlation, nRows);
    this.#marks.colliders();
    if (this.#separateFurther()) this.#marks.colliders();
    this.#marks.rules();
    return this.#marks;
  }

  /**
   * Removes edges whose ends are separated only by sets beyond their neighbours. All paths are looked for before the
   * first edge goes. Says whether an edge went.
   */
  #separateFurther(): boolean {
    const n = this.nVariables;
    const { adjacent } = this.#skeleton;
    let beyond = false;
    for (let x = 0; x < n; x++) this.#ancestors[x] = this.#possibleAncestors(x);
    for (let x = 0; x < n; x++) {
      for (let rest = adjacent[x]; rest !== 0; rest &= rest - 1) {
        const y = firstOf(rest);
        this.#possible[x * n + y] = this.#possibleSeparators(x, y);
        beyond ||= (this.#possible[x * n + y] & ~adjacent[x]) !== 0;
      }
    }
    return beyond && this.#tryPossible();
  }

  #tryPossible(): boolean {
    const n = this.nVariables;
    const before = this.#before;
    before.set(this.#skeleton.adjacent);
    let removed = false;
    for (let x = 0; x < n; x++) {
      for (let rest = before[x] & (-2 << x); rest !== 0; rest &= rest - 1) {
        const y = firstOf(rest);
        const separator = this.#separator(x, y, before[x] & ~(1 << y), before[y] & ~(1 << x));
        if (separator === INSEPARABLE) continue;
        this.#skeleton.separate(x, y, separator);
        removed = true;
      }
    }
    return removed;
  }

  /** The union of the smallest sets that separate, from either side; sets of neighbours were tried before. */
  #separator(x: number, y: number, besideX: number, besideY: number): number {
    const ofX = this.#possible[x * this.nVariables + y];
    const ofY = this.#possible[y * this.nVariables + x];
    const most = Math.max(sizeOf(ofX), sizeOf(ofY));
    for (let size = 2; size <= most; size++) {
      const union = either(
        this.#skeleton.separators(x, y, ofX, size, besideX, besideY),
        this.#skeleton.separators(x, y, ofY, size, besideX, besideY),
      );
      if (union !== INSEPARABLE) return union;
    }
    return INSEPARABLE;
  }

  /** Those that may be ancestors of x: from where one comes to x without walking against an arrowhead; x itself, too. */
  #possibleAncestors(x: number): number {
    const { adjacent } = this.#skeleton;
    const { arrow } = this.#marks;
    let found = 1 << x;
    for (let open = found; open !== 0; ) {
      const at = firstOf(open);
      open &= open - 1;
      for (let rest = adjacent[at] & ~found; rest !== 0; rest &= rest - 1) {
        const before = firstOf(rest);
        if ((arrow[before] >>> at) & 1) continue;
        found |= 1 << before;
        open |= 1 << before;
      }
    }
    return found;
  }

  /**
   * Possible-D-Sep(x, y): where paths from x lead that avoid y, each step over a collider or along a triangle, over what
   * may be an ancestor of x or y.
   */
  #possibleSeparators(x: number, y: number): number {
    const { adjacent } = this.#skeleton;
    const { arrow } = this.#marks;
    const paths = this.#paths.fill(0);
    const open = this.#open.fill(0);
    const ancestors = this.#ancestors[x] | this.#ancestors[y];
    let reached = adjacent[x] & ~(1 << y);
    for (let rest = reached; rest !== 0; rest &= rest - 1) {
      const v = firstOf(rest);
      paths[v] = 1 << x;
      open[v] = 1 << x;
    }
    for (let active = reached; active !== 0; ) {
      const v = firstOf(active);
      const from = open[v];
      active &= ~(1 << v);
      open[v] = 0;
      if (((ancestors >>> v) & 1) === 0) continue;
      for (let rest = adjacent[v] & ~(1 << x) & ~(1 << y); rest !== 0; rest &= rest - 1) {
        const w = firstOf(rest);
        const over = adjacent[w] | ((arrow[v] >>> w) & 1 ? arrow[v] : 0);
        if ((from & over & ~(1 << w)) === 0 || ((paths[w] >>> v) & 1) === 1) continue;
        paths[w] |= 1 << v;
        open[w] |= 1 << v;
        active |= 1 << w;
        reached |= 1 << w;
      }
    }
    return reached;
  }
}
