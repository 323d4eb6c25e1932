/**
 * The adjacency search of PC and FCI: who is connected with whom, and what separates those who are not.
 *
 * Starts from all edges; for sets of 0, 1, 2, … neighbours of either end removes the edges whose ends are independent
 * given a set. Edges go only after all sets of one size were tried ("stable", Colombo and Maathuis 2014,
 * jmlr.org/papers/v15/colombo14a.html), so that the order of the variables has no influence. What separates a pair is
 * the union of all sets of that size that do, as in causal-learn.
 */
import { OptionError } from '../../errors.js';
import { checkCorrelation } from './correlation-matrix.js';
import { FEWEST_ROWS, fisherThresholds } from './fisher-z.js';
import { type PartialCorrelation, partialCorrelation } from './partial-correlation.js';
import { checkVariables, firstOf, firstSubset, nextSubset, sizeOf } from './subsets.js';

export interface TestOptions {
  /** Level of Fisher's test. Default 0.05. */
  alpha?: number;
  /** Most variables conditioned on at once. Default: as many as there are. */
  mostGiven?: number;
}

/** No set separates. */
export const INSEPARABLE = -1;

/** The union of two separators, of which either may be none. */
export const either = (a: number, b: number): number =>
  a === INSEPARABLE ? b : b === INSEPARABLE ? a : a | b;

export class Skeleton {
  /** (nVariables): the neighbours of each variable, as bits. */
  readonly adjacent: Int32Array;
  /** (nVariables, nVariables): what separates two variables that are no neighbours, as bits; else of no meaning. */
  readonly separator: Int32Array;
  readonly #before: Int32Array;
  readonly #correlation: PartialCorrelation;
  readonly #alpha: number;
  /** Most variables conditioned on at once. */
  readonly mostGiven: number;
  #thresholds: Float64Array = new Float64Array(0);
  #nRows = -1;

  /** Throws OptionError on options that make no sense, and above 30 variables. */
  constructor(
    readonly nVariables: number,
    { alpha = 0.05, mostGiven = nVariables }: TestOptions = {},
  ) {
    checkVariables(nVariables);
    if (!(mostGiven >= 0)) throw new OptionError('mostGiven', mostGiven, 'a number from 0');
    fisherThresholds(FEWEST_ROWS, nVariables, alpha);
    this.#alpha = alpha;
    this.mostGiven = mostGiven;
    this.#correlation = partialCorrelation(nVariables);
    this.adjacent = new Int32Array(nVariables);
    this.#before = new Int32Array(nVariables);
    this.separator = new Int32Array(nVariables * nVariables);
  }

  /**
   * Searches anew from a correlation matrix (nVariables, nVariables), row-major, of `nRows` rows.
   * Throws DataError where a correlation is not finite, OptionError for fewer than four rows.
   */
  search(correlation: ArrayLike<number>, nRows: number): void {
    this.#load(correlation, nRows);
    const n = this.nVariables;
    const { adjacent } = this;
    const all = 2 ** n - 1;
    for (let i = 0; i < n; i++) adjacent[i] = all & ~(1 << i);
    for (let size = 0; size <= this.mostGiven && this.#largestDegree() > size; size++) {
      this.#before.set(adjacent);
      for (let x = 0; x < n; x++) {
        for (let y = x + 1; y < n; y++) {
          if ((this.#before[x] >>> y) & 1) this.#tryNeighbours(x, y, size);
        }
      }
    }
  }

  /** Whether two variables are independent given a set. */
  independent(x: number, y: number, given: number): boolean {
    return this.#correlation.squared(x, y, given) < this.#thresholds[sizeOf(given)];
  }

  /**
   * The union of the sets of `size` out of `candidates` that separate `x` and `y`, those aside that lie in one of the
   * two sets that were tried before; `INSEPARABLE` when there is none.
   */
  separators(x: number, y: number, candidates: number, size: number, tried: number, also = tried): number {
    if (size > this.mostGiven || sizeOf(candidates) < size) return INSEPARABLE;
    let union = INSEPARABLE;
    let given = firstSubset(candidates, size);
    do {
      const isNew = (given & ~tried) !== 0 && (given & ~also) !== 0;
      if (isNew && this.independent(x, y, given)) union = either(union, given);
      given = nextSubset(candidates, given);
    } while (given !== 0);
    return union;
  }

  /** Removes the edge, and remembers what separates its ends. */
  separate(x: number, y: number, separator: number): void {
    this.adjacent[x] &= ~(1 << y);
    this.adjacent[y] &= ~(1 << x);
    this.separator[x * this.nVariables + y] = separator;
    this.separator[y * this.nVariables + x] = separator;
  }

  /** R0 at b: the a of all a *→ b ←* c where a and c are no neighbours and b does not separate them. */
  intoCollider(b: number): number {
    const { nVariables: n, adjacent, separator } = this;
    let into = 0;
    for (let rest = adjacent[b]; rest !== 0; rest &= rest - 1) {
      const a = firstOf(rest);
      for (let others = rest & (rest - 1) & ~adjacent[a]; others !== 0; others &= others - 1) {
        const c = firstOf(others);
        if (((separator[a * n + c] >>> b) & 1) === 0) into |= (1 << a) | (1 << c);
      }
    }
    return into;
  }

  #tryNeighbours(x: number, y: number, size: number): void {
    if (size === 0) {
      if (this.independent(x, y, 0)) this.separate(x, y, 0);
      return;
    }
    const besideX = this.#before[x] & ~(1 << y);
    const besideY = this.#before[y] & ~(1 << x);
    const ofX = this.separators(x, y, besideX, size, 0);
    const ofY = this.separators(x, y, besideY, size, besideX);
    const separator = either(ofX, ofY);
    if (separator !== INSEPARABLE) this.separate(x, y, separator);
  }

  #largestDegree(): number {
    let largest = 0;
    for (let i = 0; i < this.nVariables; i++) largest = Math.max(largest, sizeOf(this.adjacent[i]));
    return largest;
  }

  #load(correlation: ArrayLike<number>, nRows: number): void {
    const n = this.nVariables;
    checkCorrelation(correlation, n);
    if (nRows !== this.#nRows) this.#thresholds = fisherThresholds(nRows, n, this.#alpha);
    this.#nRows = nRows;
    this.#correlation.load(correlation);
  }
}
