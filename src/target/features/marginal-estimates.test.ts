import { describe, expect, it } from 'vitest';
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import { TOKEN } from '../fci/index.js';
import { chainCells } from './cells.fixture.js';
import { type MarginalOptions, marginalEstimates } from './marginal-estimates.js';
import { standardGenes } from './standard-genes.js';
import { globalStatistics } from './statistics.js';

function estimatesOf(cells: ReturnType<typeof dense>, options: Partial<MarginalOptions> = {}) {
  const genes = standardGenes(cells);
  return marginalEstimates(genes, globalStatistics(genes).correlation, {
    random: Random.fromSeed(1),
    ...options,
  });
}

describe('marginal estimates', () => {
  it('have a token for every ordered pair of every batch, which tell the same from both sides', () => {
    const { nBatches, nVariables, variables, tokens } = estimatesOf(chainCells(Random.fromSeed(2), 700, 12));
    expect([nBatches, nVariables, variables.length, tokens.length]).toEqual([100, 5, 500, 2000]);
    const other = { 1: 1, 2: 3, 3: 2, 4: 4, 5: 6, 6: 5, 7: 7 } as Record<number, number>;
    for (let t = 0; t < nBatches; t++) {
      expect(new Set(variables.subarray(5 * t, 5 * t + 5)).size).toBe(5);
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 5; j++) {
          if (i === j) continue;
          const at = (a: number, b: number) => tokens[20 * t + 4 * a + b - (b > a ? 1 : 0)];
          expect(at(j, i)).toBe(other[at(i, j)]);
        }
      }
    }
  });

  it('are the same for the same seed, and others for another', () => {
    const cells = chainCells(Random.fromSeed(2), 700, 12);
    expect(estimatesOf(cells)).toEqual(estimatesOf(cells));
    expect(estimatesOf(cells, { random: Random.fromSeed(2) })).not.toEqual(estimatesOf(cells));
  });

  it('find a chain: genes beside each other linked, those with one between them not', () => {
    const { variables, tokens } = estimatesOf(chainCells(Random.fromSeed(3), 2000, 3), { alpha: 1e-4 });
    for (let t = 0; t < 100; t++) {
      const genes = [...variables.subarray(3 * t, 3 * t + 3)];
      const at = (a: number, b: number) =>
        tokens[
          6 * t + 2 * genes.indexOf(a) + genes.indexOf(b) - (genes.indexOf(b) > genes.indexOf(a) ? 1 : 0)
        ];
      expect([at(0, 1), at(1, 2), at(0, 2)]).toEqual([TOKEN.unknown, TOKEN.unknown, TOKEN.none]);
    }
  });

  it('take the genes that correlate in the second half', () => {
    // genes 0 … 4 a chain, 35 more are noise
    const values = chainCells(Random.fromSeed(5), 400, 40, 0).values as Float64Array;
    for (let at = 0; at < values.length; at++)
      if (at % 40 > 0 && at % 40 < 5) values[at] += 2 * values[at - 1];
    const { variables } = estimatesOf(dense(400, 40, values), { batches: 200 });
    const linked = (from: number, to: number) =>
      variables.subarray(5 * from, 5 * to).filter((gene) => gene < 5).length;
    expect(linked(0, 100) / 500).toBeLessThan(0.2);
    expect(linked(100, 200)).toBeGreaterThan(1.5 * linked(0, 100));
  });

  it('say nothing of fewer than four cells', () => {
    for (const nCells of [1, 2, 3]) {
      const { nBatches, tokens, variables } = estimatesOf(chainCells(Random.fromSeed(2), nCells, 6));
      expect([nBatches, tokens.length, variables.length]).toEqual([0, 0, 0]);
    }
    expect(estimatesOf(chainCells(Random.fromSeed(2), 4, 6)).nBatches).toBe(100);
  });

  it('find no edge between constant genes, and take all genes where there are few', () => {
    const constant = estimatesOf(dense(600, 7, new Float64Array(4200).fill(3)));
    expect(new Set(constant.tokens)).toEqual(new Set([TOKEN.none]));
    expect(estimatesOf(chainCells(Random.fromSeed(2), 50, 1))).toMatchObject({
      nVariables: 1,
      tokens: new Uint8Array(0),
    });
    expect([...estimatesOf(chainCells(Random.fromSeed(2), 50, 2), { batches: 1 }).tokens]).toEqual([
      TOKEN.unknown,
      TOKEN.unknown,
    ]);
  });

  it('refuse options that make no sense', () => {
    const cells = chainCells(Random.fromSeed(2), 50, 6);
    expect(() => estimatesOf(cells, { batches: -1 })).toThrow(/batches/);
    expect(() => estimatesOf(cells, { rows: 3 })).toThrow(/rows/);
    expect(() => estimatesOf(cells, { variables: 0 })).toThrow(/variables/);
    expect(() => estimatesOf(cells, { alpha: 0 })).toThrow(/alpha/);
  });
});
