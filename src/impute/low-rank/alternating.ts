/**
 * CP decomposition of what was observed of contexts × actions × genes, by alternating least squares:
 * minimises Σ_observed ‖x_{ca} − W (u_c ∘ v_a)‖² + ρ (‖U‖² + ‖V‖² + ‖W‖²).
 *
 * A pair is there with all its genes or not at all, so the normal equations of the gene factor W are the same for all
 * genes: W = Xᵀ H (HᵀH + ρ)⁻¹ with h = u ∘ v for every observed pair. Put in, the genes drop out: the other two factors
 * need only X W = K H (HᵀH + ρ)⁻¹ and WᵀW, where K = X Xᵀ are the inner products of the profiles. Entries that were not
 * observed are in no sum.
 */
import { cholesky, choleskySolve, gemm, identity } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';

export interface ObservedFibres {
  readonly nContexts: number;
  readonly nActions: number;
  /** Context and action of each row, `(nRows)`. */
  readonly contexts: Int32Array;
  readonly actions: Int32Array;
  /** Inner products of the rows, `(nRows, nRows)`; of mean square 1 an entry, for ρ to mean the same everywhere. */
  readonly gram: Float64Array;
}

export interface Factors {
  readonly rank: number;
  /** `(nContexts, rank)` */
  readonly u: Float64Array;
  /** `(nActions, rank)` */
  readonly v: Float64Array;
}

export interface Decomposition extends Factors {
  /** H (HᵀH + ρ)⁻¹ `(nRows, rank)`: the gene factor is its product with the profiles. */
  readonly geneWeights: Float64Array;
  /** WᵀW `(rank, rank)` of the gene factor. */
  readonly geneGram: Float64Array;
  readonly loss: number;
  readonly sweeps: number;
}

export const NO_FACTORS: Factors = { rank: 0, u: new Float64Array(), v: new Float64Array() };

/** `factors` with one more component, drawn from N(0, 1). */
export function grown(factors: Factors, { nContexts, nActions }: ObservedFibres, random: Random): Factors {
  const { rank } = factors;
  const widened = (old: Float64Array, nRows: number, label: string) => {
    const fresh = random.split(label).fillNormal(new Float64Array(nRows));
    const wide = new Float64Array(nRows * (rank + 1));
    for (let i = 0; i < nRows; i++) {
      wide.set(old.subarray(i * rank, (i + 1) * rank), i * (rank + 1));
      wide[i * (rank + 1) + rank] = fresh[i];
    }
    return wide;
  };
  return {
    rank: rank + 1,
    u: widened(factors.u, nContexts, 'contexts'),
    v: widened(factors.v, nActions, 'actions'),
  };
}

/** A start of that rank, all of it drawn. */
export function drawn(rank: number, fibres: ObservedFibres, random: Random): Factors {
  let factors = NO_FACTORS;
  for (let r = 0; r < rank; r++) factors = grown(factors, fibres, random.split(r));
  return factors;
}

/** Sweeps from `start` until the loss falls by less than `tolerance` of itself; the loss never rises. */
export function alternate(
  fibres: ObservedFibres,
  start: Factors,
  ridge: number,
  { mostSweeps, tolerance }: { readonly mostSweeps: number; readonly tolerance: number },
): Decomposition {
  const { rank } = start;
  const n = fibres.contexts.length;
  const u = start.u.slice();
  const v = start.v.slice();
  let trace = 0;
  for (let i = 0; i < n; i++) trace += fibres.gram[i * n + i];
  let before = Number.POSITIVE_INFINITY;
  for (let sweeps = 1; ; sweeps++) {
    const h = pairFactors(fibres, u, v, rank);
    const geneWeights = gemm({
      m: n,
      n: rank,
      k: rank,
      a: h,
      b: inverseOf(gemmSelf(h, n, rank), rank, ridge),
    });
    const projected = gemm({ m: n, n: rank, k: n, a: fibres.gram, b: geneWeights });
    const geneGram = gemm({ m: rank, n: rank, k: n, a: geneWeights, transposeA: true, b: projected });
    const loss = lossOf(h, projected, geneGram, trace, ridge, [u, v]);
    if (sweeps >= mostSweeps || !(before - loss > tolerance * loss)) {
      return { rank, u, v, geneWeights, geneGram, loss, sweeps };
    }
    before = loss;
    updateSide(u, fibres.contexts, v, fibres.actions, projected, geneGram, ridge);
    updateSide(v, fibres.actions, u, fibres.contexts, projected, geneGram, ridge);
  }
}

