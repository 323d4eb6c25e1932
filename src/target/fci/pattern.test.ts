import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { hasShared, linear10 } from './causal-learn.fixture.node.js';
import { Ges } from './ges.js';
import { correlationOf, model, partialOf, randomModel, subsetsOf } from './models.fixture.js';
import type { Pattern } from './pattern.js';
import { Pc } from './pc.js';

const ENDLESS = 1e9;

function edges({ nVariables: n, parents, undirected }: Pattern): string[] {
  const found: string[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if ((parents[j] >>> i) & 1) found.push(`${i} → ${j}`);
      if (i < j && (undirected[i] >>> j) & 1) found.push(`${i} – ${j}`);
    }
  }
  return found.sort();
}

const methods = [
  ['PC', (n: number) => new Pc(n)],
  ['GES', (n: number) => new Ges(n)],
] as const;

describe.each(methods)('the pattern that %s finds of', (_, made) => {
  it('a chain is undirected, of a collider directed, and what follows it too', () => {
    expect(
      edges(
        made(3).run(
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
    expect(edges(made(4).run(correlationOf(linear), ENDLESS))).toEqual(['0 → 2', '1 → 2', '2 → 3']);
  });

  it('a kite has its third rule: 0 – 1, 0 – 2, 0 – 3, 1 → 3 ← 2 gives 0 → 3', () => {
    const linear = model(4, [
      [0, 1, 0.7],
      [0, 2, 0.9],
      [0, 3, 0.6],
      [1, 3, 0.8],
      [2, 3, 1.1],
    ]);
    expect(edges(made(4).run(correlationOf(linear), ENDLESS))).toEqual([
      '0 – 1',
      '0 – 2',
      '0 → 3',
      '1 → 3',
      '2 → 3',
    ]);
  });

  it('random models has their edges and colliders, and no edge against them', () => {
    const n = 6;
    const search = made(n);
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
        search.run(correlation, ENDLESS);
        for (let i = 0; i < n; i++) {
          for (let j = i + 1; j < n; j++) {
            const [forward, back, open] = [
              search.parents[j] >>> i,
              search.parents[i] >>> j,
              search.undirected[i] >>> j,
            ].map((b) => b & 1);
            expect(forward + open).toBe(linked(i, j) ? 1 : 0);
            expect(back).toBe(0);
            for (let k = j + 1; k < n; k++) {
              if (linked(i, k) && linked(j, k) && !linked(i, j))
                expect((search.parents[k] >>> i) & (search.parents[k] >>> j) & 1).toBe(1);
            }
          }
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});

describe('PC', () => {
  it('says where two colliders contradict each other', () => {
    // 1 – 2 with 0 – 1, 2 – 3: 0 and 2, 1 and 3 independent; no acyclic graph has that
    const correlation = [1, 0.5, 0, 0, 0.5, 1, 0.5, 0, 0, 0.5, 1, 0.5, 0, 0, 0.5, 1];
    const pc = new Pc(4).run(correlation, 500);
    expect(edges(pc)).toEqual(['0 → 1', '3 → 2']);
    expect([...pc.conflicts]).toEqual([0, 4, 2, 0]);
  });
});

describe('GES', () => {
  it('finds no edge that a large penalty forbids', () => {
    const correlation = correlationOf(
      model(3, [
        [0, 1],
        [1, 2, 0.1],
      ]),
    );
    expect(edges(new Ges(3).run(correlation, 1000))).toEqual(['0 – 1', '1 – 2']);
    expect(edges(new Ges(3, { penalty: 4 }).run(correlation, 1000))).toEqual(['0 – 1']);
    expect(edges(new Ges(1).run([1], 100))).toEqual([]);
  });

  it('links copies of a variable, and ends', () => {
    expect(edges(new Ges(3).run(new Float64Array(9).fill(1), 100))).toHaveLength(2);
  });

  it('refuses what it cannot tell from', () => {
    expect(() => new Ges(2).run([1, 0.5, 0.5, 1], 1)).toThrow(/rows/);
    expect(() => new Ges(2).run([1, Number.NaN, 0.5, 1], 100)).toThrow(/not finite/);
    expect(() => new Ges(31)).toThrow(/variables/);
    expect(() => new Ges(3, { penalty: 0 })).toThrow(/penalty/);
  });
});

describe.skipIf(!hasShared)('beside causal-learn', () => {
  const n = 20;
  const marksOf = ({ parents, undirected }: Pattern, conflicts: Int32Array = new Int32Array(n)): number[] =>
    Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      if (((parents[i] | conflicts[i]) >>> j) & 1) return 1;
      return ((parents[j] >>> i) | (undirected[i] >>> j)) & 1 ? -1 : 0;
    });

  it('twenty variables have the same pattern by PC', () => {
    const { correlation, nRows, marks } = linear10('linear_10_pc_fisherz_0.05_stable_0_1.txt');
    const pc = new Pc(n).run(correlation, nRows);
    expect(marksOf(pc, pc.conflicts)).toEqual(marks);
  });

  it('twenty variables have the same pattern by GES', () => {
    const { correlation, nRows, marks } = linear10('linear_10_ges_local_score_BIC_none_none.txt');
    for (const penalty of [1, 2])
      expect(marksOf(new Ges(n, { penalty }).run(correlation, nRows))).toEqual(marks);
  });
});
