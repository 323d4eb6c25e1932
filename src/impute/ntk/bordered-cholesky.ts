/**
 * A Cholesky factor of a kernel in two pieces: most rows, factored once, and a border that changes from fold to fold.
 *
 *     K = [A B; Bᵀ C],   L = [L_A 0; Wᵀ L_S],   W = L_A⁻¹ B,   L_S L_Sᵀ = C − Wᵀ W
 *
 * Leaving out one pair after the other changes the rows of one context; the rest is factored once a context.
 */
import { cholesky, choleskySolve, gemm, solveTriangular } from '../../linalg/index.js';

/** A factor `(n, n)` as `cholesky` makes it. */
export interface Factor {
  readonly l: Float64Array;
  readonly n: number;
}

/**
 * The factor of `a` `(n, n)`, of which the lower triangle is read and which is overwritten; `null` where `a` is not
 * positive definite to working precision.
 */
export function factorOf(a: Float64Array, n: number): Factor | null {
  const largest = largestOfDiagonal(a, n);
  return cholesky(a, n) >= 0 || !isSafe(a, n, largest) ? null : { l: a, n };
}

function largestOfDiagonal(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, a[i * n + i]);
  return largest;
}

/** A pivot that is rounding error of the diagonal would make weights of rounding errors. */
function isSafe(l: Float64Array, n: number, largest: number, size = n): boolean {
  for (let i = 0; i < n; i++) if (l[i * n + i] ** 2 <= 4 * size * Number.EPSILON * largest) return false;
  return true;
}

export class BorderedCholesky {
  private constructor(
    private readonly base: Factor,
    /** W `(base.n, m)`. */
    private readonly coupling: Float64Array,
    private readonly border: Factor,
  ) {}

  /**
   * @param b `(base.n, m)`, overwritten
   * @param c `(m, m)`, overwritten; the lower triangle is read
   * @returns null where the whole is not positive definite to working precision
   */
  static of(base: Factor, b: Float64Array, c: Float64Array, m: number): BorderedCholesky | null {
    const n = base.n;
    const largest = largestOfDiagonal(c, m);
    solveTriangular(base.l, n, b, m);
    gemm({ m, n: m, k: n, a: b, b, c, transposeA: true, alpha: -1, beta: 1 });
    if (cholesky(c, m) >= 0 || !isSafe(c, m, largest, n + m)) return null;
    return new BorderedCholesky(base, b, { l: c, n: m });
  }

  get n(): number {
    return this.base.n + this.border.n;
  }

  /** Solves K X = B in place: `b` `(n, nRhs)` becomes X. */
  solve(b: Float64Array, nRhs: number): Float64Array {
    const { base, border, coupling } = this;
    const [n, m] = [base.n, border.n];
    const upper = b.subarray(0, n * nRhs);
    const lower = b.subarray(n * nRhs, (n + m) * nRhs);
    solveTriangular(base.l, n, upper, nRhs);
    gemm({ m, n: nRhs, k: n, a: coupling, b: upper, c: lower, transposeA: true, alpha: -1, beta: 1 });
    choleskySolve(border.l, m, lower, nRhs);
    gemm({ m: n, n: nRhs, k: m, a: coupling, b: lower, c: upper, alpha: -1, beta: 1 });
    solveTriangular(base.l, n, upper, nRhs, { transpose: true });
    return b;
  }
}
