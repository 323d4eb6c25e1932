import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { hasShared, linear10 } from './causal-learn.fixture.node.js';
import { correlationOf, model, partialOf, randomModel, subsetsOf } from './models.fixture.js';
import { Pc } from './pc.js';

const ENDLESS = 1e9;

function edges({ nVariables: n, parents, undirected, conflicts }: Pc): string[] {
  const found: string[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if ((parents[j] >>> i) & 1) found.push(`${i} → ${j}`);
      if (i < j && (undirected[i] >>> j) & 1) found.push(`${i} – ${j}`);
      if (i < j && (conflicts[i] >>> j) & 1) found.push(`${i} ↔ ${j}`);
    }
  }
  return found.sort();
}

describe('the pattern of', () => {
  it('a chain is undirected, of a collider directed, and what follows it too', () => {
    expect(
      edges(
        new Pc(3).run(
          correlationOf(
            model(3, [
              [0, 1],
              [1, 2],
            ]),
          ),
          ENDLESS,
        ),
      ),
    ).toEqual(['0 – 1', '1 – 2']);
    const linear = model(4, [
      [0, 2],
      [1, 2],
      [2, 3],
    ]);
    expect(edges(new Pc(4).run(correlationOf(linear), ENDLESS))).toEqual(['0 → 2', '1 → 2', '2 → 3']);
  });

  it('a kite has its third rule: 0 – 1, 0 – 2, 0 – 3, 1 → 3 ← 2 gives 0 → 3', () => {
    const linear = model(4, [
      [0, 1, 0.7],
      [0, 2, 0.9],
      [0, 3, 0.6],
      [1, 3, 0.8],
      [2, 3, 1.1],
    ]);
    expect(edges(new Pc(4).run(correlationOf(linear), ENDLESS))).toEqual([
      '0 – 1',
      '0 – 2',
      '0 → 3',
      '1 → 3',
      '2 → 3',
    ]);
  });

  it('random models has their edges and colliders, and no edge against them', () => {
    const n = 6;
    const pc = new Pc(n);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const linear = randomModel(Random.fromSeed(seed), n, 0, 0.45);
        const inOrder = { ...linear, observed: Array.from({ length: n }, (_, i) => i) };
        const correlation = correlationOf(inOrder);
        const linked = (i: number, j: number) => inOrder.weights[Math.min(i, j) * n + Math.max(i, j)] !== 0;
        for (let i = 0; i < n; i++) {
          for (let j = i + 1; j < n; j++) {
            const others = inOrder.observed.filter((k) => k !== i && k !== j);
            fc.pre(
              subsetsOf(others).every((set) => {
                const r = Math.abs(partialOf(correlation, n, i, j, set));
                return r < 1e-9 || r > 2e-4;
              }),
            );
          }
        }
        pc.run(correlation, ENDLESS);
        for (let i = 0; i < n; i++) {
          for (let j = i + 1; j < n; j++) {
            const [forward, back, open] = [
              pc.parents[j] >>> i,
              pc.parents[i] >>> j,
              pc.undirected[i] >>> j,
            ].map((b) => b & 1);
            expect(forward + open).toBe(linked(i, j) ? 1 : 0);
            expect(back).toBe(0);
            for (let k = j + 1; k < n; k++) {
              if (linked(i, k) && linked(j, k) && !linked(i, j))
                expect((pc.parents[k] >>> i) & (pc.parents[k] >>> j) & 1).toBe(1);
            }
          }
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});

describe.skipIf(!hasShared)('beside causal-learn', () => {
  it('twenty variables have the same pattern', () => {
    const { correlation, nRows, marks } = linear10('linear_10_pc_fisherz_0.05_stable_0_1.txt');
    const n = 20;
    const pc = new Pc(n).run(correlation, nRows);
    const found = marks.map((_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      if (((pc.parents[i] | pc.conflicts[i]) >>> j) & 1) return 1;
      return ((pc.parents[j] >>> i) | (pc.undirected[i] >>> j)) & 1 ? -1 : 0;
    });
    expect(found).toEqual(marks);
  });
});
