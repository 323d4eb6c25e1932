import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { type Dag, drawDag, GRAPH_KINDS } from './dag.js';

const random = (seed: number) => Random.fromSeed(seed).split('dag');
const edgesOf = ({ parents }: Dag) => parents.reduce((sum, { length }) => sum + length, 0);

describe.each(GRAPH_KINDS)('%s', (kind) => {
  it('is acyclic, in the order it names, without an edge twice', () => {
    const sizes = fc
      .integer({ min: 1, max: 30 })
      .chain((nodes) =>
        fc.tuple(
          fc.constant(nodes),
          fc.double({ min: 0, max: (nodes * (nodes - 1)) / 2, noNaN: true }),
          fc.nat(),
        ),
      );
    fc.assert(
      fc.property(sizes, ([nodes, edges, seed]) => {
        const { parents, order } = drawDag(kind, nodes, edges, random(seed));
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: nodes }, (_, i) => i));
        const place = new Map(Array.from(order, (node, at) => [node, at]));
        parents.forEach((ofNode, node) => {
          expect(new Set(ofNode).size).toBe(ofNode.length);
          expect([...ofNode].sort((a, b) => a - b)).toEqual([...ofNode]);
          for (const parent of ofNode) expect(place.get(parent)).toBeLessThan(place.get(node)!);
        });
      }),
    );
  });

  it.each([
    [10, 10],
    [20, 40],
    [12, 7.5],
    [8, 28],
    [8, 0],
  ])('of %i nodes has %f edges in the mean', (nodes, edges) => {
    const draws = 400;
    let sum = 0;
    for (let seed = 0; seed < draws; seed++) sum += edgesOf(drawDag(kind, nodes, edges, random(seed)));
    // A sum of independent edges varies by less than their number: five standard errors.
    expect(Math.abs(sum / draws - edges)).toBeLessThanOrEqual(5 * Math.sqrt(edges / draws));
  });

  it('does not tell causes by their numbers', () => {
    let forward = 0;
    let all = 0;
    for (let seed = 0; seed < 200; seed++) {
      drawDag(kind, 10, 15, random(seed)).parents.forEach((ofNode, node) => {
        for (const parent of ofNode) {
          all++;
          if (parent < node) forward++;
        }
      });
    }
    expect(Math.abs(forward / all - 0.5)).toBeLessThan(0.06);
  });
});

const childrenOf = ({ parents }: Dag) => {
  const children = new Array(parents.length).fill(0);
  for (const ofNode of parents) for (const parent of ofNode) children[parent]++;
  return children.sort((a, b) => b - a);
};

describe('degrees', () => {
  it('of an Erdős–Rényi pair are those of a coin', () => {
    let edges = 0;
    for (let seed = 0; seed < 4000; seed++) edges += edgesOf(drawDag('erdos-renyi', 2, 0.3, random(seed)));
    expect(edges / 4000).toBeCloseTo(0.3, 1);
  });

  it('of a scale-free graph have a heavy tail: few nodes regulate many', () => {
    const [ofFree, ofRenyi] = (['scale-free', 'erdos-renyi'] as const).map((kind) =>
      childrenOf(drawDag(kind, 1000, 2000, random(1))),
    );
    // Barabási–Albert: the largest degree grows as √nodes, about m √n = 63; of Erdős–Rényi as log n.
    expect(ofFree[0]).toBeGreaterThan(30);
    expect(ofRenyi[0]).toBeLessThan(20);
    // P(degree ≥ k) falls as k⁻²: of four times the degree there are about a sixteenth.
    const above = (k: number) => ofFree.filter((children) => children + 2 >= k).length;
    expect(above(32) / above(8)).toBeGreaterThan(1 / 64);
    expect(above(32) / above(8)).toBeLessThan(1 / 4);
  });

  it('of newcomers are a whole number or the next', () => {
    const counts = drawDag('scale-free', 60, 100, random(2)).parents.map(({ length }) => length);
    expect(counts.filter((count) => count > 2)).toEqual([]);
    expect(counts.filter((count) => count === 0)).toHaveLength(1);
  });
});
