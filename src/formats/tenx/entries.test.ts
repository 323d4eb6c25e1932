import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDense } from '../../data/matrix.js';
import { EntryCollector } from './entries.js';

describe('EntryCollector', () => {
  it('gives the sum of all entries, in any order, with repeats, for any slice of cells', () => {
    const entry = fc.tuple(fc.nat(5), fc.nat(3), fc.integer({ min: -3, max: 300 }));
    const slice = fc
      .tuple(fc.nat(6), fc.nat(6))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), slice, fc.boolean(), (entries, rows, sorted) => {
        if (sorted) entries.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        const collector = new EntryCollector(rows, 4, entries.length, 1);
        const truth = new Float64Array((rows.end - rows.start) * 4);
        for (const [cell, gene, value] of entries) {
          collector.add(cell, gene, value);
          if (cell >= rows.start && cell < rows.end) truth[(cell - rows.start) * 4 + gene]! += value;
        }
        const { matrix, nRepeated } = collector.toCsr();
        expect(Float64Array.from(toDense(matrix).values)).toEqual(truth);
        expect(matrix.values).toBeInstanceOf(Float32Array);
        expect(matrix.indices.length + nRepeated).toBe(collector.length);
        for (let i = 0; i < matrix.nRows; i++) {
          const genes = [...matrix.indices.subarray(matrix.indptr[i]!, matrix.indptr[i + 1]!)];
          expect(genes).toEqual([...new Set(genes)].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('takes more entries than were promised', () => {
    const collector = new EntryCollector({ start: 0, end: 1 }, 5000, 2);
    for (let gene = 0; gene < 5000; gene++) collector.add(0, gene, gene);
    expect(collector.toCsr().matrix.values).toEqual(Float32Array.from({ length: 5000 }, (_, k) => k));
  });

  it('widens to float64 only when a value needs it, and keeps NaN', () => {
    const make = (...values: number[]) => {
      const collector = new EntryCollector({ start: 0, end: 1 }, 9, values.length);
      values.forEach((value, gene) => {
        collector.add(0, gene, value);
      });
      return collector.toCsr().matrix.values;
    };
    expect(make(1, 2 ** 24, Number.NaN, Number.NEGATIVE_INFINITY)).toEqual(
      Float32Array.of(1, 2 ** 24, Number.NaN, Number.NEGATIVE_INFINITY),
    );
    expect(make(1, 2 ** 24 + 1, Number.NaN)).toEqual(Float64Array.of(1, 2 ** 24 + 1, Number.NaN));
    expect(make(0.5, 0.1)).toEqual(Float64Array.of(0.5, 0.1));
  });
});
