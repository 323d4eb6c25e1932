import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../random/index.js';
import { checkFolds, findLeaks, heldOutPairs, makeFolds, type Pair } from './splits.js';

/** All pairs of contexts 'c0' … and actions 'a0' …, thinned. */
function grid(nContexts: number, nActions: number, keep = (_c: number, _a: number) => true): Pair[] {
  const pairs: Pair[] = [];
  for (let c = 0; c < nContexts; c++) {
    for (let a = 0; a < nActions; a++) if (keep(c, a)) pairs.push({ context: `c${c}`, action: `a${a}` });
  }
  return pairs;
}

const sizesOf = (rows: readonly { fold: string }[]) => {
  const sizes = new Map<string, number>();
  for (const { fold } of rows) sizes.set(fold, (sizes.get(fold) ?? 0) + 1);
  return [...sizes.values()];
};
const random = () => Random.fromSeed(0);

describe('makeFolds', () => {
  it('by pair: every pair once, sizes differing by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 9 }), fc.nat(), (c, a, seed) => {
        const pairs = grid(c, a);
        const folds = 2 + (seed % (pairs.length - 1));
        const rows = makeFolds(pairs, Random.fromSeed(seed), { folds });
        expect(rows.map(({ context, action }) => ({ context, action }))).toEqual(heldOutPairs(pairs));
        const sizes = sizesOf(rows);
        expect(sizes.length).toBe(folds);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each(['context', 'action'] as const)('by %s: none is in two folds, sizes balanced', (by) => {
    const pairs = grid(17, 12, (c, a) => (c * a) % 5 !== 1);
    const rows = makeFolds(pairs, random(), { by, folds: 4 });
    const foldOf = new Map<string, string>();
    for (const row of rows) {
      expect(foldOf.get(row[by]) ?? row.fold).toBe(row.fold);
      foldOf.set(row[by], row.fold);
    }
    const sizes = sizesOf(rows);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(17);
    for (let fold = 1; fold <= 4; fold++) {
      const test = rows.filter((row) => row.fold === String(fold));
      const train = rows.filter((row) => row.fold !== String(fold));
      expect(findLeaks(train, test, { by })).toEqual([]);
    }
  });

  it('depends on the seed, and not on the order of rows or on replicates', () => {
    const pairs = grid(6, 6);
    const rows = makeFolds(pairs, random());
    expect(makeFolds([...pairs].reverse().concat(pairs), random())).toEqual(rows);
    expect(makeFolds(pairs, Random.fromSeed(1))).not.toEqual(rows);
  });

  it('never holds out the control', () => {
    const rows = makeFolds(grid(3, 3), random(), { control: 'a0', folds: 2 });
    expect(rows.length).toBe(6);
    expect(rows.some((row) => row.action === 'a0')).toBe(false);
  });

  it.each([
    { folds: 1 },
    { folds: 10 },
    { folds: 2.5 },
    { folds: Number.NaN },
    { by: 'gene' as never },
    { by: 'context' as const, folds: 4 },
  ])('refuses %j for 3 × 3 pairs', (options) => {
    expect(() => makeFolds(grid(3, 3), random(), options)).toThrowError(
      expect.objectContaining({ tag: 'OptionError' }),
    );
  });

  it('refuses to split nothing', () => {
    expect(() => makeFolds([], random())).toThrowError(expect.objectContaining({ tag: 'OptionError' }));
  });
});

describe('checkFolds', () => {
  const observed = grid(2, 2);
  it('takes folds of any name, and a pair repeated in its fold', () => {
    const rows = [
      { context: 'c1', action: 'a0', fold: 'x' },
      { context: 'c0', action: 'a1', fold: 'y' },
      { context: 'c1', action: 'a0', fold: 'x' },
    ];
    expect(checkFolds(rows, observed)).toEqual([rows[1], rows[2]]);
  });

  it('refuses a pair in two folds and a pair that is not in the data', () => {
    const row = { context: 'c1', action: 'a0', fold: '1' };
    expect(() => checkFolds([row, { ...row, fold: '2' }], observed)).toThrowError(
      /1 pairs are in two folds.*\(c1, a0\)/,
    );
    expect(() => checkFolds([{ ...row, action: 'a9' }], observed)).toThrowError(
      /not in the data: '\(c1, a9\)'/,
    );
  });
});

describe('findLeaks', () => {
  const train = [
    { context: 'c0', action: 'a0' },
    { context: 'c0', action: 'DMSO' },
    { context: 'c1', action: 'DMSO' },
  ];
  it('finds replicates of a test pair in training', () => {
    const test = [
      { context: 'c0', action: 'a0' },
      { context: 'c0', action: 'a1' },
    ];
    expect(findLeaks(train, test)).toEqual([{ context: 'c0', action: 'a0', through: 'pair' }]);
  });

  it('finds a context or an action that should be new, and lets the control pass', () => {
    const test = [
      { context: 'c0', action: 'a1' },
      { context: 'c1', action: 'a1' },
      { context: 'c1', action: 'a0' },
    ];
    const control = 'DMSO';
    expect(findLeaks(train, test, { by: 'context', control }).map((leak) => leak.context)).toEqual(['c0']);
    expect(findLeaks(train, test, { by: 'action', control }).map((leak) => leak.action)).toEqual(['a0']);
    expect(findLeaks(train, test, { by: 'context' }).length).toBe(3);
  });

  it('keeps names apart that would be one when joined', () => {
    expect(findLeaks([{ context: 'a,b', action: 'c' }], [{ context: 'a', action: 'b,c' }])).toEqual([]);
  });
});
