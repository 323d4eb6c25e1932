import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { pearson } from '../../stats/index.js';
import { BatchCorrelation } from './batch-correlation.js';
import { chainCells } from './cells.fixture.js';
import { standardGenes } from './standard-genes.js';
import { globalStatistics } from './statistics.js';

function batchesOf(cells: ReturnType<typeof dense>, nVariables: number, rows: number): BatchCorrelation {
  const genes = standardGenes(cells);
  return new BatchCorrelation(
    genes,
    globalStatistics(genes).correlation,
    nVariables,
    rows,
    Random.fromSeed(9),
  );
}

describe('correlations of a batch', () => {
  it('are those of all cells where these are no more than asked for', () => {
    const cells = chainCells(Random.fromSeed(1), 60, 4);
    const column = (j: number) => Float64Array.from({ length: 60 }, (_, i) => cells.values[i * 4 + j]);
    const found = batchesOf(cells, 3, 60).draw(Int32Array.of(3, 0, 1));
    expect(found[1]).toBeCloseTo(pearson(column(3), column(0)), 12);
    expect(found[1 * 3 + 2]).toBeCloseTo(pearson(column(0), column(1)), 12);
    expect(found[0]).toBe(1);
  });

  it('scatter about those of all cells as draws without replacement do', () => {
    const [nCells, rows, draws] = [120, 90, 4000];
    const cells = chainCells(Random.fromSeed(1), nCells, 2, 0);
    const all = batchesOf(cells, 2, nCells).draw(Int32Array.of(0, 1))[1];
    const batch = batchesOf(cells, 2, rows);
    const found = Array.from({ length: draws }, () => batch.draw(Int32Array.of(0, 1))[1]);
    const mean = found.reduce((sum, r) => sum + r, 0) / draws;
    const variance = found.reduce((sum, r) => sum + (r - mean) ** 2, 0) / draws;
    // (1 − ρ²)² / rows, times 1 − rows / nCells for a finite population; with replacement it would be four times as much
    const expected = ((1 - all * all) ** 2 / rows) * (1 - rows / nCells);
    expect(Math.abs(mean - all)).toBeLessThan(5 * Math.sqrt(expected / draws));
    expect(variance / expected).toBeGreaterThan(0.7);
    expect(variance / expected).toBeLessThan(1.4);
  });

  it('are 1 for copies and 0 for genes that do not vary in the draw', () => {
    // gene 0 and 1 the same, 2 constant, 3 differs in one of 200 cells only
    const values = Float64Array.from({ length: 800 }, (_, at) => {
      const cell = Math.floor(at / 4);
      return [Math.sin(cell), Math.sin(cell), 0.1, cell === 77 ? 1 : 0][at % 4];
    });
    const batch = batchesOf(dense(200, 4, values), 4, 20);
    const withoutCell = Array.from({ length: 100 }, () => {
      const found = batch.draw(Int32Array.of(0, 1, 2, 3));
      expect(found.every(Number.isFinite)).toBe(true);
      expect(found[1]).toBeCloseTo(1, 12);
      expect([found[2], found[6], found[11]]).toEqual([0, 0, 0]);
      return found[3] === 0;
    }).filter(Boolean).length;
    // the cell is in a tenth of the draws
    expect(withoutCell).toBeGreaterThan(75);
    expect(withoutCell).toBeLessThan(100);
  });
});
