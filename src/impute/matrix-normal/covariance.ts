/**
 * The covariances of the model and how they are learned: expectation maximisation from the observed pairs only.
 *
 *     z_j ~ N(0, s_j (C ⊗ A) + n_j I)       for every gene direction j
 *
 * C (contexts) and A (actions) are any positive definite matrices, the same for all directions; a direction has its own
 * signal s_j and noise n_j. Given C ⊗ A on the observed pairs, one spectral decomposition K = Uᵀ diag(d) U serves all
 * directions. A prior of inverse-Wishart kind pulls C and A towards what is known before: the weight ν counts like ν
 * more contexts or actions.
 *
 * With γ = 0 every direction has the same say in C and A, as the likelihood has it: the many faint ones drown the few
 * that carry most of the profile. With γ = 1 they count by their variance, as without directions. Between lies better.
 */
import { gemm, gram, symmetricEigen } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';
import type { GeneDirections } from './gene-directions.js';

export interface Covariance {
  /** C `(nContexts, nContexts)` and A `(nActions, nActions)`, mean of the diagonal 1. */
  readonly contexts: Float64Array;
  readonly actions: Float64Array;
  /** s_j and n_j, `(r)`. */
  readonly signal: Float64Array;
  readonly noise: Float64Array;
}

export interface LearnOptions {
  readonly rounds: number;
  /** ν. */
  readonly prior: number;
  /** γ. */
  readonly balance: number;
  /** Draws the pairs of each round of a large screen. */
  readonly random: Random;
}

/** Context and action of some pairs. */
export interface Places {
  readonly context: Int32Array;
  readonly action: Int32Array;
}

/** So many pairs make a round: its cost grows with their cube. */
const MOST_PAIRS_A_ROUND = 800;
/** Steps of expectation maximisation for s_j and n_j: at first, and in each later round. */
const FIRST_STEPS = 60;
const STEPS = 20;

/**
 * @param places of the pairs that `directions` are of
 * @param priors what C and A are pulled towards, and start from
 */
export function learnCovariance(
  { count: r, coordinates }: GeneDirections,
  places: Places,
  priors: { readonly contexts: Float64Array; readonly actions: Float64Array },
  { rounds, prior, balance, random }: LearnOptions,
): Covariance {
  const n = places.context.length;
  const nContexts = Math.sqrt(priors.contexts.length);
  const nActions = Math.sqrt(priors.actions.length);
  let [contexts, actions] = [priors.contexts, priors.actions];
  const signal = new Float64Array(r);
  for (let i = 0; i < n; i++) for (let j = 0; j < r; j++) signal[j] += coordinates[i * r + j] ** 2 / (2 * n);
  const noise = signal.slice();
  const all = Array.from({ length: n }, (_, i) => i);
  for (let round = 0; ; round++) {
    // a sample of pairs a round, drawn anew, bounds the time of large screens; the scales at last are those of all
    const isSampled = n > MOST_PAIRS_A_ROUND && round < rounds;
    const rows = isSampled
      ? Array.from(random.split(round).sample(n, MOST_PAIRS_A_ROUND)).sort((a, b) => a - b)
      : all;
    const m = rows.length;
    const at: Places = {
      context: Int32Array.from(rows, (row) => places.context[row]),
      action: Int32Array.from(rows, (row) => places.action[row]),
    };
    const own = isSampled ? rowsOf(coordinates, rows, r) : coordinates;
    const { values, vectors } = symmetricEigen(covarianceBetween(contexts, actions, at, at), m);
    for (let i = 0; i < m; i++) values[i] = Math.max(values[i], 0);
    const rotated = gemm({ m, n: r, k: m, a: vectors, b: own });
    learnScales(rotated, values, signal, noise, round === 0 ? FIRST_STEPS : STEPS);
    if (round === rounds) return { contexts, actions, signal, noise };
    const gradient = gradientOf(rotated, values, vectors, signal, noise, balance);
    const ofContexts = new Float64Array(nContexts ** 2);
    const ofActions = new Float64Array(nActions ** 2);
    for (let i = 0; i < m; i++) {
      for (let k = 0; k < m; k++) {
        const value = gradient[i * m + k];
        const context = at.context[i] * nContexts + at.context[k];
        const action = at.action[i] * nActions + at.action[k];
        ofContexts[context] += value * actions[action];
        ofActions[action] += value * contexts[context];
      }
    }
    contexts = improved(contexts, ofContexts, nContexts, nActions, priors.contexts, prior);
    actions = improved(actions, ofActions, nActions, nContexts, priors.actions, prior);
  }
}

