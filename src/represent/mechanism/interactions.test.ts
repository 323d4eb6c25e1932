/** Interactions of planted shifts, by hand and by the simulator. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NdArray, UnsDict } from '../../data/index.js';
import { simulateCells } from '../../simulate/index.js';
import { INTERACTION_KINDS, interactions, namedCombinations } from './interactions.js';
import { sharedLatents } from './shared-latents.js';

/** Edges where shifts are not 0, all of them sure. */
const sure = (rows: readonly (readonly number[])[]) => {
  const shift = Float64Array.from(rows.flat());
  return { shift, probability: shift.map((value) => (value === 0 ? 0 : 1)) };
};
const [A, B] = [
  [4, 0, 0, 0],
  [0, 3, 0, 0],
];
const of = (together: readonly number[], a: readonly number[] = A, b: readonly number[] = B) =>
  interactions(sure([a, b, together]), together.length, [{ combination: 2, a: 0, b: 1 }])[0];

describe('the kind of an interaction', () => {
  it.each([
    ['additive', [4, 3, 0, 0]],
    ['additive', [4.4, 2.7, 0, 0]],
    ['synergistic', [16, 12, 0, 0]],
    ['additive', [2.1, 1.6, 0, 0]],
    ['suppressive', [1.2, 0.9, 0, 0]],
    ['synergistic', [8, 6, 0, 0]],
    ['dominant A', [4, 0, 0, 0]],
    ['dominant B', [0, 3.3, 0, 0]],
    ['novel', [4, 3, 0, 4]],
    ['novel', [0, 0, 5, 0]],
    ['suppressive', [1, 0.8, 0, 0]],
    ['suppressive', [0, 0, 0, 0]],
    ['suppressive', [-4, -3, 0, 0]],
    ['epistatic', [12, -8, 0, 0]],
  ])('is %s for %j', (kind, together) => {
    expect(of(together).kind).toBe(kind);
  });

  it('is none without any edge, and additive where one part does nothing', () => {
    const nothing = [0, 0, 0, 0];
    const none = of(nothing, nothing, nothing);
    expect(none.kind).toBe('none');
    expect([...none.cosines, ...none.explained, none.scale]).toEqual(Array(7).fill(Number.NaN));
    expect(of(A, A, nothing).kind).toBe('additive');
  });

  it('needs a tenth of the squared shift for what is new', () => {
    // 2 of 5² + 2²: 14 %; 1.5: 8 %
    expect(of([4, 3, 2, 0]).kind).toBe('novel');
    const small = of([4, 3, 1.5, 0]);
    expect(small.kind).toBe('additive');
    expect(small.novel).toEqual([2]);
  });

  it('comes with cosines, shares explained, scale and latents that are new or lost', () => {
    const { cosines, explained, scale, novel, lost } = of([4, 0, 3, 0]);
    expect(cosines.map((value) => Number(value.toFixed(12)))).toEqual([0.8, 0, 0.64]);
    // 1 − 9/25, 1 − 34/25, 1 − 18/25
    expect(explained.map((value) => Number(value.toFixed(12)))).toEqual([0.64, -0.36, 0.28]);
    expect(scale).toBeCloseTo(16 / 25, 12);
    expect([novel, lost]).toEqual([[2], [1]]);
  });

  it('swaps with its parts, and is that of all shifts turned around', () => {
    const row = fc.array(fc.constantFrom(-5, -3, 0, 0, 3, 5), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(row, row, row, (a, b, together) => {
        const found = of(together, a, b);
        expect(INTERACTION_KINDS).toContain(found.kind);
        const turned = [together, a, b].map((values) => values.map((value) => -value || 0));
        expect(of(turned[0], turned[1], turned[2]).kind).toBe(found.kind);
        const swapped = of(together, b, a);
        expect([swapped.explained[1], swapped.explained[0]]).toEqual([
          found.explained[0],
          found.explained[1],
        ]);
        const [x, y] = found.explained;
        if (x !== y) {
          const letters = { A: 'B', B: 'A' } as const;
          expect(swapped.kind).toBe(found.kind.replace(/[AB]$/, (letter) => letters[letter as 'A' | 'B']));
        }
      }),
    );
  });

  it('weighs shifts by how sure their edges are', () => {
    const { shift } = sure([A, B, [4, 3, 3, 0]]);
    const probability = Float64Array.from([1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0.1, 0]);
    const [found] = interactions({ shift, probability }, 4, [{ combination: 2, a: 0, b: 1 }]);
    expect(found.kind).toBe('additive');
    expect(found.novel).toEqual([]);
  });
});

