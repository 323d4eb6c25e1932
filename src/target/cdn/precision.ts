/**
 * Correlations, and partial correlations given all other genes, of one set of cells. Correlations are shrunk towards
 * none first, by the share that Schäfer and Strimmer (2005) estimate, so that there are partial ones with fewer cells
 * than genes, too.
 */
import { cholesky, choleskySolve } from '../../linalg/index.js';
import type { Moments } from './moments.js';

export interface LinearDependence {
  /** (genes, genes), 0 on the diagonal and with constant genes. */
  readonly correlation: Float64Array;
  readonly partial: Float64Array;
  /** (genes, genes): inverse of the shrunk correlations. */
  readonly precision: Float64Array;
  /** 0 to 1. */
  readonly shrinkage: number;
}

export function linearDependence({
  products,
  width,
  genes,
  cells,
  mean,
  variance,
}: Moments): LinearDependence {
  const correlation = new Float64Array(genes * genes);
  let [noise, signal] = [0, 0];
  for (let i = 0; i < genes; i++) {
    for (let j = 0; j < i; j++) {
      const scale = Math.sqrt(variance[i] * variance[j]);
      if (scale === 0) continue;
      const covariance = products[(1 + i) * width + 1 + j] / cells - mean[i] * mean[j];
      const r = Math.min(1, Math.max(-1, covariance / scale));
      correlation[i * genes + j] = r;
      correlation[j * genes + i] = r;
      noise += (1 - r * r) ** 2 / cells;
      signal += r * r;
    }
  }
  const shrinkage = Math.min(1, Math.max(1e-4, signal > 0 ? noise / signal : 1));
  const precision = inverse(
    correlation.map((r, at) => (at % (genes + 1) === 0 ? 1 : (1 - shrinkage) * r)),
    genes,
  );
  const partial = precision.map((p, at) => {
    const [i, j] = [Math.floor(at / genes), at % genes];
    return i === j ? 0 : -p / Math.sqrt(precision[i * (genes + 1)] * precision[j * (genes + 1)]);
  });
  return { correlation, partial, precision, shrinkage };
}

/** Of a positive definite (n, n) matrix; of the identity where rounding made it indefinite. */
function inverse(matrix: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * (n + 1)] = 1;
  return cholesky(matrix, n) === -1 ? choleskySolve(matrix, n, result, n) : result;
}
