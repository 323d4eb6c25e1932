import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectCosine, normalisedError, rootMeanSquaredError, rSquared } from './metrics.js';

const of = (...values: number[]) => Float64Array.from(values);
const truth = of(1, 2, 4, 7, 11);
const predicted = of(1.5, 2, 3, 8, 9);
const base = of(1, 1, 1, 2, 3);

describe('metrics', () => {
  // numpy 1.24: t, p, b = truth, predicted, base; rmse = sqrt(mean((p-t)**2)); q1, q3 = quantile(t, [.25, .75])
  it('have the values of numpy', () => {
    expect(rootMeanSquaredError(predicted, truth)).toBeCloseTo(1.118033988749895, 14);
    // rmse / (q3 - q1)
    expect(normalisedError(predicted, truth)).toBeCloseTo(0.223606797749979, 14);
    // 1 - sum((p-t)**2) / sum((t-t.mean())**2)
    expect(rSquared(predicted, truth)).toBeCloseTo(0.9053030303030303, 14);
    // (p-b) @ (t-b) / norm(p-b) / norm(t-b)
    expect(effectCosine(predicted, truth, base)).toBeCloseTo(0.9719682628283728, 14);
  });

  it('of a perfect prediction are 0, 0, 1 and 1', () => {
    expect(rootMeanSquaredError(truth, truth)).toBe(0);
    expect(normalisedError(truth, truth)).toBe(0);
    expect(rSquared(truth, truth)).toBe(1);
    expect(effectCosine(truth, truth, base)).toBeCloseTo(1, 15);
  });

  it('are undefined, not infinite, where they have no meaning', () => {
    const constant = of(2, 2, 2, 2, 2);
    expect(normalisedError(predicted, constant)).toBeNaN();
    expect(rSquared(predicted, constant)).toBeNaN();
    expect(effectCosine(base, truth, base)).toBeNaN();
    expect(effectCosine(predicted, base, base)).toBeNaN();
    expect(rSquared(of(1), of(1))).toBeNaN();
  });

  it('of the mean of the truth is an R² of 0', () => {
    expect(rSquared(of(5, 5, 5, 5, 5), truth)).toBeCloseTo(0, 14);
  });

  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 3, maxLength: 12 });
  it('do not change with the unit, but RMSE does; cosines do not with the place of zero', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 100, noNaN: true }), (list, unit) => {
        const a = Float64Array.from(list);
        const b = a.map((value, i) => value + Math.sin(i + 1));
        const zero = a.map((_, i) => Math.cos(3 * i));
        const scaled = (profile: Float64Array) => profile.map((value) => unit * value + 7);
        const near = (x: number, y: number) =>
          expect(Number.isNaN(x) ? Number.isNaN(y) : Math.abs(x - y) < 1e-6 * (1 + Math.abs(x))).toBe(true);
        near(rootMeanSquaredError(scaled(a), scaled(b)), unit * rootMeanSquaredError(a, b));
        near(effectCosine(scaled(a), scaled(b), scaled(zero)), effectCosine(a, b, zero));
        near(normalisedError(scaled(a), scaled(b)), normalisedError(a, b));
      }),
    );
  });

  it('never is a cosine beyond 1', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const n = Math.min(a.length, b.length);
        const cosine = effectCosine(
          Float64Array.from(a.slice(0, n)),
          Float64Array.from(b.slice(0, n)),
          new Float64Array(n),
        );
        expect(Number.isNaN(cosine) || Math.abs(cosine) <= 1 + 1e-12).toBe(true);
      }),
    );
  });
});
