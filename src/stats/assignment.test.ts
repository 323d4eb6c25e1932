import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import { assignment } from './index.js';

const matrix = (nRows: number, nCols: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: nRows * nCols }, (_, at) => entry(Math.floor(at / nCols), at % nCols));

/** The least total, by trying everything. */
function leastByTrying(cost: Float64Array, nRows: number, nCols: number): number {
  const skips = Math.max(0, nRows - nCols);
  const best = (row: number, taken: number, left: number): number => {
    if (row === nRows) return 0;
    let least = left > 0 ? best(row + 1, taken, left - 1) : Infinity;
    for (let j = 0; j < nCols; j++) {
      if (taken & (1 << j)) continue;
      least = Math.min(least, cost[row * nCols + j] + best(row + 1, taken | (1 << j), left));
    }
    return least;
  };
  return best(0, 0, skips);
}

describe('assignment', () => {
  it('agrees with scipy', () => {
    const entry = (i: number, j: number): number => (7 * i * i + 13 * j * j + 5 * i * j) % 17;
    // c = np.array([[(7*i*i+13*j*j+5*i*j)%17 for j in range(7)] for i in range(5)]); scipy.optimize.linear_sum_assignment(c)
    expect(assignment(matrix(5, 7, entry), 5, 7)).toEqual({ columns: Int32Array.of(0, 5, 1, 3, 2), cost: 4 });
    // linear_sum_assignment(c.T): rows 0, 1, 2, 3, 5 get columns 0, 2, 4, 3, 1
    const turned = assignment(
      matrix(7, 5, (i, j) => entry(j, i)),
      7,
      5,
    );
    expect(turned).toEqual({ columns: Int32Array.of(0, 2, 4, 3, -1, 1, -1), cost: 4 });
    // b = np.array([[np.sin(1+i*37.3+j*11.7+i*j) for j in range(60)] for i in range(45)]); b[linear_sum_assignment(b)].sum()
    const waves = matrix(45, 60, (i, j) => Math.sin(1 + i * 37.3 + j * 11.7 + i * j));
    expect(assignment(waves, 45, 60).cost).toBeCloseTo(-43.77244361334687, 10);
  });
  it('is the least of all assignments, ties and forbidden pairs included', () => {
    const cost = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -5, max: 5, noNaN: true }));
    const sizes = fc.record({ n: fc.integer({ min: 1, max: 5 }), m: fc.integer({ min: 1, max: 5 }) });
    const problems = sizes.chain(({ n, m }) =>
      fc.record({
        n: fc.constant(n),
        m: fc.constant(m),
        costs: fc.array(fc.oneof({ weight: 5, arbitrary: cost }, fc.constant(Infinity)), {
          minLength: n * m,
          maxLength: n * m,
        }),
      }),
    );
    fc.assert(
      fc.property(problems, ({ n, m, costs }) => {
        const values = Float64Array.from(costs);
        const least = leastByTrying(values, n, m);
        if (least === Infinity) {
          expect(() => assignment(values, n, m)).toThrow('leave no assignment');
          return;
        }
        const { columns, cost: total } = assignment(values, n, m);
        expect(total).toBeCloseTo(least, 9);
        const used = [...columns].filter((j) => j >= 0);
        expect(used.length).toBe(Math.min(n, m));
        expect(new Set(used).size).toBe(used.length);
      }),
      { numRuns: 500 },
    );
  });
  it('has nothing to do without rows or columns', () => {
    expect(assignment(new Float64Array(0), 0, 3)).toEqual({ columns: new Int32Array(0), cost: 0 });
    expect(assignment(new Float64Array(0), 2, 0)).toEqual({ columns: Int32Array.of(-1, -1), cost: 0 });
  });
  it('refuses what is no cost, and other sizes', () => {
    for (const bad of [Number.NaN, -Infinity]) {
      expect(() => assignment(Float64Array.of(1, 2, 3, bad), 2, 2)).toThrow('row 1 and column 1');
    }
    try {
      assignment(new Float64Array(5), 2, 3);
      expect.unreachable();
    } catch (error) {
      expect(isMechanistError(error, 'ShapeError')).toBe(true);
    }
  });
});
