/**
 * Linear regressions among few genes of many, from a covariance. All there is to know is in M, the covariance of one or two
 * genes given the others: slope M₀₁ / M₁₁, residual variance M₀₀ − M₀₁² / M₁₁, partial correlation M₀₁ / √(M₀₀ M₁₁).
 */
import { NumericalError } from '../../errors.js';
import type { Moments } from './moments.js';

/** Covariances of the first genes of a set given the others. */
export interface Conditional {
  m00: number;
  m01: number;
  m11: number;
}

export class Regressions {
  #work = new Float64Array(64);
  readonly #conditional: Conditional = { m00: 0, m01: 0, m11: 0 };

  constructor(readonly moments: Moments) {}

  /** Cells less the parameters of a regression within so many genes, intercept included. */
  freedom(nGenes: number): number {
    return this.moments.nCells - nGenes;
  }

  /** Residual variance, unbiased, of the first gene of `set` given the others. */
  residualVariance(set: readonly number[]): number {
    const scale = (this.moments.nCells - 1) / this.freedom(set.length);
    return scale * this.#eliminate(set, 1)[0];
  }

  /** Covariance of the first two genes of `set` given the others; overwritten by the next call. */
  conditional(set: readonly number[]): Conditional {
    const left = this.#eliminate(set, 2);
    const found = this.#conditional;
    [found.m00, found.m01, found.m11] = [left[0], left[set.length], left[set.length + 1]];
    return found;
  }

  /**
   * Takes what the genes of `set` from the `kept`th on explain out of the covariance of those before: (|set|, |set|), its
   * first `kept` rows valid up to the diagonal. Throws NumericalError where that of the others is not positive definite.
   */
  #eliminate(set: readonly number[], kept: number): Float64Array {
    const { covariance, nGenes } = this.moments;
    const n = set.length;
    if (this.#work.length < n * n) this.#work = new Float64Array(n * n);
    const a = this.#work;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) a[i * n + j] = covariance[set[i] * nGenes + set[j]];
    for (let k = n - 1; k >= kept; k--) {
      const pivot = a[k * n + k];
      if (!(pivot > 0)) throw new NumericalError(`the covariance of ${n} genes cannot be inverted`);
      for (let i = 0; i < k; i++) {
        const factor = a[k * n + i] / pivot;
        for (let j = 0; j <= i; j++) a[i * n + j] -= factor * a[k * n + j];
      }
    }
    return a;
  }
}
