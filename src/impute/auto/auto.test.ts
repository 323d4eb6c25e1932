/** `auto` against planted truth: it finds the estimator that fits, its intervals hold, and it learns nothing hidden. */
import { describe, expect, it } from 'vitest';
import { factorScreen } from '../../../test/support/factor-screen.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError, OptionError } from '../../errors.js';
import { imputerNamed, imputerOptions, Training } from '../index.js';

const noise = 0.5;
const observed = (c: number, a: number) => a === 0 || (c * 3 + a * 5) % 7 !== 0;
const { tensor, truth } = factorScreen({ nContexts: 12, nActions: 10, nGenes: 60, rank: 2, noise, observed });

/** Few rounds: the screen is small. */
const quick = { matrixNormalRounds: 6, matrixNormalGroups: 4 };
const auto = (options: Parameters<typeof imputerOptions>[0] = {}) =>
  imputerNamed('auto').create(tensor, imputerOptions({ ...quick, ...options }));

const squaredError = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, value, g) => sum + (value - b[g]) ** 2, 0) / a.length;

describe('the mixture', () => {
  it('is no worse than any of its estimators on pairs that were not measured', async () => {
    const methods = imputerOptions().autoMethods;
    const missing = [...tensor.missingPairs()];
    const errorOf = async (name: string) => {
      const fitted = await imputerNamed(name).create(tensor, imputerOptions(quick)).fit(new Training(tensor));
      const errors = missing.map(({ context, action }) =>
        squaredError(fitted.predict(context, action).profile, truth(context, action)),
      );
      return errors.reduce((sum, error) => sum + error, 0) / errors.length;
    };
    const errors = await Promise.all(methods.map(errorOf));
    expect(await errorOf('auto')).toBeLessThan(1.05 * Math.min(...errors));
  });

  it('is the one estimator that knows the truth, where there is one', async () => {
    const exact = factorScreen({ nContexts: 9, nActions: 9, nGenes: 40, rank: 2 });
    const options = imputerOptions({ ...quick, autoMethods: ['mean-over-actions', 'si-a'] });
    const pair = exact.tensor.pair(3, 4);
    const fitted = await imputerNamed('auto')
      .create(exact.tensor, options)
      .fit(new Training(exact.tensor, [pair]));
    const made = fitted.predict(3, 4);
    expect(squaredError(made.profile, exact.truth(3, 4))).toBeLessThan(1e-12);
    expect(made.explain().notes[0]).toMatch(/mean-over-actions 0\.00, si-a 1\.00/);
  });
});

it('held out together with pairs of other groups, a pair is predicted as if they had never been', async () => {
  const hidden = Array.from(tensor.pairsOfContext[5]).filter((pair) => tensor.pairAction[pair] !== 0);
  const kept = Array.from({ length: tensor.nPairs }, (_, pair) => pair).filter(
    (pair) => !hidden.includes(pair),
  );
  const smaller = new OutcomeTensor({
    ...tensor,
    profiles: Float64Array.from(kept.flatMap((pair) => Array.from(tensor.profile(pair)))),
    pairContext: Int32Array.from(kept, (pair) => tensor.pairContext[pair]),
    pairAction: Int32Array.from(kept, (pair) => tensor.pairAction[pair]),
    replicates: Int32Array.from(kept, (pair) => tensor.replicates[pair]),
  });
  const expected = await imputerNamed('auto')
    .create(smaller, imputerOptions(quick))
    .fit(new Training(smaller));
  const made = (await auto().fit(new Training(tensor, hidden))).predict(5, 3);
  expect(Array.from(made.profile)).toEqual(Array.from(expected.predict(5, 3).profile));
  expect(made.lower).toEqual(expected.predict(5, 3).lower);
});

