/**
 * Which entries of a table of shifts are edges, how surely, and how large: a mixture whose every number is learned from
 * the table, the empirical Bayes of spikes and slabs (Efron 2008; Johnstone and Silverman 2004).
 *
 *     observed shift ~ (1 − π) N(0, σ₀² + v) + π/2 N(−m, τ² + v) + π/2 N(m, τ² + v)
 *
 * v is the variance that sampling cells gives to an entry. σ₀, the spread of what is no edge, takes in what the model
 * gets wrong (an imperfect basis, a curved decoder), so that many cells alone make no edges; π is the share of edges; m and
 * τ the size of an effect and its spread. The probability of an edge is what the mixture says of the entry, one minus its local false
 * discovery rate.
 */

export interface EdgeMixture {
  /** π. */
  readonly share: number;
  /** σ₀. */
  readonly nullSpread: number;
  /** m ≥ 0. */
  readonly effect: number;
  /** τ. */
  readonly effectSpread: number;
}

export interface Edges {
  readonly mixture: EdgeMixture;
  /** Probability of an edge at each entry. */
  readonly probability: Float64Array;
  /** Mean of the shift, were there an edge. */
  readonly shift: Float64Array;
  /** Of the data, in nats. */
  readonly logLikelihood: number;
}

const ROUNDS = 500;
const TOLERANCE = 1e-7;
/** Least spread: what float32 and a finite training leave. */
const LEAST_SPREAD = 1e-3;
/** Effects are no more uncertain than this share of themselves: below, a handful of entries would be a slab of their own. */
const LEAST_RELATIVE_SPREAD = 0.05;

/**
 * Nats by which edges must make the table more likely than none at all, or there are none: three more numbers gain up to
 * four of them by chance, and then call a fifth of a table without any edge edges.
 */
const LEAST_EVIDENCE = 5;

/**
 * Fits the mixture to `shifts` with sampling variances `variances`, both (entries), from several starts. `leak`: σ₀ is at
 * least so much of the size of an effect, √(m² + τ²); for tables that are known to be still imperfect. Default 0.
 */
export function fitEdges(shifts: Float64Array, variances: Float64Array, leak = 0): Edges {
  let best: Edges | undefined;
  for (const start of startsOf(shifts)) {
    const found = maximise(shifts, variances, start, leak);
    if (!best || found.logLikelihood > best.logLikelihood + 1e-9) best = found;
  }
  const none = withoutEdges(shifts, variances, best!.mixture);
  return best!.logLikelihood - none.logLikelihood > LEAST_EVIDENCE ? best! : none;
}

/** The mixture whose share of edges is next to nothing. */
function withoutEdges(
  shifts: Float64Array,
  variances: Float64Array,
  { effect, effectSpread }: EdgeMixture,
): Edges {
  const n = Math.max(1, shifts.length);
  const share = 0.5 / n;
  let nullSpread = Math.max(LEAST_SPREAD, Math.sqrt(shifts.reduce((sum, x) => sum + x * x, 0) / n));
  for (let round = 0; round < ROUNDS; round++) {
    const kept = variances.map((v) => nullSpread ** 2 / (nullSpread ** 2 + v));
    const squares = shifts.reduce((sum, x, i) => sum + (kept[i] * x) ** 2 + kept[i] * variances[i], 0);
    const next = Math.max(LEAST_SPREAD, Math.sqrt(squares / n));
    const moved = Math.abs(next - nullSpread);
    nullSpread = next;
    if (moved < 1e-6 * nullSpread) break;
  }
  const mixture = { share, nullSpread, effect, effectSpread };
  const { sums: _, ...edges } = expect(shifts, variances, mixture);
  return { mixture, ...edges };
}

