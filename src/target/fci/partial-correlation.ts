/**
 * Squared partial correlations from a correlation matrix, without allocating anything once it is made.
 *
 * Both ways compute Schur complements: what is left of the correlations once variables are known. For few variables
 * every set has its complement in a table, one step of elimination away from that of the set without its last member;
 * a run of FCI on five variables asks for each at most once. For many variables each question is eliminated anew.
 */
import { firstOf } from './subsets.js';

/** Below this share of its variance a variable is known from the others: nothing left that could correlate. */
const NOTHING_LEFT = 1e-10;
/** 2^6 tables of 36 numbers lie in the fastest cache. */
const MOST_TABULATED = 6;

export interface PartialCorrelation {
  /** From now on answers for this correlation matrix (nVariables, nVariables), row-major, ones on the diagonal. */
  load(correlation: ArrayLike<number>): void;
  /** r² of `x` and `y` given the set `given`; 0 where the set determines one of them. */
  squared(x: number, y: number, given: number): number;
}

export const partialCorrelation = (nVariables: number): PartialCorrelation =>
  nVariables <= MOST_TABULATED ? new Tabulated(nVariables) : new Eliminated(nVariables);

/** r² from what is left of two variances and their covariance. */
const ratio = (covariance: number, varianceX: number, varianceY: number): number =>
  varianceX <= NOTHING_LEFT || varianceY <= NOTHING_LEFT
    ? 0
    : (covariance * covariance) / (varianceX * varianceY);

class Tabulated implements PartialCorrelation {
  readonly #n: number;
  /** (2^n, n, n): the complement of each set, only its upper triangle, only for variables outside of the set. */
  readonly #left: Float64Array;
  /** (2^n): in which run the complement was computed. */
  readonly #madeIn: Int32Array;
  #run = 0;

  constructor(n: number) {
    this.#n = n;
    this.#left = new Float64Array((n * n) << n);
    this.#madeIn = new Int32Array(1 << n);
  }

  load(correlation: ArrayLike<number>): void {
    const n = this.#n;
    if (this.#run === 0x7fffffff) {
      this.#run = 0;
      this.#madeIn.fill(0);
    }
    this.#madeIn[0] = ++this.#run;
    for (let at = 0; at < n * n; at++) this.#left[at] = correlation[at];
    for (let i = 0; i < n; i++) this.#left[i * n + i] = 1;
  }

  squared(x: number, y: number, given: number): number {
    const n = this.#n;
    if (this.#madeIn[given] !== this.#run) this.#make(given);
    const start = given * n * n;
    const left = this.#left;
    const covariance = left[start + (x < y ? x * n + y : y * n + x)];
    return ratio(covariance, left[start + x * n + x], left[start + y * n + y]);
  }

  #make(set: number): void {
    const n = this.#n;
    const left = this.#left;
    const known = 31 - Math.clz32(set);
    const without = set ^ (1 << known);
    if (this.#madeIn[without] !== this.#run) this.#make(without);
    const from = without * n * n;
    const to = set * n * n;
    const variance = left[from + known * n + known];
    const scale = variance > NOTHING_LEFT ? 1 / variance : 0;
    for (let i = 0; i < n; i++) {
      if ((set >>> i) & 1) continue;
      const factor = scale * left[from + (i < known ? i * n + known : known * n + i)];
      for (let j = i; j < n; j++) {
        if ((set >>> j) & 1) continue;
        const other = left[from + (j < known ? j * n + known : known * n + j)];
        left[to + i * n + j] = left[from + i * n + j] - factor * other;
      }
    }
    this.#madeIn[set] = this.#run;
  }
}

class Eliminated implements PartialCorrelation {
  readonly #n: number;
  #correlation: ArrayLike<number> = [];
  readonly #order: Int32Array;
  /** (n, n): the rows of the variables of one question, the given ones first; upper triangle. */
  readonly #left: Float64Array;

  constructor(n: number) {
    this.#n = n;
    this.#order = new Int32Array(n);
    this.#left = new Float64Array(n * n);
  }

  load(correlation: ArrayLike<number>): void {
    this.#correlation = correlation;
  }

  squared(x: number, y: number, given: number): number {
    const n = this.#n;
    const left = this.#left;
    const order = this.#order;
    let size = 0;
    for (let rest = given; rest !== 0; rest &= rest - 1) order[size++] = firstOf(rest);
    order[size++] = x;
    order[size++] = y;
    for (let i = 0; i < size; i++) {
      left[i * n + i] = 1;
      for (let j = i + 1; j < size; j++) left[i * n + j] = this.#correlation[order[i] * n + order[j]];
    }
    for (let known = 0; known < size - 2; known++) {
      const variance = left[known * n + known];
      if (variance <= NOTHING_LEFT) continue;
      for (let i = known + 1; i < size; i++) {
        const factor = left[known * n + i] / variance;
        for (let j = i; j < size; j++) left[i * n + j] -= factor * left[known * n + j];
      }
    }
    const last = size - 1;
    return ratio(left[(last - 1) * n + last], left[(last - 1) * n + last - 1], left[last * n + last]);
  }
}
