import { describe, expect, it } from 'vitest';
import { averageScores } from './index.js';

describe('averageScores', () => {
  it('averages over cells, and over labels with cells enough', () => {
    const scores = [1, 2, 3, 10, 20, 100];
    const labels = ['a', 'a', 'a', 'b', 'b', 'c'];
    expect(averageScores(scores, labels, { moreThan: 1 })).toEqual({
      overCells: 136 / 6,
      overLabels: (2 + 15) / 2,
      labels: [
        { label: 'a', nCells: 3, mean: 2, counts: true },
        { label: 'b', nCells: 2, mean: 15, counts: true },
        { label: 'c', nCells: 1, mean: 100, counts: false },
      ],
    });
    expect(averageScores(scores, labels, { moreThan: 0 }).overLabels).toBeCloseTo((2 + 15 + 100) / 3, 14);
  });
  it('by default counts labels of eleven cells or more', () => {
    const labels = [...Array(11).fill('eleven'), ...Array(10).fill('ten')] as string[];
    const scores = labels.map((label) => (label === 'eleven' ? 1 : 5));
    expect(averageScores(scores, labels).overLabels).toBe(1);
    expect(averageScores([1, 2], ['a', 'b']).overLabels).toBeNaN();
  });
  it('refuses NaN by its cell', () => {
    expect(() => averageScores([1, Number.NaN], ['a', 'b'])).toThrow("cell 1 ('b')");
    expect(() => averageScores([], [])).toThrow('no cells');
    expect(() => averageScores([1], [])).toThrow('one a score');
    expect(() => averageScores([1], ['a'], { moreThan: -1 })).toThrow('moreThan');
  });
});
