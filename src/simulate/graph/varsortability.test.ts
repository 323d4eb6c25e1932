import { describe, expect, it } from 'vitest';
import { varsortability } from './varsortability.js';

/** Nodes in their order, edges from smaller to larger numbers. */
function ofEdges(n: number, edges: [number, number][], variances: number[]): number {
  const parents = Array.from({ length: n }, (_, child) =>
    edges.filter((edge) => edge[1] === child).map(([parent]) => parent),
  );
  return varsortability(parents, Int32Array.from(parents.keys()), variances);
}

describe('varsortability', () => {
  // Expected: `varsortability` of the authors' program (github.com/Scriddie/Varsortability) in numpy 1.24 with
  // X = [[√v], [−√v]], which has the variances v.
  it('is that of the authors where paths branch', () => {
    const edges: [number, number][] = [
      [0, 1],
      [1, 2],
      [0, 2],
      [2, 3],
      [3, 4],
      [0, 4],
      [4, 5],
    ];
    expect(ofEdges(6, edges, [1, 2, 2, 1.5, 3, 0.5])).toBeCloseTo(0.5476190476190477, 12);
  });

  it('is that of the authors where paths are longer than 32 edges', () => {
    const n = 40;
    const steps = (by: number) => Array.from({ length: n - by }, (_, i): [number, number] => [i, i + by]);
    const variances = Array.from({ length: n }, (_, i) => ((7 * i) % 11) + 1);
    expect(ofEdges(n, [...steps(1), ...steps(3)], variances)).toBeCloseTo(0.5237159007127058, 12);
  });

  it('is 1 where variance grows, 0 where it falls, ½ where it is the same or nothing is to be sorted', () => {
    const chain: [number, number][] = [
      [0, 1],
      [1, 2],
      [2, 3],
    ];
    expect(ofEdges(4, chain, [1, 2, 3, 4])).toBe(1);
    expect(ofEdges(4, chain, [4, 3, 2, 1])).toBe(0);
    expect(ofEdges(4, chain, [2, 2, 2, 2])).toBe(0.5);
    expect(ofEdges(4, chain, [0, 0, 0, 0])).toBe(0.5);
    expect(ofEdges(4, chain, [0, 1, 2, 3])).toBe(1);
    expect(ofEdges(4, [], [1, 2, 3, 4])).toBe(0.5);
    expect(ofEdges(0, [], [])).toBe(0.5);
  });
});
