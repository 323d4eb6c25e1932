/**
 * Which genes' conditional dependence, given all others, differs between two sets of cells: entries of the two inverse
 * covariances that differ by more than their errors allow.
 */
import { NumericalError } from '../../errors.js';
import { cholesky, choleskySolve, identity } from '../../linalg/index.js';
import { fTails } from '../../stats/index.js';
import type { Moments } from '../gaussian/moments.js';

/**
 * p-values (nGenes, nGenes) that an entry of the inverse covariance is the same in both: Wald's statistic, with
 * the variance (K_ii K_jj + K_ij²) / n of an entry of a Gaussian. The diagonal says whether a gene varies
 * differently given all others.
 */
export function precisionDifference(a: Moments, b: Moments): Float64Array {
  const { nGenes } = a;
  const sides = [a, b].map((moments) => {
    const n = moments.nCells - nGenes;
    // The inverse of a covariance is too large on average: by (n − 1) / (n − N − 2).
    const shrink = Math.max(n - 2, 1) / (moments.nCells - 1);
    return { n, inverse: inverseOf(moments).map((value) => shrink * value) };
  });
  const degrees = sides[0].n + sides[1].n;
  const p = new Float64Array(nGenes * nGenes);
  for (let i = 0; i < nGenes; i++)
    for (let j = 0; j <= i; j++) {
      const [x, y] = sides.map(({ inverse, n }) => {
        const [ij, ii, jj] = [inverse[i * nGenes + j], inverse[i * nGenes + i], inverse[j * nGenes + j]];
        return { value: ij, variance: (ii * jj + ij * ij) / n };
      });
      const statistic = (x.value - y.value) ** 2 / (x.variance + y.variance);
      p[i * nGenes + j] = p[j * nGenes + i] = fTails(statistic, 1, degrees).upper;
    }
  return p;
}

function inverseOf({ covariance, nGenes }: Moments): Float64Array {
  const factor = covariance.slice();
  if (cholesky(factor, nGenes) >= 0)
    throw new NumericalError(`the covariance of ${nGenes} genes cannot be inverted`);
  return choleskySolve(factor, nGenes, identity(nGenes), nGenes);
}
