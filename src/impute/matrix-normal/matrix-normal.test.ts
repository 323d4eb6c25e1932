/** What `matrix-normal` answers: close to who knows the truth, with intervals that hold, and in every corner. */
import { describe, expect, it } from 'vitest';
import { gaussianScreen } from '../../../test/support/gaussian-screen.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { imputerOptions, Training } from '../index.js';
import { pairGroups } from '../pair-groups.js';
import { MOST_PAIRS, matrixNormal } from './matrix-normal.js';
import { chooseScale } from './power-scale.js';

const options = imputerOptions({ matrixNormalPower: 1 });

const squaredError = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, value, g) => sum + (value - b[g]) ** 2 / a.length, 0);

function screenOf(contexts: string[], actions: string[], rows: number[][], places: [number, number][]) {
  return new OutcomeTensor({
    contexts,
    actions,
    genes: rows[0].map((_, g) => `g${g}`),
    control: 0,
    profiles: Float64Array.from(rows.flat()),
    pairContext: Int32Array.from(places, ([context]) => context),
    pairAction: Int32Array.from(places, ([, action]) => action),
    replicates: new Int32Array(rows.length).fill(1),
  });
}

describe.each([
  ['genes that differ in size, as in expression profiles', (gene: number) => Math.exp(-gene / 10), 0.4, 0.06],
  ['genes all alike, every direction counted by its variance', () => 1, 1, 0.1],
])('prediction with %s', (_, sizeOf, matrixNormalBalance, slack) => {
  const options = imputerOptions({ matrixNormalPower: 1, matrixNormalBalance });
  const planted = gaussianScreen({ nContexts: 9, nActions: 11, nGenes: 300, coverage: 0.7, seed: 7, sizeOf });
  const { tensor, truth } = planted;
  const missing = [...tensor.missingPairs()];
  const fitted = matrixNormal.create(tensor, options).fit(new Training(tensor)) as Awaited<
    ReturnType<ReturnType<typeof matrixNormal.create>['fit']>
  >;

  /** Predicts with the true covariances: no estimator can do better in the mean. */
  function oracle(context: number, action: number): Float64Array {
    const { contexts, actions, noiseShare, level } = planted;
    const n = tensor.nPairs;
    const K = (c: number, a: number, d: number, b: number) =>
      (1 - noiseShare) * contexts[c * 9 + d] * actions[a * 11 + b];
    const rows = Array.from({ length: n }, (_, i) =>
      Array.from(
        { length: n },
        (_, k) =>
          K(tensor.pairContext[i], tensor.pairAction[i], tensor.pairContext[k], tensor.pairAction[k]) +
          (i === k ? noiseShare : 0),
      ).concat(K(context, action, tensor.pairContext[i], tensor.pairAction[i])),
    );
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < n; i++) {
        const factor = i === k ? 0 : rows[i][k] / rows[k][k];
        if (factor !== 0) for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
      }
    }
    return Float64Array.from({ length: tensor.nGenes }, (_, g) =>
      rows.reduce((sum, row, i) => sum + (row[n] / row[i]) * (tensor.profile(i)[g] - level), level),
    );
  }

  it('is nearly as good as that of one who knows the covariances', () => {
    let [own, best, mean] = [0, 0, 0];
    for (const { context, action } of missing) {
      const profile = truth(context, action);
      own += squaredError(fitted.predict(context, action).profile, profile);
      best += squaredError(oracle(context, action), profile);
      mean += squaredError(new Float64Array(tensor.nGenes).fill(planted.level), profile);
    }
    expect(best / mean).toBeLessThan(0.6);
    expect(own / best).toBeGreaterThan(1);
    expect(own / best).toBeLessThan(1.7);
    expect(own / mean).toBeLessThan(0.5);
  });

  it('has intervals that hold what they say', () => {
    for (const level of [0.5, 0.9]) {
      const made = matrixNormal.create(tensor, { ...options, intervalLevel: level });
      let [inside, all] = [0, 0];
      // leave-one-out of every sixth pair: measured again, the noise is part of it
      for (const pair of tensor.treatedPairs().filter((_, at) => at % 6 === 0)) {
        const known = made.fit(new Training(tensor, [pair])) as typeof fitted;
        const { lower, upper } = known.predict(tensor.pairContext[pair], tensor.pairAction[pair]);
        tensor.profile(pair).forEach((value, g) => {
          inside += Number(value >= lower![g] && value <= upper![g]);
          all++;
        });
      }
      expect(Math.abs(inside / all - level)).toBeLessThan(slack);
    }
  });

  it('says what it rests on', () => {
    const { context, action } = missing[0];
    const { notes } = fitted.predict(context, action).explain();
    expect(notes.join('\n')).toMatch(/contexts most like it: context-\d+ \(0\.\d\d\)/);
    expect(notes).toContain(
      `covariances learned from ${tensor.nPairs} pairs, the answer from ${tensor.nPairs}`,
    );
  });
});

