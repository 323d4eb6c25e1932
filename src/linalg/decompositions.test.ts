/** The error bounds of LAPACK's own tests, on matrices that are easy and on all that are not. */

import { describe, expect, it } from 'vitest';
import { onEachBackend } from './backends.fixture.node.js';
import {
  cholesky,
  choleskySolve,
  gemm,
  gram,
  leastSquares,
  matrixRank,
  pseudoinverse,
  qr,
  singularValues,
  svd,
  symmetricEigen,
  transpose,
} from './index.js';
import { frobenius, hilbert, orthogonality, product, residual, testMatrix } from './matrices.fixture.js';

/** What LAPACK's test suite accepts for ratios of this kind. */
const THRESHOLD = 30;

/** Matrices that are easy, and all that are not. */
/** Around the sizes at which the portable algorithms go on to the next block or panel. */
const borders = [7, 8, 9, 16, 17, 31, 32, 33, 34, 47, 48, 49, 63, 64, 65, 66, 96, 97, 129].map(
  (n): [string, number, number, Float64Array] => [`${n + 1} × ${n}`, n + 1, n, testMatrix(n + 1, n, n)],
);

const matrices: [name: string, m: number, n: number, a: Float64Array][] = [
  ['0 × 0', 0, 0, new Float64Array(0)],
  ['0 × 4', 0, 4, new Float64Array(0)],
  ['4 × 0', 4, 0, new Float64Array(0)],
  ['1 × 1', 1, 1, Float64Array.of(-3)],
  ['1 × 1 zero', 1, 1, Float64Array.of(0)],
  ['2 × 2', 2, 2, Float64Array.of(1, 2, 3, 4)],
  ['a row', 1, 9, testMatrix(1, 9)],
  ['a column', 9, 1, testMatrix(9, 1)],
  ['square', 33, 33, testMatrix(33, 33)],
  ['larger square', 120, 120, testMatrix(120, 120)],
  ['tall', 200, 21, testMatrix(200, 21)],
  ['wide', 21, 200, testMatrix(21, 200)],
  ['nearly square', 40, 37, testMatrix(40, 37)],
  ['zero', 12, 7, new Float64Array(84)],
  ['identity', 10, 10, Float64Array.from({ length: 100 }, (_, i) => (i % 11 === 0 ? 1 : 0))],
  ['all ones', 30, 20, new Float64Array(600).fill(1)],
  ['rank 3', 50, 40, product(testMatrix(50, 3), testMatrix(3, 40, 2), 50, 3, 40)],
  ['Hilbert', 20, 20, hilbert(20)],
  ['rows graded down', 30, 30, testMatrix(30, 30).map((v, i) => v * 10 ** -Math.floor(i / 30))],
  ['rows graded up', 30, 30, testMatrix(30, 30).map((v, i) => v * 10 ** (Math.floor(i / 30) - 29))],
  ['columns graded', 30, 30, testMatrix(30, 30).map((v, i) => v * 10 ** -(i % 30))],
  ['columns from 1 to 1e-300', 31, 31, testMatrix(31, 31).map((v, i) => v * 10 ** (-10 * (i % 31)))],
  ['huge', 15, 12, testMatrix(15, 12).map((v) => v * 1e307)],
  ['tiny', 15, 12, testMatrix(15, 12).map((v) => v * 1e-290)],
  ['a zero column and a zero row', 8, 8, testMatrix(8, 8).map((v, i) => (i % 8 === 3 || i < 8 ? 0 : v))],
  [
    'already bidiagonal',
    40,
    40,
    Float64Array.from({ length: 1600 }, (_, i) => ([0, 1].includes((i % 40) - Math.floor(i / 40)) ? 1 : 0)),
  ],
  [
    'bidiagonal with zeros on the diagonal',
    9,
    9,
    Float64Array.from({ length: 81 }, (_, i) => ((i % 9) - Math.floor(i / 9) === 1 ? 1 : i === 40 ? 2 : 0)),
  ],
  ...borders,
];

