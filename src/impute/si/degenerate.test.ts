/** Screens on which the arithmetic has nothing to hold on to: answered with a number, or refused, never silently. */
import { describe, expect, it } from 'vitest';
import { factorScreen } from '../../../test/support/factor-screen.js';
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { NumericalError } from '../../errors.js';
import { defaultImputerOptions, type ImputerOptions, imputerNamed, Training } from '../index.js';
import { donorSpectrum, shrinkage } from './matrix-estimation.js';
import { subspaceTest } from './subspace-test.js';

const { tensor } = factorScreen({ nContexts: 5, nActions: 6, nGenes: 30, rank: 3, noise: 0.2 });

async function predict(screen: OutcomeTensor, options: Partial<ImputerOptions>) {
  const imputer = imputerNamed('si-a').create(screen, { ...defaultImputerOptions, ...options });
  return (await imputer.fit(new Training(screen, [screen.pair(0, 5)]))).predict(0, 5);
}

describe('thresholds above every singular value', () => {
  it.each(['gavish-donoho', 'universal', 'soft'] as const)(
    '%s with one donor is no silent zero',
    async (kind) => {
      const denoise = kind === 'soft' ? { kind, threshold: 1e9 } : { kind };
      const made = await predict(tensor, { donors: { max: 1 }, denoise, intercept: false });
      expect(made.donors).toBe(1);
      // with its only singular value kept, one donor is what it is without de-noising
      const plain = await predict(tensor, { donors: { max: 1 }, intercept: false });
      made.profile.forEach((value, g) => expect(value).toBeCloseTo(plain.profile[g], 8));
      expect(made.profile.some((value) => Math.abs(value) > 1e-6)).toBe(true);
    },
  );

  it('keeps the largest value as it is and nothing else', () => {
    const spectrum = donorSpectrum(Float64Array.of(9, 0, 0, 4), 2, 10);
    expect(Array.from(shrinkage(spectrum, { kind: 'soft', threshold: 50 }))).toEqual([3, 0]);
  });
});

it('refuses values whose products underflow in the place of predicting NaN', async () => {
  const tiny = new OutcomeTensor({ ...tensor, profiles: tensor.profiles.map((value) => value * 1e-160) });
  for (const denoise of [{ kind: 'universal' }, { kind: 'hsvt', energy: 0.9 }] as const) {
    await expect(predict(tiny, { denoise })).rejects.toThrow(NumericalError);
  }
});

it('the row space of a zero matrix lies in any other: tau 0, not rejected', () => {
  const train = donorSpectrum(Float64Array.of(4, 0, 0, 1), 2, 10);
  const zero = donorSpectrum(new Float64Array(4), 2, 5);
  const test = subspaceTest(train, zero, { tauThreshold: 0.1, tauEnergy: 0.99, tauAlpha: null });
  expect([test.tau, test.rankTest, test.rejected]).toEqual([0, 0, false]);
});
