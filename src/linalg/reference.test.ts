/** Values that numpy and scipy give, and what is refused. */

import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import { onEachBackend } from './backends.fixture.node.js';
import {
  cholesky,
  choleskyConditionEstimate,
  choleskySolve,
  dot,
  leastSquares,
  matrixRank,
  norm2,
  pseudoinverse,
  qr,
  singularValues,
  solveTriangular,
  svd,
  symmetricEigen,
  symmetricNorm1,
} from './index.js';
import { hilbert, maxDifference, product, residual, testMatrix } from './matrices.fixture.js';
import { transpose } from './vectors.js';

// H5 = [[1 / (i + j + 1)]], A = [[4,-2,1],[-2,5,3],[1,3,6]], B = [[1,2],[3,4],[5,6],[7,9]]
const a = Float64Array.of(4, -2, 1, -2, 5, 3, 1, 3, 6);
const b = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 9);

onEachBackend(() => {
  describe('numpy and scipy give the same', () => {
    it('eigenvalues', () => {
      // np.linalg.eigvalsh(H5), np.linalg.eigvalsh(A)
      const ofHilbert = [
        3.287928772164548e-6, 0.00030589804015115674, 0.01140749162341972, 0.20853421861101332,
        1.5670506910982307,
      ];
      expect(maxDifference(symmetricEigen(hilbert(5), 5).values, ofHilbert)).toBeLessThan(2e-15);
      const { values } = symmetricEigen(a, 3, { vectors: false });
      expect(maxDifference(values, [0.9119319636987049, 5.47375544479853, 8.614312591502765])).toBeLessThan(
        1e-14,
      );
    });

    it('singular values and pseudoinverse', () => {
      // np.linalg.svd(B, compute_uv=False), np.linalg.pinv(B)
      expect(maxDifference(singularValues(b, 4, 2), [14.857076037853462, 0.5170025197621853])).toBeLessThan(
        1e-14,
      );
      const inverse = [
        -1.3050847457627104, -0.28813559322033777, 0.7288135593220315, -0.06779661016949076,
        1.0338983050847446, 0.25423728813559227, -0.5254237288135574, 0.1186440677966096,
      ];
      expect(maxDifference(pseudoinverse(b, 4, 2), inverse)).toBeLessThan(1e-13);
      expect(
        maxDifference(pseudoinverse(transpose(b, 4, 2), 2, 4), transpose(Float64Array.from(inverse), 2, 4)),
      ).toBeLessThan(1e-13);
    });

    it('Cholesky factor, and condition as dpocon', () => {
      // np.linalg.cholesky(A); dpocon(cholesky(A), norm(A, 1), uplo='L'), the same for H8
      const l = a.slice();
      expect(cholesky(l, 3)).toBe(-1);
      expect(maxDifference(l, [2, 0, 0, -1, 2, 0, 0.5, 1.75, 1.6393596310755])).toBeLessThan(1e-14);
      expect(choleskyConditionEstimate(l, 3, symmetricNorm1(a, 3))).toBeCloseTo(0.08269230769230769, 14);
      const h = hilbert(8);
      const norm = symmetricNorm1(h, 8);
      cholesky(h, 8);
      expect(choleskyConditionEstimate(h, 8, norm) / 2.9522220564656305e-11).toBeCloseTo(1, 5);
    });

    it('least squares: full rank, underdetermined, rank-deficient, with rcond', () => {
      // np.linalg.lstsq(B, [1,0,2,-1], rcond=None), np.linalg.lstsq(B.T, [1,2], rcond=None)
      const tall = leastSquares(b, 4, 2, Float64Array.of(1, 0, 2, -1), 1);
      expect(maxDifference(tall.x, [0.2203389830508433, -0.13559322033897975])).toBeLessThan(1e-13);
      const wide = leastSquares(transpose(b, 4, 2), 2, 4, Float64Array.of(1, 2), 1);
      const shortest = [0.7627118644067772, 0.22033898305084632, -0.3220338983050817, 0.1694915254237278];
      expect(maxDifference(wide.x, shortest)).toBeLessThan(1e-13);
      // np.linalg.lstsq([[1,2,3],[2,4,6],[1,0,1],[3,2,5]], [[1,0],[0,2],[3,1],[1,1]], rcond=None): rank 2
      const c = Float64Array.of(1, 2, 3, 2, 4, 6, 1, 0, 1, 3, 2, 5);
      const deficient = leastSquares(c, 4, 3, Float64Array.of(1, 0, 0, 2, 3, 1, 1, 1), 2);
      expect(deficient.rank).toBe(2);
      expect(matrixRank(c, 4, 3)).toBe(2);
      const expected = [
        0.8333333333333335, 0.13461538461538458, -0.6666666666666671, 0.03846153846153852,
        0.16666666666666707, 0.1730769230769232,
      ];
      expect(maxDifference(deficient.x, expected)).toBeLessThan(1e-13);
      // np.linalg.lstsq(H5, np.ones(5), rcond=1e-4): rank 4
      const cut = leastSquares(hilbert(5), 5, 5, new Float64Array(5).fill(1), 1, { rcond: 1e-4 });
      expect(cut.rank).toBe(4);
      const solution = [
        -3.8237222854597586, 46.777966200508715, -93.41210388002152, -23.52579465249926, 92.2676339828351,
      ];
      expect(maxDifference(cut.x, solution)).toBeLessThan(1e-9);
    });

    it('pivoted QR', () => {
      // scipy.linalg.qr([[1,2,3],[4,5,6],[7,8,10],[1,-1,0]], mode='economic', pivoting=True)
      const matrix = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 10, 1, -1, 0);
      const { r, order } = qr(matrix, 4, 3, { pivot: true });
      expect([...order!]).toEqual([2, 0, 1]);
      const sizes = [
        12.041594578792296, 8.055411545812776, 9.633275663033835, 0, 1.4527025943345078, 0.4130232866245149,
        0, 0, 1.0145993123917862,
      ];
      expect(maxDifference(r.map(Math.abs), sizes)).toBeLessThan(1e-13);
    });
  });

  describe('exact cases', () => {
    it('singular values of the n × n matrix of second differences are 2 − 2 cos(πk / (n + 1))', () => {
      const n = 150;
      const matrix = Float64Array.from({ length: n * n }, (_, at) => {
        const distance = Math.abs(Math.floor(at / n) - (at % n));
        return distance === 0 ? 2 : distance === 1 ? -1 : 0;
      });
      const exact = Float64Array.from(
        { length: n },
        (_, k) => 2 - 2 * Math.cos((Math.PI * (n - k)) / (n + 1)),
      );
      expect(maxDifference(singularValues(matrix, n, n), exact)).toBeLessThan(1e-13);
      expect(maxDifference(symmetricEigen(matrix, n).values, exact.slice().reverse())).toBeLessThan(1e-13);
      expect(maxDifference(svd(matrix, n, n).s, exact)).toBeLessThan(1e-13);
    });

    it('condition estimates are never far above the truth and seldom below', () => {
      for (let seed = 1; seed <= 20; seed++) {
        const n = 12;
        const half = testMatrix(n, n, seed);
        const matrix = product(half, transpose(half, n, n), n, n, n);
        const norm = symmetricNorm1(matrix, n);
        const l = matrix.slice();
        cholesky(l, n);
        const inverse = choleskySolve(
          l,
          n,
          Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) ? 0 : 1)),
          n,
        );
        const truth = 1 / norm / symmetricNorm1(inverse, n);
        const estimate = choleskyConditionEstimate(l, n, norm);
        expect(estimate / truth).toBeGreaterThan(0.999999);
        expect(estimate / truth).toBeLessThan(3);
      }
      expect(choleskyConditionEstimate(new Float64Array(0), 0, 0)).toBe(1);
      expect(choleskyConditionEstimate(Float64Array.of(3), 1, 9)).toBeCloseTo(1, 15);
      expect(choleskyConditionEstimate(Float64Array.of(1e-170), 1, 1e300)).toBe(0);
    });

    it.each(['lower', 'upper'] as const)(
      '%s triangular systems, both ways, reading one triangle only',
      (triangle) => {
        for (const n of [0, 1, 5, 48, 49, 130]) {
          const inside = (i: number, j: number) => (triangle === 'lower' ? j <= i : j >= i);
          const noise = testMatrix(n, n);
          const clean = noise.map((value, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            return i === j ? 2 + value : inside(i, j) ? value / n : 0;
          });
          const dirty = clean.map((value, at) => (inside(Math.floor(at / n), at % n) ? value : Number.NaN));
          for (const nRhs of [1, 3]) {
            const x = testMatrix(n, nRhs, 3);
            const forward = product(clean, x, n, n, nRhs);
            expect(residual(x, solveTriangular(dirty, n, forward, nRhs, { triangle }), n)).toBeLessThan(30);
            const backward = product(transpose(clean, n, n), x, n, n, nRhs);
            const options = { triangle, transpose: true };
            expect(residual(x, solveTriangular(dirty, n, backward, nRhs, options), n)).toBeLessThan(30);
          }
        }
      },
    );

    it('a zero on the diagonal of a triangular system gives no finite answer', () => {
      for (const nRhs of [1, 40]) {
        const x = solveTriangular(Float64Array.of(0, 0, 1, 1), 2, new Float64Array(2 * nRhs).fill(1), nRhs);
        expect(x.slice(0, nRhs).some(Number.isFinite)).toBe(false);
      }
    });

    it('Cholesky names the pivot that fails, in the first block and beyond', () => {
      expect(cholesky(Float64Array.of(0), 1)).toBe(0);
      expect(cholesky(Float64Array.of(1, 0, 0, -1), 2)).toBe(1);
      expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBe(1);
      const n = 120;
      const matrix = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) ? 0 : 2));
      matrix[100 * n + 3] = 3;
      expect(cholesky(matrix, n)).toBe(100);
      for (const pivot of [0, 1, 46, 47, 48, 49, 63, 64, 65, 95, 96, 97, 299]) {
        const size = 300;
        const indefinite = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) ? 0.001 : 2));
        indefinite[pivot * size + pivot] = -1;
        expect(cholesky(indefinite, size)).toBe(pivot);
      }
    });

    it('norms neither overflow nor vanish, dot products have any length', () => {
      expect(norm2(Float64Array.of(3e200, 4e200), 0, 2)).toBeCloseTo(5e200, -188);
      expect(norm2(Float64Array.of(3e-200, 4e-200), 0, 2) / 5e-200).toBeCloseTo(1, 14);
      const numbers = Float64Array.from({ length: 11 }, (_, i) => i);
      expect(dot(numbers, 0, numbers, 0, 0)).toBe(0);
      for (let n = 1; n <= 10; n++) expect(dot(numbers, 1, numbers, 0, n)).toBe((n * (n + 1) * (n - 1)) / 3);
    });
  });

  describe('bad input', () => {
    const calls: [string, (matrix: Float64Array) => unknown][] = [
      ['cholesky', (matrix) => cholesky(matrix, 3)],
      ['qr', (matrix) => qr(matrix, 3, 3)],
      ['pivoted qr', (matrix) => qr(matrix, 3, 3, { pivot: true })],
      ['svd', (matrix) => svd(matrix, 3, 3)],
      ['singularValues', (matrix) => singularValues(matrix, 3, 3)],
      ['symmetricEigen', (matrix) => symmetricEigen(matrix, 3)],
      ['leastSquares', (matrix) => leastSquares(matrix, 3, 3, new Float64Array(3), 1)],
      ['leastSquares, right-hand side', (matrix) => leastSquares(a, 3, 3, matrix, 3)],
      ['pseudoinverse', (matrix) => pseudoinverse(matrix, 3, 3)],
      ['matrixRank', (matrix) => matrixRank(matrix, 3, 3)],
    ];
    const tagOf = (call: () => unknown): unknown => {
      try {
        return call();
      } catch (error) {
        return isMechanistError(error) ? error.tag : error;
      }
    };

    it.each(calls)('%s refuses NaN, infinities and too few values', (_, call) => {
      for (const value of [Number.NaN, Infinity, -Infinity]) {
        for (const at of [0, 3, 8]) {
          const matrix = a.slice();
          matrix[at] = value;
          expect(tagOf(() => call(matrix))).toBe('DataError');
        }
      }
      expect(tagOf(() => call(new Float64Array(8)))).toBe('ShapeError');
    });

    it('says where', () => {
      const matrix = a.slice();
      matrix[5] = Number.NaN;
      expect(() => svd(matrix, 3, 3)).toThrow(/row 1, column 2 is NaN/);
    });

    it('refuses senseless sizes and rcond', () => {
      expect(tagOf(() => svd(a, -1, 3))).toBe('ShapeError');
      expect(tagOf(() => svd(a, 1.5, 2))).toBe('ShapeError');
      expect(tagOf(() => symmetricEigen(a, Number.NaN))).toBe('ShapeError');
      expect(tagOf(() => matrixRank(a, 3, 3, { rcond: -1 }))).toBe('OptionError');
      expect(tagOf(() => matrixRank(a, 3, 3, { rcond: Number.NaN }))).toBe('OptionError');
    });
  });
});