function rowsOf(values: Float64Array, rows: readonly number[], r: number): Float64Array {
  const chosen = new Float64Array(rows.length * r);
  rows.forEach((row, i) => chosen.set(values.subarray(row * r, (row + 1) * r), i * r));
  return chosen;
}

/** K `(nRows, nCols)`: C ⊗ A between some pairs and others. */
export function covarianceBetween(
  contexts: Float64Array,
  actions: Float64Array,
  rows: Places,
  cols: Places,
): Float64Array {
  const [n, m] = [rows.context.length, cols.context.length];
  const nContexts = Math.sqrt(contexts.length);
  const nActions = Math.sqrt(actions.length);
  const K = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    const [c, a] = [rows.context[i] * nContexts, rows.action[i] * nActions];
    for (let k = 0; k < m; k++) K[i * m + k] = contexts[c + cols.context[k]] * actions[a + cols.action[k]];
  }
  return K;
}

/** Expectation maximisation of s_j and n_j for the given spectrum, in place. */
function learnScales(
  rotated: Float64Array,
  spectrum: Float64Array,
  signal: Float64Array,
  noise: Float64Array,
  steps: number,
): void {
  const [n, r] = [spectrum.length, signal.length];
  const squares = new Float64Array(n);
  for (let j = 0; j < r; j++) {
    for (let i = 0; i < n; i++) squares[i] = rotated[i * r + j] ** 2;
    let [s, e] = [signal[j], noise[j]];
    const least = 1e-9 * (s + e);
    for (let step = 0; step < steps; step++) {
      let [ofSignal, ofNoise] = [0, 0];
      for (let i = 0; i < n; i++) {
        const total = s * spectrum[i] + e;
        const share = (squares[i] / total - 1) / total;
        ofSignal += spectrum[i] * share;
        ofNoise += share;
      }
      s += (s * s * ofSignal) / n;
      e = Math.max(e + (e * e * ofNoise) / n, least);
    }
    signal[j] = Math.max(s, least);
    noise[j] = e;
  }
}

/** Σ_j w_j s_j (S_j⁻¹ z_j z_jᵀ S_j⁻¹ − S_j⁻¹) with w_j in proportion to s_j^γ: `(n, n)`. */
function gradientOf(
  rotated: Float64Array,
  spectrum: Float64Array,
  vectors: Float64Array,
  signal: Float64Array,
  noise: Float64Array,
  balance: number,
): Float64Array {
  const [n, r] = [spectrum.length, signal.length];
  const weights = signal.map((s) => s ** balance);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const scaled = new Float64Array(n * r);
  const inverse = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < r; j++) {
      const share = (signal[j] * weights[j]) / total;
      const variance = signal[j] * spectrum[i] + noise[j];
      scaled[i * r + j] = (rotated[i * r + j] / variance) * Math.sqrt(share);
      inverse[i] += share / variance;
    }
  }
  const inner = gram(scaled, n, r);
  for (let i = 0; i < n; i++) inner[i * n + i] -= inverse[i];
  const half = gemm({ m: n, n, k: n, a: inner, b: vectors });
  return gemm({ m: n, n, k: n, a: vectors, b: half, transposeA: true });
}

/** C + C T C / count, mixed with the prior, mean of the diagonal 1; exactly symmetric. */
function improved(
  old: Float64Array,
  gradient: Float64Array,
  n: number,
  count: number,
  prior: Float64Array,
  strength: number,
): Float64Array {
  const half = gemm({ m: n, n, k: n, a: gradient, b: old });
  const step = gemm({ m: n, n, k: n, a: old, b: half });
  const next = new Float64Array(n * n);
  let trace = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      const [ik, ki] = [i * n + k, k * n + i];
      const moved = count * old[ik] + (step[ik] + step[ki]) / 2 + strength * prior[ik];
      next[ik] = moved;
      next[ki] = moved;
    }
    trace += next[i * n + i] / n;
  }
  return next.map((value) => value / trace);
}
