import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../random/index.js';
import { type Calibrated, mixtureError, mixtureWeights, onSimplex, regimeWeights } from './weights.js';

/** Inner products of residual vectors. */
const productsOf = (...residuals: number[][]) =>
  Float64Array.from(
    residuals.flatMap((a) => residuals.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0))),
  );

describe('the nearest point of the simplex', () => {
  it('is on it, and no other point of it is nearer', () => {
    const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(vector, vector, (values, other) => {
        const near = onSimplex(Float64Array.from(values));
        expect(near.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
        expect(Math.min(...near)).toBeGreaterThanOrEqual(0);
        const total = other.reduce((sum, value) => sum + Math.abs(value), 0) || 1;
        const point = other.map((value) => (total === 1 && value === 0 ? 1 / 3 : Math.abs(value) / total));
        const distance = (to: ArrayLike<number>) =>
          values.reduce((sum, value, i) => sum + (value - to[i]) ** 2, 0);
        const onIt = Math.abs(point.reduce((a, b) => a + b, 0) - 1) < 1e-9;
        if (onIt) expect(distance(near)).toBeLessThanOrEqual(distance(point) + 1e-9);
      }),
    );
  });
});

describe('weights of a mixture', () => {
  it('halve two errors that have nothing to do with each other', () => {
    const weights = mixtureWeights([productsOf([1, 0], [0, 1])], 2);
    expect(weights[0]).toBeCloseTo(0.5, 6);
    expect(mixtureError(productsOf([1, 0], [0, 1]), weights)).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('are by the inverse of the squared errors where these are independent', () => {
    // least of (w² 1 + (1 − w)² 4): w = 4 / 5
    expect(mixtureWeights([productsOf([1, 0], [0, 2])], 2)[0]).toBeCloseTo(0.8, 6);
  });

  it('leave out an estimator whose errors are those of a better one, doubled', () => {
    expect(Array.from(mixtureWeights([productsOf([1, 0.5], [2, 1])], 2))).toEqual([1, 0]);
  });

  it('are even where nothing is to be learned, and where no estimator errs', () => {
    expect(Array.from(mixtureWeights([], 4))).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(Array.from(mixtureWeights([new Float64Array(4)], 2))).toEqual([0.5, 0.5]);
  });

  it('are not ruled by one pair that nobody predicts', () => {
    const usual = Array.from({ length: 20 }, () => productsOf([0.2, 0], [0, 0.8]));
    const odd = productsOf([4, 0], [0, 1]);
    expect(mixtureWeights([...usual, odd], 2)[0]).toBeGreaterThan(0.8);
  });
});

describe('weights of a regime', () => {
  const random = Random.fromSeed(3);
  const pair = (fold: number, regime: number, first: number, second: number): Calibrated => {
    const residual = (size: number) => Array.from({ length: 40 }, () => size * random.normal());
    return { products: productsOf(residual(first), residual(second)), fold, regime };
  };

  it('are the single best estimator where a mixture gains nothing for sure', () => {
    const pairs = Array.from({ length: 24 }, (_, i) => {
      const one = Array.from({ length: 5 }, () => random.normal());
      return {
        products: productsOf(
          one,
          one.map((value) => 3 * value),
        ),
        fold: i % 4,
        regime: 2,
      };
    });
    expect(Array.from(regimeWeights(pairs, 2, 2, 20))).toEqual([1, 0]);
  });

  it('follow their own pairs the more there are', () => {
    const few = [
      ...Array.from({ length: 60 }, (_, i) => pair(i % 4, 2, 1, 1.5)),
      ...Array.from({ length: 60 }, (_, i) => pair(i % 4, 1, 1.5, 1)),
    ];
    const many = regimeWeights(few, 2, 2, 1);
    const own = regimeWeights(few, 2, 1, 1);
    const pulled = regimeWeights(few, 2, 1, 1e6);
    expect(own[0]).toBeLessThan(many[0] - 0.2);
    // w = 2.25 / 3.25 or 1 / 3.25 alone, one half together
    expect(many[0]).toBeCloseTo(2.25 / 3.25, 1);
    expect(pulled[0]).toBeCloseTo(0.5, 1);
    // a regime without pairs gets the common ones
    expect(regimeWeights(few, 2, 0, 20)[0]).toBeCloseTo(0.5, 1);
  });
});
