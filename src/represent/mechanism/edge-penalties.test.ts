import { describe, expect, it } from 'vitest';
import { expectGradient, fixed, type Point } from '../../compute/check.fixture.node.js';
import { constant, gradients } from '../../compute/index.js';
import { boundPenalty, meanPenalty, publishedPenalty } from './edge-penalties.js';
import { evaluated } from './mechanism.fixture.node.js';

const logits = [-3, 0, 2.5, 5];
const q = logits.map((x) => 1 / (1 + Math.exp(-x)));
const at: Point = { shape: [2, 2], values: logits };
const penalty = async (of: typeof meanPenalty, lambda: number, x = logits) =>
  (await evaluated(() => ({ value: of(fixed(x), lambda) }))).value[0];

/** KL(q ‖ Bernoulli(ψ)) − log Beta(ψ; 1, λ). */
const price = (p: number, psi: number, lambda: number) =>
  p * Math.log(p / psi) +
  (1 - p) * Math.log((1 - p) / (1 - psi)) -
  Math.log(lambda) -
  (lambda - 1) * Math.log(1 - psi);

describe('what edges cost', () => {
  it('sVAE: 80 times the mean of q', async () => {
    // 80 * scipy.special.expit(logits).mean()
    expect(await penalty(meanPenalty, 80)).toBeCloseTo(49.297496844640776, 10);
  });

  it('published: −log of the Beta density', async () => {
    // -st.beta.logpdf(scipy.special.expit(logits), 1, 7).sum(); what keeps logarithms finite takes 1e-3 of it
    const found = await penalty(publishedPenalty, 7);
    expect(Math.abs(found - 42.180397093271)).toBeLessThan(2e-3);
    expect(await penalty(publishedPenalty, 1)).toBeCloseTo(0, 12);
  });

  it('bound: at the best ψ, which a search finds too', async () => {
    // scipy.optimize.minimize_scalar of KL − log Beta, for each q, summed
    expect(await penalty(boundPenalty, 7)).toBeCloseTo(-1.3007435173112576, 5);
    for (const lambda of [1.5, 7, 100]) {
      const best = q.map((p) => {
        let least = Number.POSITIVE_INFINITY;
        for (let i = 1; i < 20_000; i++) least = Math.min(least, price(p, i / 20_000, lambda));
        return least;
      });
      const found = await penalty(boundPenalty, lambda);
      const searched = best.reduce((sum, value) => sum + value, 0);
      // a grid finds at most a little more
      expect(searched - found).toBeGreaterThan(-1e-4);
      expect(searched - found).toBeLessThan(1e-2);
    }
  });

  it('bound: with λ = 1 nothing, as ψ = q', async () => {
    expect(Math.abs(await penalty(boundPenalty, 1))).toBeLessThan(1e-9);
  });

  it('each rises with q where λ > 1', async () => {
    for (const of of [meanPenalty, publishedPenalty, boundPenalty]) {
      const rising = await Promise.all([-2, -1, 0, 1, 2].map((x) => penalty(of, 20, [x])));
      expect([...rising].sort((a, b) => a - b)).toEqual(rising);
    }
  });

  it.each([
    ['mean', meanPenalty],
    ['published', publishedPenalty],
    ['bound', boundPenalty],
  ] as const)('%s: derivatives are those of the value', (_, of) => expectGradient((x) => of(x, 9), [at]));

  it.each([
    ['published', publishedPenalty],
    ['bound', boundPenalty],
  ] as const)('%s: finite for extreme logits in float32, with its derivatives', async (_, of) => {
    const { value, slopes } = await evaluated(() => {
      const x = constant([-1e4, -90, -20, 20, 90, 1e4], [6]);
      const value = of(x, 1000);
      return { value, slopes: gradients(value, [x])[0] };
    });
    expect([...value, ...slopes].every(Number.isFinite)).toBe(true);
  });
});
