/** Drug neighbours worked out by hand. */
import { describe, expect, it } from 'vitest';
import { OutcomeTensor } from '../data/outcome-tensor.js';
import { DataError } from '../errors.js';
import { dnpp } from './dnpp.js';
import type { ImputerOptions } from './imputer.js';
import { imputerOptions } from './options.js';
import { Training } from './training.js';

/** Contexts × actions of profiles; `null` was not measured. Action 0 is the control. */
function screen(rows: readonly (readonly (readonly number[] | null)[])[]): OutcomeTensor {
  const pairs = rows.flatMap((row, c) => row.flatMap((profile, a) => (profile ? [{ c, a, profile }] : [])));
  return new OutcomeTensor({
    contexts: rows.map((_, c) => `c${c}`),
    actions: rows[0].map((_, a) => `a${a}`),
    genes: pairs[0].profile.map((_, g) => `g${g}`),
    control: 0,
    profiles: Float64Array.from(pairs.flatMap(({ profile }) => profile)),
    pairContext: Int32Array.from(pairs, ({ c }) => c),
    pairAction: Int32Array.from(pairs, ({ a }) => a),
    replicates: new Int32Array(pairs.length).fill(1),
  });
}

const predict = async (
  tensor: OutcomeTensor,
  target: [number, number],
  options: Partial<ImputerOptions> = {},
) => (await dnpp.create(tensor, imputerOptions(options)).fit(new Training(tensor))).predict(...target);

describe('dnpp', () => {
  // in c1 action 3 correlates with 1 by 1, with 2 by 0.5 (1, 0, −1 and 0, 1, −1), with the control not at all
  const tensor = screen([
    [[9, 9, 9], [10, 20, 30], [40, 50, 60], null],
    [
      [0, 0, 0],
      [2, 0, -2],
      [0, 1, -1],
      [1, 0, -1],
    ],
  ]);

  it('averages the actions of the context by their similarity elsewhere', async () => {
    const { profile, donors, explain } = await predict(tensor, [0, 3], { dnppBase: 'none' });
    const expected = [0, 1, 2].map((g) => ([10, 20, 30][g] * 1 + [40, 50, 60][g] * 0.5) / 1.5);
    profile.forEach((value, g) => expect(value).toBeCloseTo(expected[g], 12));
    expect(donors).toBe(2);
    expect(explain().donors.map(({ name }) => name)).toEqual(['c0, a1', 'c0, a2']);
    const around = await predict(tensor, [0, 3], { dnppBase: 'control' });
    around.profile.forEach((value, g) => expect(value).toBeCloseTo(expected[g], 12));
  });

  it('takes the nearest only', async () => {
    const { profile } = await predict(tensor, [0, 3], { dnppBase: 'none', dnppNeighbours: 1 });
    profile.forEach((value, g) => expect(value).toBeCloseTo([10, 20, 30][g], 12));
  });

  it('averages similarity over the contexts that both share', async () => {
    // with 1: 1 in c1 and −1 in c2, so 0; with 2: 0.5 in c1 only
    const more = screen([
      [[9, 9, 9], [10, 20, 30], [40, 50, 60], null],
      [
        [0, 0, 0],
        [2, 0, -2],
        [0, 1, -1],
        [1, 0, -1],
      ],
      [[0, 0, 0], [1, 0, -1], null, [-1, 0, 1]],
    ]);
    const { profile } = await predict(more, [0, 3], { dnppBase: 'none' });
    expect([...profile]).toEqual([40, 50, 60]);
  });

  it('is the mean of the context where no action is similar, and says so', async () => {
    const opposite = screen([
      [[9, 9, 9], [11, 21, 31], null],
      [
        [0, 0, 0],
        [1, 0, -1],
        [-1, 0, 1],
      ],
    ]);
    const { profile, fallback, explain } = await predict(opposite, [0, 2], { dnppBase: 'none' });
    expect([[...profile], fallback]).toEqual([[10, 15, 20], 'mean-over-actions']);
    expect(explain().notes).toEqual(['no action of the context is similar']);
  });

  it('refuses to compare around a control that there is not', () => {
    const without = new OutcomeTensor({ ...tensor, control: -1 });
    expect(() => dnpp.create(without, imputerOptions({ dnppBase: 'control' }))).toThrow(DataError);
  });
});
