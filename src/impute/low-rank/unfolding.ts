/**
 * Soft-impute (Mazumder, Hastie & Tibshirani 2010) on an unfolded tensor: minimises
 * ½ Σ_observed (x − z)² + λ ‖Z‖_* for the matrix Z with units (contexts, or actions) as rows and everything else, the
 * slices (actions, or contexts) times genes, as columns.
 *
 * A step shrinks the singular values of the filled matrix F. That is a product with a small matrix from the left,
 * S_λ(F) = W F with W = U diag((σ − λ)₊/σ) Uᵀ, so a filled profile stays a combination of the profiles observed in its
 * own slice, and F Fᵀ, all that W depends on, is a sum over slices of small products. Genes are never touched: 24 ×
 * 20,000 costs as much as 24 × 24. Steps are extrapolated (Nesterov, restarted when the step turns back).
 */
import { symmetricEigen } from '../../linalg/index.js';

/** One block of columns: the same genes for every unit. */
export interface Slice {
  /** Rows of the whole matrix that are observed, and which are not. */
  readonly observed: Int32Array;
  readonly missing: Int32Array;
  /** Inner products of the observed profiles, `(nObserved, nObserved)`. */
  readonly gram: Float64Array;
}

export interface StepLimits {
  readonly mostSteps: number;
  /** Steps end when the fill changes by less than this share of its size. */
  readonly tolerance: number;
}

export class Unfolding {
  /** The missing profiles of each slice as combinations of its observed ones, `(nMissing, nObserved)`. */
  fill: Float64Array[];

  constructor(
    readonly nUnits: number,
    readonly slices: readonly Slice[],
  ) {
    this.fill = slices.map(({ observed, missing }) => new Float64Array(observed.length * missing.length));
  }

  /** Largest singular value of the matrix as it is filled: from here on λ shrinks everything to zero. */
  largestSingularValue(): number {
    const { values } = symmetricEigen(this.gramOf(this.fill), this.nUnits, { vectors: false });
    return Math.sqrt(Math.max(values[this.nUnits - 1] ?? 0, 0));
  }

  /** Goes on from the present fill to the minimum at `lambda`; how many steps it took. */
  solve(lambda: number, { mostSteps, tolerance }: StepLimits): number {
    let inertia = 0;
    let ahead = this.fill;
    for (let step = 1; step <= mostSteps; step++) {
      const next = this.shrunk(ahead, this.shrinkage(this.gramOf(ahead), lambda));
      const { change, size, turned } = compare(next, this.fill, ahead);
      inertia = turned ? 0 : inertia + 1;
      ahead = extrapolated(next, this.fill, inertia / (inertia + 3));
      this.fill = next;
      if (change <= tolerance ** 2 * size) return step;
    }
    return mostSteps;
  }

  /** F Fᵀ `(nUnits, nUnits)` of the matrix with this fill. */
  private gramOf(fill: readonly Float64Array[]): Float64Array {
    const n = this.nUnits;
    const total = new Float64Array(n * n);
    for (let s = 0; s < this.slices.length; s++) {
      const { observed, missing, gram } = this.slices[s];
      const [k, m, mixed] = [observed.length, missing.length, fill[s]];
      for (let i = 0; i < k; i++) {
        const row = observed[i] * n;
        for (let j = 0; j < k; j++) total[row + observed[j]] += gram[i * k + j];
      }
      const combined = new Float64Array(k);
      for (let i = 0; i < m; i++) {
        const row = missing[i] * n;
        combined.fill(0);
        for (let l = 0; l < k; l++) {
          const weight = mixed[i * k + l];
          for (let j = 0, from = l * k; j < k; j++, from++) combined[j] += weight * gram[from];
        }
        for (let j = 0; j < k; j++) {
          total[row + observed[j]] += combined[j];
          total[observed[j] * n + missing[i]] += combined[j];
        }
        for (let j = 0; j <= i; j++) {
          let sum = 0;
          for (let l = 0, from = j * k; l < k; l++, from++) sum += combined[l] * mixed[from];
          total[row + missing[j]] += sum;
          if (j < i) total[missing[j] * n + missing[i]] += sum;
        }
      }
    }
    return total;
  }

  /** W = U diag((σ − λ)₊/σ) Uᵀ. */
  private shrinkage(gram: Float64Array, lambda: number): Float64Array {
    const n = this.nUnits;
    const { values, vectors } = symmetricEigen(gram, n);
    const w = new Float64Array(n * n);
    for (let r = n - 1; r >= 0; r--) {
      const sigma = Math.sqrt(Math.max(values[r], 0));
      if (!(sigma > lambda)) break;
      const factor = 1 - lambda / sigma;
      for (let i = 0; i < n; i++) {
        const left = factor * vectors[r * n + i];
        for (let j = 0; j < n; j++) w[i * n + j] += left * vectors[r * n + j];
      }
    }
    return w;
  }

  /** The missing rows of W F, as combinations. */
  private shrunk(fill: readonly Float64Array[], w: Float64Array): Float64Array[] {
    const n = this.nUnits;
    const all: Float64Array[] = [];
    for (let s = 0; s < this.slices.length; s++) {
      const { observed, missing } = this.slices[s];
      const [k, m, mixed] = [observed.length, missing.length, fill[s]];
      const next = new Float64Array(m * k);
      for (let i = 0; i < m; i++) {
        const row = missing[i] * n;
        for (let j = 0; j < k; j++) next[i * k + j] = w[row + observed[j]];
        for (let l = 0; l < m; l++) {
          const weight = w[row + missing[l]];
          for (let j = 0, to = i * k, from = l * k; j < k; j++, to++, from++)
            next[to] += weight * mixed[from];
        }
      }
      all.push(next);
    }
    return all;
  }
}

/** Squared length of the last change and of the fill, and whether the step from `ahead` turned back. */
function compare(
  next: readonly Float64Array[],
  now: readonly Float64Array[],
  ahead: readonly Float64Array[],
): { change: number; size: number; turned: boolean } {
  let [change, size, along] = [0, 0, 0];
  for (let s = 0; s < next.length; s++) {
    const [a, b, c] = [next[s], now[s], ahead[s]];
    for (let at = 0; at < a.length; at++) {
      const moved = a[at] - b[at];
      change += moved * moved;
      size += a[at] * a[at];
      along += moved * (c[at] - a[at]);
    }
  }
  return { change, size, turned: along > 0 };
}

/** next + weight · (next − now) */
function extrapolated(
  next: readonly Float64Array[],
  now: readonly Float64Array[],
  weight: number,
): Float64Array[] {
  return next.map((values, s) => {
    const out = new Float64Array(values.length);
    for (let at = 0; at < out.length; at++) out[at] = values[at] + weight * (values[at] - now[s][at]);
    return out;
  });
}