onEachBackend(() => {
  describe.each(matrices)('%s', (_, m, n, a) => {
    const k = Math.min(m, n);
    const size = Math.max(m, n);

    it('QR', () => {
      const { q, r } = qr(a, m, n);
      expect(residual(a, product(q, r, m, k, n), size)).toBeLessThan(THRESHOLD);
      expect(orthogonality(q, m, k)).toBeLessThan(THRESHOLD);
      for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) expect(r[i * n + j]).toBe(0);
    });

    it('QR with pivoting', () => {
      const { q, r, order } = qr(a, m, n, { pivot: true });
      const permuted = Float64Array.from({ length: m * n }, (_, i) => a[i - (i % n) + order![i % n]]);
      expect(residual(permuted, product(q, r, m, k, n), size)).toBeLessThan(THRESHOLD);
      expect(orthogonality(q, m, k)).toBeLessThan(THRESHOLD);
      expect([...order!].sort((x, y) => x - y)).toEqual(Array.from({ length: n }, (_, j) => j));
      const floor = Math.abs(r[0] ?? 0) * 1e-12;
      for (let i = 1; i < k; i++) {
        const above = Math.abs(r[(i - 1) * n + i - 1]);
        expect(Math.abs(r[i * n + i])).toBeLessThanOrEqual(above * (1 + 1e-7) + floor);
      }
    });

    it('SVD', () => {
      const { u, s, vt } = svd(a, m, n);
      const us = u.map((value, i) => value * s[i % k]);
      expect(residual(a, product(us, vt, m, k, n), size)).toBeLessThan(THRESHOLD);
      expect(orthogonality(u, m, k)).toBeLessThan(THRESHOLD);
      expect(orthogonality(transpose(vt, k, n), n, k)).toBeLessThan(THRESHOLD);
      for (let i = 0; i < k; i++) expect(s[i]).toBeLessThanOrEqual(i ? s[i - 1] : Infinity);
      for (const value of s) expect(value).toBeGreaterThanOrEqual(0);
      expect(residual(s, singularValues(a, m, n), size)).toBeLessThan(THRESHOLD);
    });

    it('eigenvalues of A Aᵀ, and of a symmetric indefinite matrix', () => {
      const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const scaled = largest > 1e100 || largest < 1e-100 ? a.map((value) => value / (largest || 1)) : a;
      const squared = gram(scaled, m, n);
      const shifted = squared.map((value, i) => (i % (m + 1) === 0 ? value - 1 : value));
      for (const symmetric of [squared, shifted]) {
        const { values, vectors } = symmetricEigen(symmetric, m);
        const scaledVectors = vectors.map((value, i) => value * values[Math.floor(i / m)]);
        const again = gemm({ m, n: m, k: m, a: vectors, transposeA: true, b: scaledVectors });
        expect(residual(symmetric, again, m)).toBeLessThan(THRESHOLD);
        expect(orthogonality(vectors, m, m)).toBeLessThan(THRESHOLD);
        for (let i = 1; i < m; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]);
        expect(residual(values, symmetricEigen(symmetric, m, { vectors: false }).values, m)).toBeLessThan(
          THRESHOLD,
        );
      }
    });

    it('pseudoinverse: the four equations of Penrose, as far as rank decisions allow', () => {
      const inverse = pseudoinverse(a, m, n, { rcond: 1e-10 });
      const s = singularValues(a, m, n);
      const rank = matrixRank(a, m, n, { rcond: 1e-10 });
      const condition = rank ? s[0] / s[rank - 1] : 1;
      const left = product(inverse, a, n, m, n);
      const right = product(a, inverse, m, n, m);
      const again = product(a, left, m, n, n);
      // What rcond left out is missing from A A⁺ A.
      const leftOut = frobenius(s.slice(rank)) / ((frobenius(a) || 1) * Math.max(1, size) * Number.EPSILON);
      expect(residual(a, again, size)).toBeLessThan(THRESHOLD * condition + 1.001 * leftOut);
      expect(residual(inverse, product(left, inverse, n, n, m), size) / condition).toBeLessThan(THRESHOLD);
      expect(residual(left, transpose(left, n, n), size) / condition).toBeLessThan(THRESHOLD);
      expect(residual(right, transpose(right, m, m), size) / condition).toBeLessThan(THRESHOLD);
    });

    it('least squares is the pseudoinverse times the right-hand side', () => {
      const b = testMatrix(m, 2, 9);
      const { x, rank, singularValues: s } = leastSquares(a, m, n, b, 2, { rcond: 1e-10 });
      const condition = rank ? s[0] / s[rank - 1] : 1;
      const expected = product(pseudoinverse(a, m, n, { rcond: 1e-10 }), b, n, m, 2);
      expect(residual(expected, x, size) / condition).toBeLessThan(THRESHOLD);
      expect(rank).toBe(matrixRank(a, m, n, { rcond: 1e-10 }));
      expect(residual(s, singularValues(a, m, n), size)).toBeLessThan(THRESHOLD);
    });

    it('least squares: rcond 0 keeps every direction there is, 1 none', () => {
      const b = testMatrix(m, 1, 9);
      const none = leastSquares(a, m, n, b, 1, { rcond: 1 });
      expect(none.rank).toBe(0);
      expect(none.x.filter((value) => value === 0)).toHaveLength(n);
      const every = leastSquares(a, m, n, b, 1, { rcond: 0 });
      expect(every.rank).toBe(every.singularValues.filter((value) => value > 0).length);
    });

    it('leaves the matrix as it is', () => {
      const input = a.slice();
      const b = testMatrix(m, 2, 9);
      for (const pivot of [false, true]) qr(input, m, n, { pivot });
      svd(input, m, n);
      singularValues(input, m, n);
      pseudoinverse(input, m, n);
      leastSquares(input, m, n, b, 2);
      if (m === n) for (const vectors of [false, true]) symmetricEigen(input, n, { vectors });
      expect(input).toEqual(a);
      expect(b).toEqual(testMatrix(m, 2, 9));
    });

    it('Cholesky of A Aᵀ + I', () => {
      const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const matrix = gram(
        a.map((value) => value / largest),
        m,
        n,
      );
      for (let i = 0; i < m; i++) matrix[i * m + i] += 1;
      const l = matrix.slice();
      expect(cholesky(l, m)).toBe(-1);
      expect(residual(matrix, product(l, transpose(l, m, m), m, m, m), m)).toBeLessThan(THRESHOLD);
      const x = testMatrix(m, 3, 4);
      const solved = choleskySolve(l, m, product(matrix, x, m, m, 3), 3);
      expect(residual(x, solved, m)).toBeLessThan(THRESHOLD * 100);
    });
  });
});
