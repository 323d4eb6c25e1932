import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, overRepresentation } from './index.js';

const tail = (population: number, marked: number, drawn: number, drawnMarked: number) =>
  overRepresentation({ population, marked, drawn, drawnMarked });
const choose = (n: number, k: number): bigint => {
  let value = 1n;
  for (let i = 0; i < k; i++) value = (value * BigInt(n - i)) / BigInt(i + 1);
  return value;
};

describe('overRepresentation', () => {
  it('agrees with scipy and with fractions', () => {
    // fractions.Fraction(sum(comb(K, x)*comb(N-K, n-x) for x in range(k, min(K, n) + 1)), comb(N, n))
    expect(tail(20000, 150, 683, 12).p / 0.0054256914426936385).toBeCloseTo(1, 12);
    expect(tail(100, 30, 20, 3).p).toBeCloseTo(0.9773188336693431, 14);
    expect(tail(20000, 200, 300, 150).p / 2.045407867867485e-246).toBeCloseTo(1, 11);
    expect(tail(20000, 200, 300, 150).logP).toBeCloseTo(-565.7203356605372, 10);
    expect(tail(20000, 2000, 300, 10).p).toBeCloseTo(0.9999972047542035, 14);
    // log1p(-Fraction(sum over x < k, as above))
    expect(tail(20000, 2000, 300, 10).logP / -2.7952497032454874e-6).toBeCloseTo(1, 11);
    // hypergeom.sf(19, 100, 30, 20), hypergeom.logsf(39, 5000000, 2000, 3000)
    expect(tail(100, 30, 20, 20).p / 5.605587161662143e-14).toBeCloseTo(1, 10);
    expect(tail(5000000, 2000, 3000, 40).logP).toBeCloseTo(-104.81354695985195, 8);
  });
  it('is 1 where nothing else could happen, and certain cases are', () => {
    expect(tail(20000, 150, 683, 0)).toEqual({ p: 1, logP: 0 });
    expect(tail(50, 50, 10, 10)).toEqual({ p: 1, logP: 0 });
    expect(tail(0, 0, 0, 0)).toEqual({ p: 1, logP: 0 });
    expect(tail(2, 1, 1, 1).p).toBeCloseTo(0.5, 15);
  });
  it('is the exact sum, for any small table', () => {
    const tables = fc
      .record({ population: fc.integer({ min: 1, max: 60 }), a: fc.nat(60), b: fc.nat(60), c: fc.nat(60) })
      .map(({ population, a, b, c }) => {
        const [marked, drawn] = [a % (population + 1), b % (population + 1)];
        const [least, most] = [Math.max(0, marked + drawn - population), Math.min(marked, drawn)];
        return { population, marked, drawn, drawnMarked: least + (c % (most - least + 1)) };
      });
    fc.assert(
      fc.property(tables, ({ population, marked, drawn, drawnMarked }) => {
        let ways = 0n;
        for (let k = drawnMarked; k <= Math.min(marked, drawn); k++) {
          ways += choose(marked, k) * choose(population - marked, drawn - k);
        }
        const exact = Number(ways) / Number(choose(population, drawn));
        expect(tail(population, marked, drawn, drawnMarked).p / exact).toBeCloseTo(1, 11);
      }),
      { numRuns: 500 },
    );
  });
  it('refuses tables that cannot be', () => {
    expect(() => tail(10, 11, 2, 1)).toThrow('marked');
    expect(() => tail(10, 5, 5, 6)).toThrow('drawnMarked');
    expect(() => tail(10, 8, 8, 3)).toThrow('6 or more');
    expect(() => tail(10, 5, 2.5, 1)).toThrow('drawn');
    expect(() => tail(Number.NaN, 5, 2, 1)).toThrow('population');
  });
});

describe('benjaminiHochberg', () => {
  it('agrees with R', () => {
    // p.adjust(c(.01, .02, .03, .04, .05), 'BH')
    for (const value of benjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.05]))
      expect(value).toBeCloseTo(0.05, 15);
    // By its definition: the least of p(j) m / j over j ≥ i, p(j) sorted
    const adjusted = benjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.05, 0.5, 0.0001, 0.9, 0.02]);
    const expected = [0.045, 0.045, 0.054, 0.06, 0.0642857142857143, 0.5625, 0.0009, 0.9, 0.045];
    adjusted.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 14));
  });
  it('rejects what the step-up procedure rejects', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (p, level) => {
        const sorted = [...p].sort((a, b) => a - b);
        let calls = 0;
        sorted.forEach((value, i) => {
          if ((value * p.length) / (i + 1) <= level) calls = i + 1;
        });
        expect(benjaminiHochberg(p).filter((value) => value <= level).length).toBe(calls);
      }),
    );
  });
  it('has nothing to adjust without tests, and refuses what is no p-value', () => {
    expect(benjaminiHochberg([]).length).toBe(0);
    expect(() => benjaminiHochberg([0.1, Number.NaN])).toThrow('number 1');
    expect(() => benjaminiHochberg([1.2])).toThrow('number 0');
  });
});
