import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acyclicEdges } from './acyclicity.js';
import { scheduled, validated } from './multipliers.js';

/** Can all nodes be taken away, one without parents after the other? */
function hasCycle(edges: Uint8Array, d: number): boolean {
  const left = new Set(Array.from({ length: d }, (_, i) => i));
  for (let round = 0; round < d; round++) {
    for (const node of left) if (![...left].some((other) => edges[other * d + node])) left.delete(node);
  }
  return left.size > 0;
}

describe('acyclic edges', () => {
  const graphs = fc.integer({ min: 1, max: 6 }).chain((d) =>
    fc.record({
      d: fc.constant(d),
      logits: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: d * d, maxLength: d * d }),
    }),
  );

  it('form no cycle, are likely ones, and none more could be added', () => {
    fc.assert(
      fc.property(graphs, ({ d, logits }) => {
        const edges = acyclicEdges(logits, d);
        expect(hasCycle(edges, d)).toBe(false);
        for (let at = 0; at < d * d; at++) {
          if (edges[at]) expect(logits[at]).toBeGreaterThan(0);
          else if (logits[at] > 0 && at % (d + 1) !== 0) {
            const more = edges.slice();
            more[at] = 1;
            expect(hasCycle(more, d)).toBe(true);
          }
        }
      }),
    );
  });

  it('give up the least likely edge of a cycle', () => {
    expect([...acyclicEdges([9, 3, -1, -1, 9, 2, 1, -1, 9], 3)]).toEqual([0, 1, 0, 0, 0, 1, 0, 0, 0]);
  });
});

describe('multipliers', () => {
  it('on schedule: μ grows at every window by one factor, to what no cycle is worth', async () => {
    const multipliers = scheduled(2, 10, 1e-3);
    const seen = [];
    for (let k = 0; k < 10; k++) {
      await multipliers.see(0.5, () => Promise.reject(new Error('needs no cells held out')));
      seen.push(multipliers.mu);
    }
    expect(multipliers.gamma).toBe(0);
    for (let k = 1; k < 10; k++) expect(seen[k] / seen[k - 1]).toBeCloseTo(seen[1] / seen[0], 10);
    // h of two genes with both edges at ½, as a share of both edges at 1
    const h = (Math.cosh(0.5) - 1) / (Math.cosh(1) - 1);
    expect((seen[9] * h ** 2) / 2).toBeCloseTo(1, 8);
  });

  it('validated: grow where three values went one way, and not far, every other time', async () => {
    const multipliers = validated(100, 1);
    const see = async (value: number, h: number) => {
      await multipliers.see(h, () =>
        Promise.resolve(value - multipliers.gamma * h - (multipliers.mu * h ** 2) / 2),
      );
      return [multipliers.gamma, multipliers.mu];
    };
    await see(3, 0.5);
    await see(2.999, 0.5);
    // fell by 0.002 over a window of 100 steps: settled
    expect(await see(2.998, 0.5)).toEqual([0.5, 1]);
    // not this time
    expect(await see(3.3, 0.5)).toEqual([0.5, 1]);
    // rose steadily, and h is what it was
    expect(await see(3.4, 0.5)).toEqual([1, 2]);
    await see(1, 0.5);
    // turned
    expect(await see(2, 0.5)).toEqual([1, 2]);
    await see(1.5, 0.4);
    // still falls
    expect(await see(1, 0.4)).toEqual([1, 2]);
  });
});