describe('of simulated cells', () => {
  const data = simulateCells({
    perturbations: 40,
    cellsPerPerturbation: 1,
    combinations: 60,
    interactions: 0.5,
    effectSpread: 0.2,
    latents: 12,
    genes: 15,
  });
  const truth = data.uns.get('truth') as UnsDict;
  const numbers = (name: string) => Array.from((truth.get(name) as NdArray).values as Float64Array);
  const names = (truth.get('perturbations') as NdArray).values as string[];
  const graph = {
    shift: Float64Array.from(numbers('shifts')),
    probability: Float64Array.from(numbers('graph')),
  };

  it('finds every combination by its name', () => {
    const found = namedCombinations(names);
    expect(found.map(({ combination }) => combination)).toEqual(Array.from({ length: 60 }, (_, c) => 40 + c));
    expect(found.flatMap(({ a, b }) => [a, b])).toEqual(numbers('parts'));
  });

  it('calls novel those with a latent of their own, and the others additive', () => {
    const found = interactions(graph, 12, namedCombinations(names));
    const planted = numbers('interactions');
    // opposite shifts of a latent that both parts target leave an edge without a shift: no more than noise
    found.forEach(({ kind, novel }, c) => {
      expect(novel).toEqual(planted[c] < 0 ? [] : [planted[c]]);
      expect(kind).toBe(planted[c] < 0 ? 'additive' : 'novel');
    });
  });
});

describe('names of combinations', () => {
  it('are taken apart where both parts are there', () => {
    expect(namedCombinations(['A', 'B', 'A+B', 'A+C', 'B+A+B'])).toEqual([
      { combination: 2, a: 0, b: 1 },
      { combination: 4, a: 1, b: 2 },
    ]);
    expect(namedCombinations(['HLA+', 'X', 'HLA++X', '+', '++'])).toEqual([{ combination: 2, a: 0, b: 1 }]);
    expect(namedCombinations(['A', 'B', 'A_B'], '_')).toHaveLength(1);
    expect(namedCombinations([])).toEqual([]);
  });
});

describe('perturbations that share latents', () => {
  it('come with what they have in common, overlap and cosine, most in common first', () => {
    const shift = Float64Array.from([3, 2, 0, -3, 2, 0, 0, 2, 4, 0, 0, 5]);
    const probability = Float64Array.from([0.9, 0.8, 0, 0.9, 0.4, 0, 0, 0.9, 1, 0, 0, 0.2]);
    const pairs = sharedLatents({ shift, probability }, 3);
    expect(pairs.map(({ a, b, latents }) => [a, b, latents])).toEqual([
      [0, 1, [0]],
      [0, 2, [1]],
    ]);
    // of 3 · .9 and 3 · .9; of 2 · .8 and 2 · .9
    expect(pairs.map(({ common }) => common)).toEqual([2.7, 1.6].map((x) => expect.closeTo(x, 12)));
    // (.9 + .4) / (.9 + .8); .8 / (.9 + .9 + 1)
    expect(pairs.map(({ jaccard }) => jaccard)).toEqual(
      [1.3 / 1.7, 0.8 / 2.8].map((x) => expect.closeTo(x, 12)),
    );
    // (2.7, 1.6, 0) and (−2.7, .8, 0)
    expect(pairs[0].cosine).toBeCloseTo(
      (-(2.7 ** 2) + 1.28) / Math.hypot(2.7, 1.6) / Math.hypot(2.7, 0.8),
      12,
    );
  });

  it('are none where nothing is an edge', () => {
    expect(sharedLatents({ shift: new Float64Array(6), probability: new Float64Array(6) }, 3)).toEqual([]);
    expect(sharedLatents({ shift: new Float64Array(), probability: new Float64Array() }, 3)).toEqual([]);
  });
});
