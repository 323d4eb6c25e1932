/** Orders of planted groups. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOrder, orderOfRows } from './order.js';

describe('an order by likeness', () => {
  it('is a permutation, for any distances', () => {
    const table = fc
      .integer({ min: 0, max: 12 })
      .chain((n) =>
        fc
          .array(fc.constantFrom(0, 1, 1, 2, 5), { minLength: n * n, maxLength: n * n })
          .map((d) => ({ n, d })),
      );
    fc.assert(
      fc.property(table, ({ n, d }) => {
        const order = clusterOrder(n, (i, j) => d[Math.min(i, j) * n + Math.max(i, j)]);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('sorts points of a line, one way or the other', () => {
    const points = [3, 9, 1, 7, 2, 8];
    const order = clusterOrder(points.length, (i, j) => Math.abs(points[i] - points[j])).map(
      (i) => points[i],
    );
    const rising = order[0] < order[order.length - 1] ? order : order.reverse();
    expect(rising).toEqual([1, 2, 3, 7, 8, 9]);
  });

  it('keeps groups together, opposite rows apart unless signs do not count, and rows of zeros by themselves', () => {
    const rows = [
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 0],
      [3, 0.1, 0],
      [0, 1, 0.1],
      [-2, 0, 0],
      [0, 0, 0],
    ];
    const place = (signed: boolean) => {
      const order = orderOfRows(rows, signed);
      return (i: number) => order.indexOf(i);
    };
    for (const at of [place(true), place(false)]) {
      for (const [i, j] of [
        [0, 3],
        [1, 4],
        [2, 6],
      ]) {
        if (i !== 0) expect(Math.abs(at(i) - at(j))).toBe(1);
        else expect(Math.abs(at(i) - at(j))).toBeLessThanOrEqual(2);
      }
    }
    const unsigned = place(false);
    const group = [0, 3, 5].map(unsigned);
    expect(Math.max(...group) - Math.min(...group)).toBe(2);
  });
});
