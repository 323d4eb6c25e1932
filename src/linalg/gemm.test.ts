import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import { onEachBackend } from './backends.fixture.node.js';
import { gemm, gram } from './gemm.js';
import { maxDifference, product, testMatrix } from './matrices.fixture.js';
import { transpose } from './vectors.js';

const sizes = fc.integer({ min: 0, max: 40 });

onEachBackend(() => {
  describe('gemm', () => {
    it('is the product by its definition, for all sizes, transpositions, leads and offsets', () => {
      fc.assert(
        fc.property(
          fc.record({ m: sizes, n: sizes, k: sizes, ta: fc.boolean(), tb: fc.boolean() }),
          fc.record({
            pad: fc.nat(3),
            offset: fc.nat(3),
            alpha: fc.constantFrom(1, -0.5),
            beta: fc.constantFrom(0, 1, 2),
          }),
          ({ m, n, k, ta, tb }, { pad, offset, alpha, beta }) => {
            const a = testMatrix(m, k, 2);
            const b = testMatrix(k, n, 3);
            const c = testMatrix(m, n, 4);
            const expected = product(a, b, m, k, n).map((value, i) => alpha * value + beta * c[i]);
            const storedA = ta ? padded(transpose(a, m, k), k, m, pad, offset) : padded(a, m, k, pad, offset);
            const storedB = tb ? padded(transpose(b, k, n), n, k, pad, offset) : padded(b, k, n, pad, offset);
            const storedC = padded(c, m, n, pad, offset);
            const before = storedC.slice();
            const result = gemm({
              m,
              n,
              k,
              a: storedA,
              b: storedB,
              c: storedC,
              transposeA: ta,
              transposeB: tb,
              alpha,
              beta,
              lda: (ta ? m : k) + pad,
              ldb: (tb ? k : n) + pad,
              ldc: n + pad,
              aOffset: offset,
              bOffset: offset,
              cOffset: offset,
            });
            expect(result).toBe(storedC);
            const full = padded(expected, m, n, pad, offset);
            for (let i = 0; i < full.length; i++) {
              // What lies between the rows of C is not touched.
              if (Number.isNaN(full[i])) expect(result[i]).toBe(before[i]);
              else expect(Math.abs(result[i] - full[i])).toBeLessThan(1e-13);
            }
          },
        ),
        { numRuns: 200, seed: 7 },
      );
    });

    it.each([
      [130, 300, 260],
      [257, 5, 513],
      [4, 517, 257],
      [33, 978, 100],
      [1, 300, 700],
      [300, 1, 700],
    ])('crosses block borders: %i × %i over %i', (m, n, k) => {
      const a = testMatrix(m, k, 5);
      const b = testMatrix(k, n, 6);
      expect(maxDifference(gemm({ m, n, k, a, b }), product(a, b, m, k, n))).toBeLessThan(1e-12);
    });

    it('does not look at the former content of C with beta 0', () => {
      const a = testMatrix(9, 9);
      const c = gemm({ m: 9, n: 9, k: 9, a, b: a, c: new Float64Array(81).fill(Number.NaN) });
      expect(c.every(Number.isFinite)).toBe(true);
    });

    it.each([1, 40])('lets NaN and infinity through, also against zeros (n = %i)', (n) => {
      const a = new Float64Array(n * n);
      const b = new Float64Array(n * n);
      a[0] = Number.NaN;
      expect(gemm({ m: n, n, k: n, a, b })[0]).toBeNaN();
      a[0] = Infinity;
      expect(gemm({ m: n, n, k: n, a, b })[0]).toBeNaN();
    });

    it('refuses sizes that do not fit', () => {
      const a = new Float64Array(5);
      const caught = (call: () => unknown): boolean => {
        try {
          call();
          return false;
        } catch (error) {
          return isMechanistError(error, 'ShapeError');
        }
      };
      expect(caught(() => gemm({ m: 2, n: 3, k: 3, a, b: new Float64Array(9) }))).toBe(true);
      expect(caught(() => gemm({ m: 1, n: 1, k: 5, a, b: a, lda: 4 }))).toBe(true);
      expect(caught(() => gemm({ m: -1, n: 1, k: 5, a, b: a }))).toBe(true);
      expect(caught(() => gemm({ m: 1.5, n: 1, k: 1, a, b: a }))).toBe(true);
      expect(caught(() => gemm({ m: 1, n: 1, k: 5, a, b: a, aOffset: 1 }))).toBe(true);
      expect(caught(() => gram(a, 2, 3))).toBe(true);
    });
  });

  describe('gram', () => {
    it.each([
      [0, 5],
      [5, 0],
      [1, 1],
      [3, 7],
      [20, 978],
      [50, 300],
      [261, 11],
    ])('is A Aᵀ for %i × %i', (nRows, nCols) => {
      const a = testMatrix(nRows, nCols, 8);
      const expected = product(a, transpose(a, nRows, nCols), nRows, nCols, nRows);
      const result = gram(a, nRows, nCols);
      expect(maxDifference(result, expected)).toBeLessThan(1e-12);
      expect(transpose(result, nRows, nRows)).toEqual(result);
    });
  });
});

/** (nRows, nCols) stored with `pad` NaN after each row and `offset` NaN before all. */
function padded(a: Float64Array, nRows: number, nCols: number, pad: number, offset: number): Float64Array {
  const lead = nCols + pad;
  const out = new Float64Array(offset + nRows * lead).fill(Number.NaN);
  for (let i = 0; i < nRows; i++) out.set(a.subarray(i * nCols, (i + 1) * nCols), offset + i * lead);
  return out;
}