describe('intervals', () => {
  it('hold the promised share of new measurements', async () => {
    let inside = 0;
    let all = 0;
    const imputer = auto();
    for (const pair of Array.from(tensor.treatedPairs()).filter((_, i) => i % 3 === 0)) {
      const fitted = await imputer.fit(new Training(tensor, [pair]));
      const { lower, upper } = fitted.predict(tensor.pairContext[pair], tensor.pairAction[pair]);
      tensor.profile(pair).forEach((value, g) => {
        if (value >= lower![g] && value <= upper![g]) inside++;
        all++;
      });
    }
    expect(inside / all).toBeGreaterThan(0.86);
    expect(inside / all).toBeLessThan(0.96);
  });

  it('are not given for an action that nothing is known of: an average answers', async () => {
    const hidden = Array.from(tensor.pairsOfAction[4]);
    const made = (await auto().fit(new Training(tensor, hidden))).predict(2, 4);
    expect([made.fallback, made.lower, made.upper]).toEqual(['mean-over-actions', undefined, undefined]);
  });

  it.each([1, 1000])('without an estimator that has any are in the unit of the data (%i)', async (unit) => {
    const scaled = new OutcomeTensor({ ...tensor, profiles: tensor.profiles.map((value) => unit * value) });
    const options = imputerOptions({ ...quick, autoMethods: ['si-a', 'two-way-mean'] });
    const imputer = imputerNamed('auto').create(scaled, options);
    const shares: number[] = [];
    for (const pair of Array.from(tensor.treatedPairs()).filter((_, i) => i % 6 === 0)) {
      const fitted = await imputer.fit(new Training(scaled, [pair]));
      const { lower, upper } = fitted.predict(tensor.pairContext[pair], tensor.pairAction[pair]);
      shares.push(scaled.profile(pair).filter((v, g) => v >= lower![g] && v <= upper![g]).length / 60);
    }
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.8);
  });

  it('of values that are never negative are not either', async () => {
    const least = tensor.profiles.reduce((a, b) => Math.min(a, b));
    const positive = new OutcomeTensor({
      ...tensor,
      profiles: tensor.profiles.map((value) => value - least),
    });
    const fitted = await imputerNamed('auto')
      .create(positive, imputerOptions({ ...quick, intervalLevel: 0.99 }))
      .fit(new Training(positive));
    const ends = [...positive.missingPairs()].flatMap(({ context, action }) => {
      const { profile, lower } = fitted.predict(context, action);
      return Array.from(lower!, (value, g) => value - Math.min(profile[g], 0));
    });
    expect(Math.min(...ends)).toBe(0);
  });

  it('are wider for a greater share, and around the prediction', async () => {
    const widths: number[] = [];
    for (const intervalLevel of [0.5, 0.9]) {
      const fitted = await auto({ intervalLevel }).fit(new Training(tensor));
      const { context, action } = [...tensor.missingPairs()][0];
      const { profile, lower, upper } = fitted.predict(context, action);
      expect(profile.every((value, g) => value >= lower![g] && value <= upper![g])).toBe(true);
      widths.push(upper!.reduce((sum, value, g) => sum + value - lower![g], 0));
    }
    expect(widths[1]).toBeGreaterThan(1.5 * widths[0]);
  });
});

describe('what it refuses', () => {
  it.each([
    ['itself', ['auto'], OptionError, /other than auto itself/],
    ['a name that there is not', ['si-b'], OptionError, /si-a/],
    ['no estimator at all', [] as string[], DataError, /no estimator/],
  ])('%s', (_, autoMethods, error, message) => {
    expect(() => auto({ autoMethods })).toThrow(error);
    expect(() => auto({ autoMethods })).toThrow(message);
  });

  it('leaves out what needs a control that is not there, and says so', async () => {
    const { tensor: bare } = factorScreen({ nContexts: 5, nActions: 6, nGenes: 12, rank: 2, noise: 0.2 });
    const uncontrolled = Object.assign(Object.create(Object.getPrototypeOf(bare)), bare, { control: -1 });
    const options = imputerOptions({ ...quick, autoMethods: ['fixed-effect', 'mean-over-actions'] });
    const fitted = await imputerNamed('auto')
      .create(uncontrolled, options)
      .fit(new Training(uncontrolled, [3]));
    expect(fitted.predict(0, 3).explain().notes.join()).toMatch(/left out: fixed-effect needs a control/);
  });
});
