import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, numberFromText, parseNumber } from './numbers.js';

const parse = (text: string, decimal?: number) => {
  const bytes = new TextEncoder().encode(`x${text}x`);
  return parseNumber(bytes, 1, bytes.length - 1, decimal);
};

describe('parseNumber', () => {
  it('gives the double that Number() gives for every spelling of every double', () => {
    const spellings = (value: number) => [
      String(value),
      value.toExponential(),
      value.toExponential(20),
      value.toPrecision(7),
      Math.abs(value) < 1e20 ? value.toFixed(6) : String(value),
    ];
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const text of spellings(value)) expect(parse(text)).toBe(Number(text));
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('rounds decimals near the halfway point correctly', () => {
    // python3: float('9007199254740993') == 9007199254740992.0, float('1.00000000000000011102230246251565') == 1.0
    expect(parse('9007199254740993')).toBe(9007199254740992);
    expect(parse('1.00000000000000011102230246251565')).toBe(1);
    expect(parse('1.00000000000000011102230246251566')).toBe(1.0000000000000002);
    // python3: float('8.533e22'), beyond the exact powers of ten
    expect(parse('8.533e22')).toBe(8.533e22);
    expect(parse('1e23')).toBe(1e23);
    expect(parse('0.000000000000000000000000000123456789')).toBe(1.23456789e-28);
  });

  it.each([
    ['1', 1],
    ['-0', -0],
    ['+1.', 1],
    ['.5', 0.5],
    ['  7 ', 7],
    ['1E3', 1000],
    ['1e400', Number.POSITIVE_INFINITY],
    ['1e-400', 0],
    ['00012', 12],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('reads %j', (text, value) => {
    expect(parse(text)).toBe(value);
    expect(numberFromText(text)).toBe(value);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    '1e',
    '1e+',
    'e5',
    '1.2.3',
    '0x10',
    '1_000',
    '1,5',
    'nan',
    'NA',
    '--1',
    '1 2',
    'info',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeNaN();
    expect(numberFromText(text)).toBeNaN();
  });

  it('reads a decimal comma when told so', () => {
    expect(parse('-1,25', 44)).toBe(-1.25);
    expect(parse('1,00000000000000011102230246251566', 44)).toBe(1.0000000000000002);
    expect(parse('1.25', 44)).toBeNaN();
  });
});

describe('formatNumber', () => {
  it('reads back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(parse(formatNumber(value))).toBe(value);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });

  it('reads back as the same float32, in no more digits than needed', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const text = formatNumber(value, true);
        expect(Math.fround(parse(text))).toBe(value);
        if (value !== 0) expect(text.length).toBeLessThanOrEqual(Math.max(3, String(value).length));
      }),
      { seed: 3, numRuns: 1000 },
    );
    // numpy.float32: str(np.float32(0.1)) == '0.1', str(np.float32(16777216)) == '16777216.0'
    expect(formatNumber(Math.fround(0.1), true)).toBe('0.1');
    expect(formatNumber(16777216, true)).toBe('16777216');
  });

  it('writes what pandas writes for the special values', () => {
    // pd.DataFrame([[nan, inf, -inf, -0.0]]).to_csv(index=False, header=False) == ',inf,-inf,-0.0\n'
    expect([Number.NaN, 1 / 0, -1 / 0, -0].map((value) => formatNumber(value))).toEqual([
      '',
      'inf',
      '-inf',
      '-0.0',
    ]);
  });
});
