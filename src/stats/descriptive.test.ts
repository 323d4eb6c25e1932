import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import {
  cosine,
  interquartileRange,
  mean,
  median,
  normalCdf,
  normalQuantile,
  pearson,
  quantile,
  ranks,
  spearman,
  variance,
} from './index.js';

const a = [3, 1, 4, 1, 5, 9, 2, 6];
const b = [2, 7, 1, 8, 2, 8, 1, 8];
const tagOf = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return isMechanistError(error) ? error.tag : error;
  }
};

describe('quantile, median, interquartileRange', () => {
  it('interpolate as numpy', () => {
    // np.quantile([3,1,4,1,5,9,2,6], [0,.1,.25,.5,.75,.9,1])
    const expected = [1, 1, 1.75, 3.5, 5.25, 6.8999999999999995, 9];
    expect([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((p) => quantile(a, p))).toEqual(expected);
    expect(median(a)).toBe(3.5);
    expect(interquartileRange(a)).toBe(3.5);
  });
  it('leave the values as they are, and sort by number', () => {
    const values = Float64Array.of(10, 9, 100);
    expect(median(values)).toBe(10);
    expect([...values]).toEqual([10, 9, 100]);
  });
  it('serve one value, infinities and huge values', () => {
    expect(quantile([7], 0.3)).toBe(7);
    expect(median([-Infinity, 1, Infinity])).toBe(1);
    expect(median([Infinity, Infinity])).toBe(Infinity);
  });
  it('stay between the extremes and rise with p', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), {
      minLength: 1,
    });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(numbers, share, share, (values, p, q) => {
        const low = quantile(values, Math.min(p, q));
        const high = quantile(values, Math.max(p, q));
        expect(low).toBeGreaterThanOrEqual(quantile(values, 0));
        expect(high).toBeLessThanOrEqual(quantile(values, 1));
        expect(low).toBeLessThanOrEqual(high);
      }),
      { seed: 1 },
    );
  });
  it('refuse nothing, NaN and other shares', () => {
    expect(tagOf(() => median([]))).toBe('DataError');
    expect(tagOf(() => median([1, Number.NaN, 2]))).toBe('DataError');
    expect(tagOf(() => quantile([1], 1.5))).toBe('OptionError');
    expect(tagOf(() => quantile([1], Number.NaN))).toBe('OptionError');
  });
});

describe('mean and variance', () => {
  it('agree with numpy', () => {
    expect(mean(a)).toBe(3.875);
    // np.var(a), np.var(a, ddof=1)
    expect(variance(a, 0)).toBe(6.609375);
    expect(variance(a)).toBeCloseTo(7.553571428571429, 14);
  });
  it('survives a large offset', () => {
    expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBe(30);
  });
  it('refuse too few values', () => {
    expect(tagOf(() => mean([]))).toBe('DataError');
    expect(tagOf(() => variance([1]))).toBe('DataError');
    expect(variance([1], 0)).toBe(0);
    expect(tagOf(() => variance([1, 2], -1))).toBe('OptionError');
  });
});

describe('pearson, spearman, cosine, ranks', () => {
  it('agree with numpy and scipy', () => {
    // np.corrcoef(a, b)[0, 1]; scipy.stats.spearmanr(a, b)[0]; np.dot(a, b) / norm(a) / norm(b)
    expect(pearson(a, b)).toBeCloseTo(0.20965531907301216, 14);
    expect(spearman(a, b)).toBeCloseTo(0.19885368120992467, 14);
    expect(cosine(a, b)).toBeCloseTo(0.7534245026674073, 14);
    // scipy.stats.rankdata(b)
    expect([...ranks(b)]).toEqual([3.5, 5, 1.5, 7, 3.5, 7, 1.5, 7]);
    expect([...ranks([Infinity, 1, -Infinity, Infinity])]).toEqual([3.5, 2, 1, 3.5]);
  });
  it('do not overflow or vanish', () => {
    for (const scale of [1e-300, 1e300]) {
      const scaled = a.map((value) => value * scale);
      expect(pearson(scaled, b)).toBeCloseTo(0.20965531907301216, 13);
      expect(cosine(scaled, scaled)).toBeCloseTo(1, 14);
    }
  });
  it('are NaN where undefined', () => {
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
    expect(pearson([], [])).toBeNaN();
    expect(pearson([1], [2])).toBeNaN();
    expect(pearson([1, 2, Number.NaN], [1, 2, 3])).toBeNaN();
    expect(pearson([1, 2, Infinity], [1, 2, 3])).toBeNaN();
    expect(cosine([0, 0], [1, 2])).toBeNaN();
    expect(cosine([1, Number.NaN], [1, 2])).toBeNaN();
    expect(cosine([1, Infinity], [1, 2])).toBeNaN();
  });
  it('refuse lists of different lengths, ranks of NaN', () => {
    for (const measure of [pearson, spearman, cosine])
      expect(tagOf(() => measure([1, 2], [1]))).toBe('ShapeError');
    expect(tagOf(() => ranks([1, Number.NaN]))).toBe('DataError');
  });
});

describe('the normal distribution', () => {
  it('has scipy’s cumulative values, the lower tail to relative accuracy', () => {
    // scipy.stats.norm.cdf(x)
    const expected: [number, number][] = [
      [-20, 2.7536241186061556e-89],
      [-8, 6.22096057427174e-16],
      [-5, 2.866515718791933e-7],
      [-3.0000001, 0.0013498975884453205],
      [-2.9999999, 0.0013498984748150013],
      [-1, 0.15865525393145707],
      [-0.1, 0.460172162722971],
      [0, 0.5],
      [0.5, 0.6914624612740131],
      [2, 0.9772498680518208],
      [8, 0.9999999999999993],
    ];
    for (const [x, p] of expected) expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-13);
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalCdf(Number.NaN)]).toEqual([0, 1, Number.NaN]);
  });
  it('has scipy’s quantiles', () => {
    // scipy.stats.norm.ppf(p)
    const expected: [number, number][] = [
      [1e-300, -37.0470962993612],
      [1e-20, -9.262340089798409],
      [1e-5, -4.264890793922825],
      [0.025, -1.9599639845400545],
      [0.1, -1.2815515655446004],
      [0.8, 0.8416212335729143],
      [0.999, 3.090232306167813],
      [1 - 1e-12, 7.0344869100478356],
    ];
    for (const [p, x] of expected) expect(Math.abs(normalQuantile(p) / x - 1)).toBeLessThan(1e-14);
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
    expect(tagOf(() => normalQuantile(1.1))).toBe('OptionError');
  });
  it('undoes one with the other', () => {
    fc.assert(
      fc.property(fc.double({ min: -7, max: 5, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-9);
      }),
      { seed: 2 },
    );
  });
});