/** A share of the entries, the largest, as edges; the others as none. */
function startsOf(shifts: Float64Array): EdgeMixture[] {
  const sizes = shifts.map(Math.abs).sort();
  const rootMeanSquare = (of: Float64Array) =>
    Math.sqrt(of.reduce((sum, x) => sum + x * x, 0) / Math.max(1, of.length));
  return [0.03, 0.1, 0.3, 0.7].map((share) => {
    const cut = Math.min(sizes.length - 1, Math.max(0, Math.round((1 - share) * sizes.length)));
    const [small, large] = [sizes.subarray(0, cut), sizes.subarray(cut)];
    const effect = large.reduce((sum, x) => sum + x, 0) / Math.max(1, large.length);
    return {
      share,
      nullSpread: Math.max(LEAST_SPREAD, rootMeanSquare(small)),
      effect,
      effectSpread: Math.max(LEAST_SPREAD, effect / 3),
    };
  });
}

/** Expectation and maximisation. */
function maximise(shifts: Float64Array, variances: Float64Array, start: EdgeMixture, leak: number): Edges {
  const n = Math.max(1, shifts.length);
  let mixture = start;
  let last = Number.NEGATIVE_INFINITY;
  for (let round = 0; ; round++) {
    const { sums, ...edges } = expect(shifts, variances, mixture);
    if (round === ROUNDS || Math.abs(edges.logLikelihood - last) < TOLERANCE * n)
      return { mixture, ...edges };
    last = edges.logLikelihood;
    const share = Math.min(0.95, Math.max(0.5 / n, sums.edges / n));
    const effect = Math.max(0, sums.signed / Math.max(sums.edges, 1e-300));
    const square = sums.squares / Math.max(sums.edges, 1e-300);
    const variance = square - effect ** 2;
    mixture = {
      share,
      nullSpread: Math.max(
        LEAST_SPREAD,
        leak * Math.sqrt(square),
        Math.sqrt(sums.nullSquares / Math.max(n - sums.edges, 1e-300)),
      ),
      effect,
      effectSpread: Math.max(LEAST_SPREAD, LEAST_RELATIVE_SPREAD * effect, Math.sqrt(Math.max(0, variance))),
    };
  }
}

function expect(shifts: Float64Array, variances: Float64Array, mixture: EdgeMixture) {
  const { share, nullSpread, effect, effectSpread } = mixture;
  const probability = new Float64Array(shifts.length);
  const shift = new Float64Array(shifts.length);
  const sums = { edges: 0, signed: 0, squares: 0, nullSquares: 0 };
  let logLikelihood = 0;
  const [logNone, logEither] = [Math.log1p(-share), Math.log(share / 2)];
  for (let i = 0; i < shifts.length; i++) {
    const [x, v] = [shifts[i], variances[i]];
    const [nullVariance, edgeVariance] = [nullSpread ** 2 + v, effectSpread ** 2 + v];
    const a = logNone + logNormal(x, nullVariance);
    const b = logEither + logNormal(x - effect, edgeVariance);
    const c = logEither + logNormal(x + effect, edgeVariance);
    const most = Math.max(a, b, c);
    const [none, up, down] = [Math.exp(a - most), Math.exp(b - most), Math.exp(c - most)];
    const total = none + up + down;
    logLikelihood += most + Math.log(total);
    // of the true shift under each component: mean and variance
    const kept = effectSpread ** 2 / edgeVariance;
    const [upMean, downMean] = [effect + kept * (x - effect), -effect + kept * (x + effect)];
    const nullKept = nullSpread ** 2 / nullVariance;
    probability[i] = (up + down) / total;
    shift[i] = up + down > 0 ? (up * upMean + down * downMean) / (up + down) : x > 0 ? upMean : downMean;
    sums.edges += probability[i];
    sums.signed += (up * upMean - down * downMean) / total;
    sums.squares += (up * upMean ** 2 + down * downMean ** 2) / total + probability[i] * kept * v;
    sums.nullSquares += (none / total) * ((nullKept * x) ** 2 + nullKept * v);
  }
  return { probability, shift, logLikelihood, sums };
}

const logNormal = (x: number, variance: number): number =>
  -0.5 * (Math.log(2 * Math.PI * variance) + (x * x) / variance);
