/** Both backends give the same: to 1e-10 of the largest entry on well-conditioned input. */

import { describe, expect, it } from 'vitest';
import { install, usePortable } from './backend.js';
import { lapack, library } from './backends.fixture.node.js';
import {
  cholesky,
  gemm,
  gram,
  leastSquares,
  matrixRank,
  pseudoinverse,
  qr,
  singularValues,
  solveTriangular,
  svd,
  symmetricEigen,
  transpose,
} from './index.js';
import { lapackBackend } from './lapack/backend.node.js';
import { maxDifference, testMatrix } from './matrices.fixture.js';

/** Signs of singular vectors and of reflections are arbitrary: the largest entry of each row made positive. */
function signed(rows: Float64Array, width: number): Float64Array {
  return rows.map((value, at) => {
    const start = at - (at % width);
    const row = rows.subarray(start, start + width);
    const largest = row.reduce((best, entry) => (Math.abs(entry) > 1.001 * Math.abs(best) ? entry : best), 0);
    return largest < 0 ? -value : value;
  });
}

const calls: [string, (m: number, n: number, a: Float64Array) => Float64Array][] = [
  ['gemm', (m, n, a) => gemm({ m: n, n, k: m, a, transposeA: true, b: a, alpha: 0.5 })],
  ['gemm, a vector', (m, n, a) => gemm({ m, n: 1, k: n, a, b: a.slice(0, n) })],
  ['gram', (m, n, a) => gram(a, m, n)],
  [
    'cholesky',
    (m, n, a) => {
      const l = dominant(gram(a, m, n), m);
      expect(cholesky(l, m)).toBe(-1);
      return l;
    },
  ],
  [
    'solveTriangular',
    (m, n, a) => solveTriangular(dominant(gram(a, m, n), m), m, a.slice(), n, { triangle: 'upper' }),
  ],
  ['R of qr', (m, n, a) => signed(qr(a, m, n).r, n)],
  ['R of pivoted qr', (m, n, a) => signed(qr(a, m, n, { pivot: true }).r, n)],
  ['order of pivoted qr', (m, n, a) => Float64Array.from(qr(a, m, n, { pivot: true }).order ?? [])],
  ['singularValues', (m, n, a) => singularValues(a, m, n)],
  ['svd, values', (m, n, a) => svd(a, m, n).s],
  ['svd, left vectors', (m, n, a) => signed(transpose(svd(a, m, n).u, m, Math.min(m, n)), m)],
  ['svd, right vectors', (m, n, a) => signed(svd(a, m, n).vt, n)],
  ['symmetricEigen, values', (m, n, a) => symmetricEigen(gram(a, m, n), m).values],
  ['symmetricEigen, values only', (m, n, a) => symmetricEigen(gram(a, m, n), m, { vectors: false }).values],
  ['symmetricEigen, vectors', (m, _, a) => signed(symmetricEigen(symmetric(a, m), m).vectors, m)],
  ['pseudoinverse', (m, n, a) => pseudoinverse(a, m, n)],
  ['leastSquares', (m, n, a) => leastSquares(a, m, n, testMatrix(m, 3, 5), 3).x],
  ['matrixRank', (m, n, a) => Float64Array.of(matrixRank(a, m, n))],
];

function dominant(a: Float64Array, n: number): Float64Array {
  return a.map((value, at) => (at % (n + 1) === 0 ? value + n : value / n));
}

function symmetric(a: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const entry = a[((i + 1) * (j + 1) + (i + j) * 7) % a.length];
    return i === j ? entry + i : entry;
  });
}

const shapes: [m: number, n: number][] = [
  [1, 1],
  [2, 3],
  [7, 4],
  [30, 41],
  [64, 50],
  [150, 61],
];

describe.skipIf(!library)('LAPACK and the portable kernels agree', () => {
  describe.each(shapes)('%i × %i', (m, n) => {
    const a = testMatrix(m, n, 4).map((value, at) => value + (at % (n + 1) === 0 ? 3 + at / (m * n) : 0));

    it.each(calls)('%s', (_, call) => {
      usePortable();
      const expected = call(m, n, a);
      const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const backend of [lapack, lapackBackend(library!)]) {
        install(backend!);
        try {
          expect(maxDifference(call(m, n, a), expected)).toBeLessThanOrEqual(1e-10 * scale);
        } finally {
          usePortable();
        }
      }
    });
  });
});
