import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import {
  type DenseMatrix,
  dense,
  type Matrix,
  readRow,
  type SparseMatrix,
  sparse,
  swapCompression,
  takeCols,
  takeRows,
  toDense,
  transpose,
} from './matrix.js';

/** A matrix of small whole numbers, many of them 0, in each of the three kinds. */
const anyMatrix = fc
  .tuple(fc.nat(6), fc.nat(6))
  .chain(([nRows, nCols]) =>
    fc
      .array(fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 })), {
        minLength: nRows * nCols,
        maxLength: nRows * nCols,
      })
      .map((values) => dense(nRows, nCols, Float32Array.from(values))),
  )
  .chain((matrix) =>
    fc.constantFrom<Matrix>(matrix, compressed(matrix, 'csr'), compressed(matrix, 'csc')).map((kind) => ({
      matrix: kind,
      plain: Array.from({ length: matrix.nRows }, (_, i) =>
        Array.from(matrix.values.subarray(i * matrix.nCols, (i + 1) * matrix.nCols)),
      ),
    })),
  );

function compressed(matrix: DenseMatrix, kind: 'csr' | 'csc'): SparseMatrix {
  const { nRows, nCols, values } = matrix;
  const [nMajor, nMinor] = kind === 'csr' ? [nRows, nCols] : [nCols, nRows];
  const indptr = [0];
  const indices: number[] = [];
  for (let major = 0; major < nMajor; major++) {
    // last first: indices within a slice may be unsorted
    for (let minor = nMinor - 1; minor >= 0; minor--) {
      if (values[kind === 'csr' ? major * nCols + minor : minor * nCols + major] !== 0) indices.push(minor);
    }
    indptr.push(indices.length);
  }
  const stored: number[] = [];
  for (let major = 0; major < nMajor; major++) {
    for (let k = indptr[major]; k < indptr[major + 1]; k++) {
      stored.push(values[kind === 'csr' ? major * nCols + indices[k] : indices[k] * nCols + major]);
    }
  }
  return sparse(
    kind,
    nRows,
    nCols,
    Int32Array.from(indptr),
    Int32Array.from(indices),
    Float32Array.from(stored),
  );
}

/** As nested arrays; −0 and 0 are the same. */
const rowsOf = (matrix: Matrix) => {
  const { nRows, nCols, values } = toDense(matrix);
  return Array.from({ length: nRows }, (_, i) =>
    Array.from(values.subarray(i * nCols, (i + 1) * nCols), (value) => value + 0),
  );
};

describe('matrices', () => {
  it('read a row, whatever their kind', () => {
    fc.assert(
      fc.property(anyMatrix, ({ matrix, plain }) => {
        const out = new Float64Array(matrix.nCols).fill(Number.NaN);
        plain.forEach((row, i) => {
          expect(Array.from(readRow(matrix, i, out), (value) => value + 0)).toEqual(row);
        });
      }),
    );
  });

  it('are the same dense, turned twice, and compressed the other way', () => {
    fc.assert(
      fc.property(anyMatrix, ({ matrix, plain }) => {
        expect(rowsOf(matrix)).toEqual(plain);
        expect(rowsOf(transpose(transpose(matrix)))).toEqual(plain);
        const turned = rowsOf(transpose(matrix));
        expect(turned).toEqual(Array.from({ length: matrix.nCols }, (_, j) => plain.map((row) => row[j])));
        if (matrix.kind === 'dense') return;
        const swapped = swapCompression(matrix);
        expect(swapped.kind).not.toBe(matrix.kind);
        expect(rowsOf(swapped)).toEqual(plain);
        for (let k = 0; k + 1 < swapped.indptr.length; k++) {
          const slice = Array.from(swapped.indices.subarray(swapped.indptr[k], swapped.indptr[k + 1]));
          expect(slice).toEqual([...slice].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('give the rows and columns that are asked for, in their order', () => {
    fc.assert(
      fc.property(anyMatrix, fc.array(fc.nat(5), { maxLength: 8 }), ({ matrix, plain }, picks) => {
        const rows = picks.filter((i) => i < matrix.nRows);
        const cols = [...new Set(picks.filter((j) => j < matrix.nCols))];
        const taken = takeRows(matrix, rows);
        expect(rowsOf(taken)).toEqual(rows.map((i) => plain[i]));
        expect(taken.values).toBeInstanceOf(Float32Array);
        const narrowed = takeCols(matrix, cols);
        expect(rowsOf(narrowed)).toEqual(plain.map((row) => cols.map((j) => row[j])));
        expect(narrowed.kind).toBe(matrix.kind);
      }),
    );
  });
});

describe('dense', () => {
  it('is zeros in float64 when no values are given', () => {
    expect(dense(2, 2).values).toEqual(new Float64Array(4));
  });
  it('refuses a wrong number of values', () => {
    expect(() => dense(2, 3, new Float32Array(5))).toThrow('2 × 3 = 6 values');
  });
});

describe('sparse', () => {
  const make = (indptr: number[], indices: number[], values: number[]) => () =>
    sparse('csr', 2, 3, Int32Array.from(indptr), Int32Array.from(indices), Float64Array.from(values));

  it.each([
    ['too few pointers', make([0, 1], [0], [1])],
    ['pointers that do not begin at 0', make([1, 1, 1], [0], [1])],
    ['pointers that do not end at the number of values', make([0, 1, 1], [0, 1], [1, 2])],
    ['pointers that fall', make([0, 3, 2], [0, 1], [1, 2])],
    ['an index for no value', make([0, 1, 2], [0], [1, 2])],
    ['an index beyond the columns', make([0, 1, 2], [0, 3], [1, 2])],
    ['a negative index', make([0, 1, 2], [0, -1], [1, 2])],
  ])('refuses %s', (_, build) => {
    expect.assertions(1);
    try {
      build();
    } catch (error) {
      expect(isMechanistError(error, 'ShapeError')).toBe(true);
    }
  });

  it('takes a matrix without rows or without entries', () => {
    expect(rowsOf(sparse('csr', 0, 3, Int32Array.of(0), new Int32Array(), new Float64Array()))).toEqual([]);
    expect(rowsOf(sparse('csc', 2, 1, Int32Array.of(0, 0), new Int32Array(), new Float64Array()))).toEqual([
      [0],
      [0],
    ]);
  });
});