/** H: u_c ∘ v_a of every row `(nRows, rank)`. */
function pairFactors(fibres: ObservedFibres, u: Float64Array, v: Float64Array, rank: number): Float64Array {
  const h = new Float64Array(fibres.contexts.length * rank);
  for (let i = 0; i < fibres.contexts.length; i++) {
    const [c, a] = [fibres.contexts[i] * rank, fibres.actions[i] * rank];
    for (let r = 0; r < rank; r++) h[i * rank + r] = u[c + r] * v[a + r];
  }
  return h;
}

const gemmSelf = (h: Float64Array, n: number, rank: number): Float64Array =>
  gemm({ m: rank, n: rank, k: n, a: h, transposeA: true, b: h });

/** (matrix + ridge)⁻¹; `matrix` is overwritten. */
function inverseOf(matrix: Float64Array, n: number, ridge: number): Float64Array {
  for (let r = 0; r < n; r++) matrix[r * n + r] += ridge;
  cholesky(matrix, n);
  return choleskySolve(matrix, n, identity(n), n);
}

/** tr K − 2 Σ h·p + Σ hᵀ (WᵀW) h + ρ (‖U‖² + ‖V‖² + ‖W‖²). */
function lossOf(
  h: Float64Array,
  projected: Float64Array,
  geneGram: Float64Array,
  trace: number,
  ridge: number,
  factors: readonly Float64Array[],
): number {
  const rank = Math.sqrt(geneGram.length);
  const n = h.length / rank;
  const inner = gemmSelf(h, n, rank);
  let loss = trace;
  for (let at = 0; at < h.length; at++) loss -= 2 * h[at] * projected[at];
  for (let at = 0; at < inner.length; at++) loss += inner[at] * geneGram[at];
  for (let r = 0; r < rank; r++) loss += ridge * geneGram[r * rank + r];
  for (const factor of factors) for (const value of factor) loss += ridge * value * value;
  return loss;
}

/** Least squares of the rows of one factor, the other two as they are. */
function updateSide(
  factor: Float64Array,
  ownKey: Int32Array,
  other: Float64Array,
  otherKey: Int32Array,
  projected: Float64Array,
  geneGram: Float64Array,
  ridge: number,
): void {
  const rank = Math.sqrt(geneGram.length);
  const nRows = factor.length / rank;
  const normal = new Float64Array(nRows * rank * rank);
  factor.fill(0);
  for (let i = 0; i < ownKey.length; i++) {
    const [own, from] = [ownKey[i], otherKey[i] * rank];
    for (let r = 0; r < rank; r++) {
      const left = other[from + r];
      factor[own * rank + r] += left * projected[i * rank + r];
      const to = (own * rank + r) * rank;
      for (let q = 0; q <= r; q++) normal[to + q] += left * other[from + q];
    }
  }
  for (let row = 0; row < nRows; row++) {
    const matrix = normal.subarray(row * rank * rank, (row + 1) * rank * rank);
    for (let at = 0; at < matrix.length; at++) matrix[at] *= geneGram[at];
    for (let r = 0; r < rank; r++) matrix[r * rank + r] += ridge;
    cholesky(matrix, rank);
    choleskySolve(matrix, rank, factor.subarray(row * rank, (row + 1) * rank), 1);
  }
}
