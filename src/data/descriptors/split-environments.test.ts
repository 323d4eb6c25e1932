/** Splits by environment: nothing of validation is in training. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnError, DataError, OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { findLeaks, type SplitBy } from '../splits.js';
import { strings, Table } from '../table.js';
import { splitEnvironments } from './split-environments.js';

/** Rows (cell, drug), replicates and doses between them. */
const obsOf = (rows: readonly (readonly [string, string | null])[]) =>
  new Table(
    rows.map((_, i) => `r${i}`),
    [
      ['cell', strings(rows.map(([cell]) => cell))],
      ['drug', strings(rows.map(([, drug]) => drug))],
    ],
  );
const grid = (cells: number, drugs: number) =>
  Array.from({ length: cells * drugs * 2 }, (_, i) => {
    const drug = (i >> 1) % drugs;
    return [`c${Math.floor((i >> 1) / drugs)}`, drug === 0 ? 'DMSO' : `d${drug}`] as const;
  });
const base = { action: 'drug', context: 'cell', control: 'DMSO' };
const random = () => Random.fromSeed(3);

describe('a share', () => {
  it.each<SplitBy>(['action', 'pair', 'context'])(
    'by %s: no leak, all rows once, controls in training',
    (by) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 2, max: 6 }),
          fc.integer({ min: 3, max: 9 }),
          fc.double({ min: 0.05, max: 0.95, noNaN: true }),
          fc.nat(),
          (cells, drugs, share, seed) => {
            const rows = grid(cells, drugs);
            const { train, validation } = splitEnvironments(obsOf(rows), {
              ...base,
              by,
              share,
              random: Random.fromSeed(seed),
            });
            expect([...train, ...validation].sort((a, b) => a - b)).toEqual(rows.map((_, row) => row));
            const pairs = (some: Int32Array) =>
              Array.from(some, (row) => ({ context: rows[row][0], action: rows[row][1] }));
            expect(findLeaks(pairs(train), pairs(validation), { by, control: 'DMSO' })).toEqual([]);
            expect(pairs(validation).some(({ action }) => action === 'DMSO')).toBe(false);
            expect(validation.length).toBeGreaterThan(0);
            expect(pairs(train).some(({ action }) => action !== 'DMSO')).toBe(true);
          },
        ),
      );
    },
  );

  it('is met as nearly as equal units allow, by rows and not by units', () => {
    const equal = splitEnvironments(obsOf(grid(4, 11)), {
      ...base,
      by: 'action',
      share: 0.3,
      random: random(),
    });
    expect(equal.held.length).toBe(3);
    // one drug has 90 of 100 rows: a tenth of the rows is most of the drugs
    const rows = Array.from({ length: 100 }, (_, i) => ['c', i < 90 ? 'big' : `d${i}`] as const);
    const uneven = splitEnvironments(obsOf(rows), {
      action: 'drug',
      by: 'action',
      share: 0.05,
      random: random(),
    });
    expect(uneven.held).not.toContain('big');
    expect(uneven.validation.length).toBe(5);
  });

  it('is the same whatever the order of rows, another with another seed', () => {
    const rows = grid(5, 8);
    const held = (some: typeof rows, seed: number) =>
      splitEnvironments(obsOf(some), { ...base, by: 'pair', share: 0.4, random: Random.fromSeed(seed) }).held;
    expect(held([...rows].reverse(), 1)).toEqual(held(rows, 1));
    expect(held(rows, 2)).not.toEqual(held(rows, 1));
  });
});

describe('what is listed', () => {
  const obs = obsOf(grid(2, 4));
  it('drugs, pairs, cells', () => {
    const drug = splitEnvironments(obs, { ...base, by: 'action', held: ['d2', 'd2'] });
    expect([drug.held, [...drug.validation]]).toEqual([['d2'], [4, 5, 12, 13]]);
    expect(drug.sentences).toEqual(['1 of 3 actions are held out: 4 of 16 rows']);
    const pair = splitEnvironments(obs, { ...base, by: 'pair', held: [{ context: 'c1', action: 'd2' }] });
    expect([pair.held, [...pair.validation]]).toEqual([['d2, c1'], [12, 13]]);
    const cell = splitEnvironments(obs, { ...base, by: 'context', held: ['c0'] });
    expect([...cell.validation]).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('names the unknown, and refuses the control, everything, nothing', () => {
    const split = (held: string[]) => () => splitEnvironments(obs, { ...base, by: 'action', held });
    expect(split(['d22'])).toThrow(/'d22'; did you mean 'd[23]'/);
    expect(split(['DMSO'])).toThrow(/or are the control/);
    expect(split([])).toThrow(DataError);
    expect(split(['d1', 'd2', 'd3'])).toThrow(/3 of 3 actions are held out/);
    expect(() => splitEnvironments(obs, { ...base, by: 'pair', held: ['d2'] })).toThrow(OptionError);
  });
});

describe('refused', () => {
  const obs = obsOf(grid(2, 4));
  it.each([0, 1, -1, Number.NaN])('a share of %s', (share) => {
    expect(() => splitEnvironments(obs, { ...base, by: 'action', share, random: random() })).toThrow(
      OptionError,
    );
  });
  it('no share, no random, no context, unknown columns, rows without a label, one unit', () => {
    expect(() => splitEnvironments(obs, { ...base, by: 'action' })).toThrow(OptionError);
    expect(() => splitEnvironments(obs, { ...base, by: 'action', share: 0.5 })).toThrow(/random/);
    expect(() => splitEnvironments(obs, { ...base, by: 'drug' as SplitBy, share: 0.5 })).toThrow(
      /'drug' is not one/,
    );
    const { context: _, ...without } = base;
    expect(() => splitEnvironments(obs, { ...without, by: 'pair', share: 0.5, random: random() })).toThrow(
      ColumnError,
    );
    expect(() =>
      splitEnvironments(obs, { by: 'action', action: 'drugs', share: 0.5, random: random() }),
    ).toThrow(/did you mean 'drug'/);
    const holes = obsOf([...grid(2, 4), ['c0', null]]);
    expect(() => splitEnvironments(holes, { ...base, by: 'action', held: ['d1'] })).toThrow(
      /1 rows have no 'drug'/,
    );
    expect(() => splitEnvironments(obsOf(grid(2, 2)), { ...base, by: 'action', held: ['d1'] })).toThrow(
      /at least two/,
    );
    expect(() => splitEnvironments(obsOf([]), { ...base, by: 'action', held: ['d1'] })).toThrow(DataError);
  });
});
