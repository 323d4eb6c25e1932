/** Lasso from correlations: with columns of mean 0 and variance 1 nothing else of the data is needed. */

import { NumericalError } from '../../errors.js';

const MAX_SWEEPS = 100_000;
/** Standard deviations; far below what any similarity is read to. */
const TOLERANCE = 1e-10;

/**
 * The w (k) that minimises ½ wᵀ G w − cᵀ w + α Σ |w|, for `gram` G (k, k), the correlations of the predictors, and
 * `cross` c (k), those with the target: what `sklearn.linear_model.Lasso(alpha)` has of standardised columns. By
 * coordinate descent. Predictors of variance 0 get 0. Throws `NumericalError` where it does not converge.
 */
export function lassoFromCorrelations(gram: Float64Array, cross: Float64Array, alpha: number): Float64Array {
  const k = cross.length;
  const w = new Float64Array(k);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let largestChange = 0;
    for (let b = 0; b < k; b++) {
      const curvature = gram[b * k + b];
      if (!(curvature > 0)) continue;
      let slope = cross[b] + curvature * w[b];
      for (let other = 0; other < k; other++) slope -= gram[b * k + other] * w[other];
      const next = (Math.sign(slope) * Math.max(0, Math.abs(slope) - alpha)) / curvature;
      largestChange = Math.max(largestChange, Math.abs(next - w[b]));
      w[b] = next;
    }
    if (largestChange < TOLERANCE) return w;
  }
  throw new NumericalError(
    `lasso did not converge in ${MAX_SWEEPS} sweeps: latents are almost copies of each other; raise alpha`,
  );
}