describe('side information', () => {
  // actions 1 to 7 act like 8 to 14, pair by pair, as their features say
  const rows = Array.from({ length: 15 }, (_, action) =>
    Array.from({ length: 7 }, (_, k) => (action === 0 ? 0.3 : Number((action - 1) % 7 === k))),
  );
  const { tensor, truth } = gaussianScreen({
    nContexts: 6,
    nActions: 15,
    nGenes: 200,
    coverage: 1,
    seed: 3,
    actionRows: rows,
  });
  const unmeasured = 12;
  const hidden = Array.from(tensor.pairsOfAction[unmeasured]);
  const known = new Uint8Array(15).fill(1);
  const columns = rows[0].map((_, k) => `f${k}`);
  const told = new OutcomeTensor({
    ...tensor,
    features: { actions: { columns, values: Float64Array.from(rows.flat()), known } },
  });

  it('answers for an action that was measured nowhere, better than the average does', async () => {
    const [blind, seeing] = await Promise.all(
      [tensor, told].map(async (screen) =>
        matrixNormal.create(screen, options).fit(new Training(screen, hidden)),
      ),
    );
    let [own, average] = [0, 0];
    for (let context = 0; context < 6; context++) {
      const guess = blind.predict(context, unmeasured);
      expect(guess.fallback).toBe('mean-over-actions');
      const answer = seeing.predict(context, unmeasured);
      expect(answer.fallback).toBe('');
      own += squaredError(answer.profile, truth(context, unmeasured));
      average += squaredError(guess.profile, truth(context, unmeasured));
    }
    expect(own / average).toBeLessThan(0.85);
  });

  it('is not believed where the table does not know the action', async () => {
    const without = new OutcomeTensor({
      ...told,
      features: {
        actions: { ...told.features!.actions!, known: known.map((_, a) => Number(a !== unmeasured)) },
      },
    });
    const answer = (await matrixNormal.create(without, options).fit(new Training(without, hidden))).predict(
      0,
      unmeasured,
    );
    expect(answer.fallback).toBe('mean-over-actions');
  });
});

