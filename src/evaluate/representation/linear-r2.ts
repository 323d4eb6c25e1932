/** How much of each true latent a linear map of the estimated ones explains: recovery up to mixing. */

import type { DenseMatrix } from '../../data/index.js';
import { gemm, leastSquares } from '../../linalg/index.js';
import { checkLatents, standardisedColumns } from './columns.js';

export interface LinearR2 {
  /** Mean of `perLatent`, uniform. */
  readonly value: number;
  /** (d), in [0, 1], up to rounding. */
  readonly perLatent: Float64Array;
}

/**
 * R² of ordinary least squares with intercept from `estimate` (n, k) to each column of `truth` (n, d), on the rows it is
 * fitted to: sklearn's `LinearRegression().fit(estimate, truth).score(estimate, truth)`. A constant true latent is
 * explained by the intercept and has 1, as there. With k ≥ n − 1 every R² is 1: use many more rows than latents.
 *
 * Throws `ShapeError` for different or fewer than two rows, `DataError` naming the row of a NaN or infinity.
 */
export function linearR2(truth: DenseMatrix, estimate: DenseMatrix): LinearR2 {
  checkLatents(truth, estimate);
  const [n, d, k] = [truth.nRows, truth.nCols, estimate.nCols];
  const residuals = standardisedColumns(truth);
  const predictors = standardisedColumns(estimate);
  const { x } = leastSquares(predictors, n, k, residuals, d);
  gemm({ m: n, n: d, k, a: predictors, b: x, c: residuals, alpha: -1, beta: 1 });
  // Columns have length one, so that what is left of their squares is 1 − R².
  const perLatent = new Float64Array(d).fill(1);
  residuals.forEach((value, i) => {
    perLatent[i % d] -= value * value;
  });
  return { value: perLatent.reduce((sum, value) => sum + value / d, 0), perLatent };
}
