/**
 * The negative binomial in its form (mean μ, inverse dispersion θ), variance μ + μ²/θ, as scvi-tools has it (Lopez et
 * al. 2018, doi:10.1038/s41592-018-0229-2; Lause et al. 2021 on θ). With c the shift of Stirling's form,
 *
 *   log Γ(x + θ) − log Γ(θ) + θ log(θ / (θ + μ)) − x log(θ + μ)
 *     = (x + θ) log((x + θ + c) / (θ + μ)) − x − θ log(1 + c/θ) + rest(x + θ) − rest(θ),
 *
 * in which no term grows with θ: it holds from θ → 0 to the Poisson limit θ → ∞ in float32 too.
 *
 * scvi-tools adds 1e-8 inside its logarithms of μ, θ and μ + θ, which changes the likelihood where these are not far
 * above 1e-8. Nothing is added here; the ends of the range are said at each function.
 */
import {
  add,
  clip,
  customGradient,
  div,
  equal,
  log,
  log1p,
  maximum,
  mul,
  neg,
  softplus,
  sub,
  sumTo,
  type Tensor,
  where,
} from '../graph/index.js';
import { overFloored, smallestNormal } from './floor.js';
import { lgamma } from './gamma.js';
import { logOfQuotient, shiftOf, stirling } from './stirling.js';

/** The terms of one element; those that are not used cost nothing. */
export interface NegativeBinomialTerms {
  /** log Γ(x + θ) − (x + θ) log(θ + μ) + x, up to a constant and to `perTheta`. */
  readonly kernel: Tensor;
  /** log Γ(θ) − θ log θ up to the same constant, in the shape of θ. */
  readonly perTheta: Tensor;
  /** (μ − x) / (μ + θ). */
  readonly excess: Tensor;
  /** Derivative by θ, of an element … */
  readonly slope: Tensor;
  /** … from which this is to be subtracted, in the shape of θ. */
  readonly slopePerTheta: Tensor;
}

/** The log-likelihood is kernel − perTheta − x + x log μ − log Γ(x + 1). */
export function negativeBinomialTerms(x: Tensor, mean: Tensor, theta: Tensor): NegativeBinomialTerms {
  const shift = shiftOf(x);
  const total = add(mean, theta);
  const z = add(x, theta);
  const gap = sub(mean, x);
  const ofCount = stirling(z);
  const ofTheta = stirling(theta);
  const logRatio = logOfQuotient(ofCount.shifted, total, sub(gap, shift));
  const excess = div(gap, total);
  const logShift = log1p(div(shift, theta));
  return {
    kernel: add(mul(z, logRatio), ofCount.rest),
    perTheta: add(mul(theta, logShift), ofTheta.rest),
    excess,
    slope: sub(add(logRatio, excess), ofCount.lag),
    slopePerTheta: sub(logShift, ofTheta.lag),
  };
}

/** θ outside counts as the end of this interval: with much smaller or larger ones θ or 1/θ leaves float32. */
const THETA = [1e-30, 1e30] as const;

/**
 * log NB(x | μ, θ), element by element: counts x ≥ 0 (whole or not), mean μ ≥ 0 and inverse dispersion θ > 0, which
 * broadcast. Derivatives by mean and θ, none by the counts. A mean below the smallest normal number counts as that, so
 * x > 0 at μ = 0 gives about −87 x (float32), not −∞, and there the derivative by the mean is 0. θ outside
 * [10⁻³⁰, 10³⁰] counts as the end of that interval. At counts of 10⁶ float32 values, sums of terms near 10⁷, have an
 * absolute error of 0.2 to 0.7; derivatives, which have no such terms, stay good. `logFactorials` (log Γ(x + 1), in
 * the shape of x) saves computing them.
 */
export function negativeBinomialLogLikelihood(
  counts: Tensor,
  mean: Tensor,
  theta: Tensor,
  logFactorials: Tensor = lgamma(add(counts, 1)),
): Tensor {
  const mu = maximum(mean, smallestNormal(mean));
  const dispersion = clip(theta, ...THETA);
  const terms = negativeBinomialTerms(counts, mu, dispersion);
  const likelihood = sub(terms.kernel, terms.perTheta);
  const value = add(sub(sub(likelihood, counts), logFactorials), mul(counts, log(mu)));
  return customGradient(value, [mean, dispersion], (g) => [
    sumTo(neg(mul(g, overFloored(mul(terms.excess, dispersion), mean))), mean.shape),
    sumTo(mul(g, sub(terms.slope, terms.slopePerTheta)), theta.shape),
  ]);
}

/**
 * log of a negative binomial that is 0 instead with probability σ(zeroLogits), element by element (scvi-tools' ZINB):
 * at x = 0 log(σ + (1 − σ) NB(0)), elsewhere log(1 − σ) + log NB(x). All broadcast; derivatives by all but the counts.
 */
export function zeroInflatedNegativeBinomialLogLikelihood(
  counts: Tensor,
  mean: Tensor,
  theta: Tensor,
  zeroLogits: Tensor,
  logFactorials?: Tensor,
): Tensor {
  const likelihood = negativeBinomialLogLikelihood(counts, mean, theta, logFactorials);
  const atZero = sub(softplus(sub(likelihood, zeroLogits)), softplus(neg(zeroLogits)));
  return where(equal(counts, 0), atZero, sub(likelihood, softplus(zeroLogits)));
}
