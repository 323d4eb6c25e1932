import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OptionError } from '../errors.js';
import { fTails } from './f-distribution.js';
import { fisherZ } from './fisher-z.js';

const relative = (found: number, expected: number) => Math.abs(found / expected - 1);

/** mpmath.betainc with 40 digits: f, df1, df2, lower tail, upper tail. */
const TAILS: [number, number, number, number, number][] = [
  [0.39038054214331386, 1754, 808, 4.116481513709035e-60, 1],
  [1, 1, 1, 0.5, 0.5],
  [0.5, 1, 3, 0.469522229067043, 0.530477770932957],
  [10, 1, 1990, 0.9984110037579923, 0.001588996242007654],
  [3, 2.5, 17, 0.9328113801921689, 0.06718861980783115],
  [1.2, 1754, 1754, 0.9999318264189363, 6.817358106369786e-5],
  [1e-8, 1, 100, 7.958923725320355e-5, 0.9999204107627468],
  [40, 5, 300, 1, 1.897307752282615e-31],
  [0.02, 3, 7, 0.004202156638867495, 0.9957978433611325],
];

test.each(TAILS)('both tails of F = %f with %f and %f degrees of freedom', (f, df1, df2, lower, upper) => {
  const tails = fTails(f, df1, df2);
  expect(relative(tails.lower, lower)).toBeLessThan(1e-11);
  expect(relative(tails.upper, upper)).toBeLessThan(1e-11);
  expect(Math.abs(tails.logUpper - Math.log(upper))).toBeLessThan(1e-9);
});

test('tails that underflow keep their logarithm', () => {
  // scipy.stats.f.logsf(300, 4, 1500), (1422.3171012042744, 1, 2500)
  expect(relative(fTails(300, 4, 1500).logUpper, -435.0278601772944)).toBeLessThan(1e-12);
  expect(relative(fTails(1422.3171012042744, 1, 2500).logUpper, -566.6212236904208)).toBeLessThan(1e-12);
  const { upper, logUpper } = fTails(1e6, 50, 5000);
  expect(upper).toBe(0);
  expect(logUpper).toBeLessThan(-1000);
});

test('tails add up to one, swap with the degrees of freedom, and rise with f', () => {
  const df = fc.double({ min: 0.5, max: 5000, noNaN: true });
  const f = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(f, df, df, (value, df1, df2) => {
      const tails = fTails(value, df1, df2);
      const mirrored = fTails(1 / value, df2, df1);
      expect(tails.lower + tails.upper).toBeCloseTo(1, 12);
      expect(Math.abs(tails.logLower - mirrored.logUpper)).toBeLessThan(1e-9 * (1 + -tails.logLower));
      expect(fTails(value * 1.1, df1, df2).lower).toBeGreaterThanOrEqual(tails.lower * (1 - 1e-11));
    }),
    { numRuns: 200 },
  );
});

test('the ends, and what is no statistic', () => {
  expect(fTails(0, 2, 3)).toMatchObject({ lower: 0, upper: 1 });
  expect(fTails(Number.POSITIVE_INFINITY, 2, 3)).toMatchObject({ lower: 1, upper: 0 });
  expect(() => fTails(-1, 2, 3)).toThrow(OptionError);
  expect(() => fTails(Number.NaN, 2, 3)).toThrow(OptionError);
  expect(() => fTails(1, 0, 3)).toThrow(OptionError);
});

test("Fisher's z of a correlation", () => {
  // 2 * scipy.stats.norm.sf(numpy.sqrt(95) * numpy.arctanh(0.3))
  const { statistic, p } = fisherZ(-0.3, 100, 2);
  expect(statistic).toBeCloseTo(3.016823927854398, 12);
  expect(relative(p, 0.002554381350936392)).toBeLessThan(1e-9);
  expect(fisherZ(1, 100).p).toBe(0);
  expect(fisherZ(0.9, 4, 1)).toEqual({ statistic: 0, p: 1 });
  expect(() => fisherZ(1.1, 100)).toThrow(OptionError);
});
