/** Least squares: what makes a solution the right one, at sizes and shapes of every kind. */

import { describe, expect, it } from 'vitest';
import { onEachBackend } from './backends.fixture.node.js';
import { leastSquares, pseudoinverse, qr, singularValues } from './index.js';
import { frobenius, product, testMatrix } from './matrices.fixture.js';
import { transpose } from './vectors.js';

/** (m, n) of rank `rank`, its singular values between 1 and 1 / 2. */
function ofRank(m: number, n: number, rank: number): Float64Array {
  const left = qr(testMatrix(m, rank, 11), m, rank).q;
  const right = qr(testMatrix(n, rank, 12), n, rank).q;
  const scaled = left.map((value, at) => value * (1 - (at % rank) / (2 * rank)));
  return product(scaled, transpose(right, n, rank), m, rank, n);
}

const shapes: [m: number, n: number, rank: number, nRhs: number][] = [
  [1, 1, 1, 1],
  [5, 3, 3, 1],
  [3, 5, 3, 2],
  [60, 60, 60, 3],
  [60, 60, 20, 9],
  [100, 70, 70, 1],
  [150, 70, 33, 8],
  [70, 100, 70, 1],
  [70, 150, 40, 7],
  [40, 40, 1, 90],
];

onEachBackend(() => {
  describe.each(shapes)('%i × %i of rank %i, %i right-hand sides', (m, n, rank, nRhs) => {
    const bound = 100 * Math.max(m, n) * Number.EPSILON;
    const a = ofRank(m, n, rank);
    const at = transpose(a, m, n);
    const b = testMatrix(m, nRhs, 3);

    it('finds the rank, and the residual is orthogonal to the columns', () => {
      const solved = leastSquares(a, m, n, b, nRhs, { rcond: 1e-10 });
      expect(solved.rank).toBe(rank);
      const fitted = product(a, solved.x, m, n, nRhs);
      const residuals = b.map((value, i) => value - fitted[i]);
      expect(frobenius(product(at, residuals, n, m, nRhs))).toBeLessThan(bound * frobenius(b));
    });

    it('has the least norm: x lies in the span of the rows', () => {
      const { x } = leastSquares(a, m, n, b, nRhs, { rcond: 1e-10 });
      const projector = product(pseudoinverse(a, m, n, { rcond: 1e-10 }), a, n, m, n);
      const projected = product(projector, x, n, n, nRhs);
      expect(frobenius(x.map((value, i) => value - projected[i]))).toBeLessThan(bound * frobenius(b));
    });

    it('does not mind the magnitude of either side', () => {
      const { x, singularValues: s } = leastSquares(a, m, n, b, nRhs, { rcond: 1e-10 });
      for (const [p, q] of [
        [1e-290, 1],
        [1, 1e300],
        [1e-250, 1e-280],
        [1e290, 1e300],
      ]) {
        const scaledA = a.map((value) => value * p);
        const scaledB = b.map((value) => value * q);
        const solved = leastSquares(scaledA, m, n, scaledB, nRhs, { rcond: 1e-10 });
        expect(solved.rank).toBe(rank);
        expect(solved.singularValues[0] / p / s[0]).toBeCloseTo(1, 12);
        const back = solved.x.map((value) => (p < 1 ? (value * p) / q : (value / q) * p));
        expect(frobenius(back.map((value, i) => value - x[i]))).toBeLessThan(bound * frobenius(x));
      }
    });
  });

  it('solves for no right-hand side, no rows, no columns, and a zero matrix', () => {
    expect(leastSquares(testMatrix(9, 4), 9, 4, new Float64Array(0), 0).x).toHaveLength(0);
    expect(leastSquares(new Float64Array(0), 0, 3, new Float64Array(0), 2).x).toEqual(new Float64Array(6));
    expect(leastSquares(new Float64Array(0), 3, 0, testMatrix(3, 2), 2).x).toHaveLength(0);
    const zero = leastSquares(new Float64Array(63), 9, 7, testMatrix(9, 2), 2);
    expect(zero.rank).toBe(0);
    expect(zero.x.filter((value) => value === 0)).toHaveLength(14);
  });

  it('takes singular values for zero as numpy does: at most rcond times the largest', () => {
    const diagonal = Float64Array.of(4, 0, 0, 0, 2, 0, 0, 0, 1);
    expect(singularValues(diagonal, 3, 3)).toEqual(Float64Array.of(4, 2, 1));
    // np.linalg.matrix_rank(np.diag([4, 2, 1]), rtol=0.25) == 2, and 3 with rtol=0.2499
    const solve = (rcond: number) => leastSquares(diagonal, 3, 3, Float64Array.of(4, 4, 4), 1, { rcond });
    expect([...solve(0.25).x].map(Math.abs)).toEqual([1, 2, 0]);
    expect([0.5, 0.25, 0.2499].map((rcond) => solve(rcond).rank)).toEqual([1, 2, 3]);
  });
});
