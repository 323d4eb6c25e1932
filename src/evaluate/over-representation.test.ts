/** Gene sets against scipy, and what counts. */
import { describe, expect, it } from 'vitest';
import { testGeneSets } from './over-representation.js';

const measured = Array.from({ length: 100 }, (_, i) => `g${i}`);
// scipy.stats.hypergeom.sf(4, 100, 10, 10), hypergeom.sf(4, 100, 20, 5)
const P_RICH = 0.0006716277482650502;
const P_POOR = 0.00020593054466397622;
const set = (name: string, ...genes: string[]) => ({ name, description: '', genes });
const from = (start: number, count: number) => measured.slice(start, start + count);

describe('gene sets', () => {
  it('are tested on the genes measured, and adjusted together', () => {
    const sets = [set('rich', ...from(0, 10), 'lost'), set('poor', ...from(50, 20))];
    const found = testGeneSets([from(5, 10), from(50, 5)], measured, sets);
    const told = found.tests.map(({ list, set: name, size, overlap, expected }) => [
      list,
      name,
      size,
      overlap,
      expected,
    ]);
    expect(told).toEqual([
      [0, 'rich', 10, 5, 1],
      [0, 'poor', 20, 0, 2],
      [1, 'poor', 20, 5, 1],
      [1, 'rich', 10, 0, 0.5],
    ]);
    const p = [P_RICH, 1, P_POOR, 1];
    found.tests.forEach((test, i) => {
      expect(test.p / p[i]).toBeCloseTo(1, 10);
    });
    // the smallest of the four times 4, the next times 4/2
    expect(found.tests.map(({ q }) => q)).toEqual(
      [P_RICH * 2, 1, P_POOR * 4, 1].map((q) => expect.closeTo(q, 12)),
    );
    expect(found.tests[0].genes).toEqual(from(5, 5));
    expect(found).toMatchObject({ tested: 2, tooSmall: 0, tooLarge: 0, unknown: 1, genes: 31 });
  });

  it('that are too small or too large here are left out, and counted', () => {
    const sets = [
      set('few', 'g1', 'g2', 'a', 'b', 'c'),
      set('many', ...from(0, 21)),
      set('three', ...from(0, 3)),
      set('twenty', ...from(0, 20)),
    ];
    const found = testGeneSets([from(0, 3)], measured, sets, { most: 20 });
    expect(found.tests.map(({ set: name }) => name)).toEqual(['three', 'twenty']);
    expect(found).toMatchObject({ tested: 2, tooSmall: 1, tooLarge: 1, unknown: 3 });
  });

  it('of nothing, or in nothing, are no tests', () => {
    expect(testGeneSets([], measured, [set('a', ...from(0, 5))]).tests).toEqual([]);
    expect(testGeneSets([from(0, 3)], measured, []).tests).toEqual([]);
    const [nothing] = testGeneSets([[]], measured, [set('a', ...from(0, 5))]).tests;
    expect(nothing).toMatchObject({ overlap: 0, p: 1, q: 1 });
  });

  it('of lists that cannot be are refused', () => {
    expect(() => testGeneSets([['x']], measured, [])).toThrow("'x' is no measured gene");
    expect(() => testGeneSets([['g1', 'g1']], measured, [])).toThrow('twice');
    expect(() => testGeneSets([], ['a', 'a'], [])).toThrow('twice');
    expect(() => testGeneSets([], measured, [], { fewest: 0 })).toThrow('fewest');
    expect(() => testGeneSets([], measured, [], { fewest: 5, most: 4 })).toThrow('most');
  });
});
