/**
 * What is assumed of contexts or actions before any profile is seen: half of their covariance is shared by all. With
 * side information, half of the rest is shared by those that are alike: the Tanimoto similarity of fingerprints
 * (columns of 0 and 1), else a Gaussian kernel of the standardised columns, its width the median distance.
 */
import type { FeatureTable } from '../../data/outcome-tensor.js';
import { median } from '../../stats/index.js';

const SHARED = 0.5;
const ALIKE = 0.25;

/** `(n, n)`, ones on the diagonal. */
export function priorKernel(n: number, features?: FeatureTable): Float64Array {
  const alike = features ? similarities(n, features) : undefined;
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      kernel[i * n + k] = i === k ? 1 : SHARED + (alike ? ALIKE * alike[i * n + k] : 0);
    }
  }
  return kernel;
}

/** Between 0 and 1; 0 where one of the two is not in the table. */
function similarities(n: number, { columns, values, known }: FeatureTable): Float64Array {
  const p = columns.length;
  const isBinary = values.every((value) => value === 0 || value === 1);
  const rows = Array.from({ length: n }, (_, i) => values.subarray(i * p, (i + 1) * p));
  const distance = isBinary ? undefined : standardisedDistances(rows, known, p);
  const alike = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      if (!known[i] || !known[k]) continue;
      alike[i * n + k] = distance ? Math.exp(-distance(i, k)) : tanimoto(rows[i], rows[k]);
    }
  }
  return alike;
}

function tanimoto(a: Float64Array, b: Float64Array): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i] * b[i];
    either += Math.max(a[i], b[i]);
  }
  return either > 0 ? both / either : 0;
}

/** Squared distances of standardised columns over their median. */
function standardisedDistances(rows: readonly Float64Array[], known: Uint8Array, p: number) {
  const kept = rows.filter((_, i) => known[i]);
  const scales = Array.from({ length: p }, (_, j) => {
    const mean = kept.reduce((sum, row) => sum + row[j] / kept.length, 0);
    return Math.sqrt(kept.reduce((sum, row) => sum + (row[j] - mean) ** 2 / kept.length, 0));
  });
  const squared = (a: Float64Array, b: Float64Array) =>
    scales.reduce((sum, scale, j) => sum + (scale > 0 ? ((a[j] - b[j]) / scale) ** 2 : 0), 0);
  const all = kept.flatMap((a, i) => kept.slice(i + 1).map((b) => squared(a, b)));
  const width = all.length > 0 ? median(Float64Array.from(all)) : 1;
  return (i: number, k: number) => squared(rows[i], rows[k]) / (width > 0 ? width : 1);
}
