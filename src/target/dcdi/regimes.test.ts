import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { chainScreen } from './planted.fixture.js';
import { momentsOfGroups, regimesOf } from './regimes.js';

const screen = chainScreen(2, [[0], [1]], { nCells: 8 });

const column = (x: Float64Array, j: number, rows: number) =>
  Array.from({ length: rows }, (_, i) => x[i * 2 + j]);
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('regimes', () => {
  it.each([
    ['all', 40],
    ['control', 24],
  ] as const)('scaled by %s: mean 0 and deviation 1 there', (scaledBy, rows) => {
    const { x, group, nGroups } = regimesOf(screen, { scaledBy }, Random.fromSeed(0));
    expect(nGroups).toBe(2);
    expect([...group]).toEqual([...Array(24).fill(-1), ...Array(8).fill(0), ...Array(8).fill(1)]);
    for (const j of [0, 1]) {
      const values = column(x, j, rows);
      expect(meanOf(values)).toBeCloseTo(0, 12);
      expect(meanOf(values.map((value) => value ** 2))).toBeCloseTo(1, 12);
    }
  });

  it('takes at most so many cells, different ones', () => {
    const options = { scaledBy: 'all', controlCells: 5, groupCells: 3 } as const;
    const { x, group } = regimesOf(screen, options, Random.fromSeed(0));
    expect([...group]).toEqual([-1, -1, -1, -1, -1, 0, 0, 0, 1, 1, 1]);
    expect(new Set(column(x, 0, 11)).size).toBe(11);
  });

  it('scales a gene that varies only under perturbation by all cells, and marks one that never does', () => {
    const still = {
      ...screen.control,
      values: (screen.control.values as Float64Array).map((v, i) => (i % 2 ? v : 7)),
    };
    const { x, constant } = regimesOf(
      { ...screen, control: still },
      { scaledBy: 'control' },
      Random.fromSeed(0),
    );
    expect([...constant]).toEqual([0, 0]);
    expect(meanOf(column(x, 0, 40).map((value) => value ** 2))).toBeCloseTo(1, 12);
    const none = regimesOf(
      { ...screen, control: still, groups: [] },
      { scaledBy: 'control' },
      Random.fromSeed(0),
    );
    expect([...none.constant]).toEqual([1, 0]);
    expect(column(none.x, 0, 24).every((value) => value === 0)).toBe(true);
  });

  it('has the moments of every group, no deviation below the least', () => {
    const x = Float64Array.of(9, 9, 1, 5, 3, 5, 0, 2);
    const regimes = {
      nGenes: 2,
      nGroups: 2,
      x,
      group: Int32Array.of(-1, 0, 0, 1),
      constant: new Uint8Array(2),
    };
    const { means, deviations } = momentsOfGroups(regimes, 0.1);
    expect([...means]).toEqual([2, 5, 0, 2]);
    expect([...deviations]).toEqual([1, 0.1, 0.1, 0.1]);
  });
});