describe('corners', () => {
  it('answers a screen of one pair by that pair', async () => {
    const tensor = screenOf(['c'], ['k'], [[1, 2, 4]], [[0, 0]]);
    const fitted = await matrixNormal.create(tensor, options).fit(new Training(tensor));
    const { profile, lower, upper } = fitted.predict(0, 0);
    expect([...profile]).toEqual([1, 2, 4]);
    expect([...lower!, ...upper!].every(Number.isFinite)).toBe(true);
  });

  it('answers equal profiles by that profile, and is sure of it', async () => {
    const places: [number, number][] = [
      [0, 0],
      [0, 1],
      [1, 0],
    ];
    const tensor = screenOf(
      ['a', 'b'],
      ['k', 'x'],
      [
        [5, 6],
        [5, 6],
        [5, 6],
      ],
      places,
    );
    const { profile, lower, upper } = (
      await matrixNormal.create(tensor, options).fit(new Training(tensor))
    ).predict(1, 1);
    expect([[...profile], [...lower!], [...upper!]]).toEqual([
      [5, 6],
      [5, 6],
      [5, 6],
    ]);
  });

  it('refuses powers of negative values, with the way out', () => {
    const profiles = [Float64Array.of(1, -2)];
    expect(() => chooseScale(0.5, profiles)).toThrow('the smallest is -2; pass --matrix-normal-power 1');
    expect(() => chooseScale('log', [Float64Array.of(0, 2)])).toThrow(DataError);
    expect(chooseScale('auto', profiles).name).toBe('as they are');
    expect(chooseScale(1, profiles).to(-2)).toBe(-2);
  });

  it.each([0.3, 0.7, 1, 'log'] as const)(
    'goes to the scale %s and back, with the slope of the way back',
    (power) => {
      const scale = chooseScale(power, [Float64Array.of(0.5, 900)]);
      for (const value of [0.5, 3, 900]) {
        const at = scale.to(value);
        expect(scale.back(at)).toBeCloseTo(value, 9);
        const step = 1e-5 * Math.abs(at) || 1e-5;
        const difference = (scale.back(at + step) - scale.back(at - step)) / (2 * step);
        expect(scale.slope(at) / difference).toBeCloseTo(1, 6);
      }
    },
  );

  it('takes a power for intensities only', () => {
    const flat = [Float64Array.of(7, 8, 9, 10)];
    const wide = [Float64Array.of(20, 100, 300, 9000)];
    expect([chooseScale('auto', flat).name, chooseScale('auto', wide).name]).toEqual([
      'as they are',
      'power 0.7',
    ]);
  });

  it('refuses more pairs than it can hold, before it works', () => {
    const n = MOST_PAIRS + 1;
    const names = (stem: string, count: number) => Array.from({ length: count }, (_, i) => `${stem}${i}`);
    const tensor = new OutcomeTensor({
      contexts: names('c', n),
      actions: ['k'],
      genes: ['g'],
      control: 0,
      profiles: new Float64Array(n),
      pairContext: Int32Array.from({ length: n }, (_, c) => c),
      pairAction: new Int32Array(n),
      replicates: new Int32Array(n).fill(1),
    });
    expect(() => matrixNormal.create(tensor, options)).toThrow(
      /3001 pairs, 3000 at most; choose another method/,
    );
  });
});

describe('groups of pairs', () => {
  const { tensor } = gaussianScreen({ nContexts: 8, nActions: 9, nGenes: 3, coverage: 0.9, seed: 2 });

  it('hold every treated pair, no control, and depend on names and seed only', () => {
    const groups = pairGroups(tensor, 4, 0);
    expect(new Set(groups)).toEqual(new Set([-1, 0, 1, 2, 3]));
    groups.forEach((group, pair) => expect(group === -1).toBe(tensor.pairAction[pair] === 0));
    expect(pairGroups(tensor, 4, 1)).not.toEqual(groups);
    const fewer = gaussianScreen({ nContexts: 8, nActions: 9, nGenes: 5, coverage: 0.9, seed: 2 }).tensor;
    expect(pairGroups(fewer, 4, 0)).toEqual(groups);
  });

  it('hide what the covariances are learned without: the whole group may be anything', async () => {
    const groups = pairGroups(tensor, options.matrixNormalGroups, options.seed);
    const pair = tensor.treatedPairs()[3];
    const profileOf = async (screen: OutcomeTensor, hidden: number[]) =>
      (await matrixNormal.create(screen, options).fit(new Training(screen, hidden))).predict(
        tensor.pairContext[pair],
        tensor.pairAction[pair],
      ).profile;
    const group = Array.from(groups.keys()).filter((other) => groups[other] === groups[pair]);
    const profiles = tensor.profiles.map((value, at) =>
      group.includes(Math.floor(at / tensor.nGenes)) ? 1e6 : value,
    );
    const changed = new OutcomeTensor({ ...tensor, profiles });
    expect(await profileOf(changed, group)).toEqual(await profileOf(tensor, group));
  });
});
