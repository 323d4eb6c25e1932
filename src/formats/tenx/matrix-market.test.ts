import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MatrixMarketHeader, MatrixMarketParser } from './matrix-market.js';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Everything the parser hands over, with the text cut into chunks of `size` bytes. */
function parse(text: string, size = 1 << 20) {
  const entries: [number, number, number][] = [];
  const elements: number[] = [];
  let header: MatrixMarketHeader | undefined;
  const parser = new MatrixMarketParser((found) => {
    header = found;
    return { add: (...entry) => entries.push(entry), append: (value) => elements.push(value) };
  }, 'file.mtx');
  const all = bytes(text);
  for (let at = 0; at < all.length; at += size) parser.push(all.subarray(at, at + size));
  parser.finish();
  return { header: header!, entries, elements };
}

const banner = (rest: string) => `%%MatrixMarket matrix ${rest}\n`;

describe('MatrixMarketParser', () => {
  it('reads header, comments, blank lines and entries, wherever the chunks are cut', () => {
    const text = `${banner('coordinate real general')}% a comment\n%\n\n 3 4 3\n1 1 1.5\n\n% more\n3 4 -2e-3\r\n2 2 7`;
    const whole = parse(text);
    expect(whole.header).toEqual({
      layout: 'coordinate',
      field: 'real',
      symmetry: 'general',
      nRows: 3,
      nCols: 4,
      nEntries: 3,
    });
    expect(whole.entries).toEqual([
      [0, 0, 1.5],
      [2, 3, -0.002],
      [1, 1, 7],
    ]);
    for (let size = 1; size < text.length; size++) expect(parse(text, size)).toEqual(whole);
  });

  it('reads pattern and array files, one % and other spellings of the field', () => {
    expect(parse('%MatrixMarket matrix coordinate pattern general\n2 2 1\n2 1\n').entries).toEqual([
      [1, 0, 1],
    ]);
    expect(parse(`${banner('array double general')}2 2\n1\n2\n3\n4\n`).elements).toEqual([1, 2, 3, 4]);
    expect(parse(`${banner('ARRAY unsigned-integer Symmetric')}2 2\n1\n2\n3\n`).elements).toEqual([1, 2, 3]);
  });

  it('reads every double as Number does', () => {
    const doubles = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer().map((n) => n / 1000),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    );
    const asText = fc.tuple(doubles, fc.constantFrom('js', 'fixed', 'exponent')).map(([value, how]) => {
      if (how === 'fixed') return value.toFixed(6);
      return how === 'exponent' ? value.toExponential() : String(value);
    });
    fc.assert(
      fc.property(fc.array(asText, { minLength: 1, maxLength: 20 }), (words) => {
        const text = `${banner('array real general')}${words.length} 1\n${words.join('\n')}\n`;
        expect(parse(text).elements).toEqual(words.map(Number));
      }),
    );
  });

  it('reads inf and nan, whatever their case and sign', () => {
    expect(parse(`${banner('array real general')}4 1\ninf\n-Infinity\nNaN\n+INF\n`).elements).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it.each([
    ['', /line 1: the file ends before the banner/],
    ['\n', /line 1: the first line should be/],
    ['gene,cell\n', /line 1: the first line should be '%%MatrixMarket/],
    [
      banner('coordinate complex general'),
      /line 1: field 'complex' is not one that is read: 'real', 'integer'/,
    ],
    [banner('coordinate real'), /symmetry ''/],
    [banner('array pattern general'), /not a Matrix Market combination/],
    [banner('coordinate real general'), /line 2: the file ends before the size line/],
    [
      `${banner('coordinate real general')}3 4\n`,
      /line 2: the size line should give rows, columns and entries/,
    ],
    [`${banner('coordinate real general')}3 x 4\n`, /found '3 x 4'/],
    [`${banner('coordinate real general')}3 -1 4\n`, /found '3 -1 4'/],
    [`${banner('coordinate real general')}3000000000 1 1\n`, /more than can be indexed/],
    [`${banner('coordinate real symmetric')}3 4 1\n`, /must be square, this one is 3 × 4/],
    [
      `${banner('coordinate real symmetric')}3 3 1\n1 2 5\n`,
      /line 3: entry \(1, 2\) is not in the lower triangle/,
    ],
    [`${banner('coordinate real skew-symmetric')}3 3 1\n1 1 5\n`, /entry \(1, 1\) is not in the lower/],
    [
      `${banner('coordinate real general')}3 4 2\n1 1 1\n`,
      /line 3: .* declares 2 entries but the file ends after 1/,
    ],
    [`${banner('coordinate real general')}3 4 1\n1 1 1\n2 2 2\n`, /line 4: more entries than the 1 declared/],
    [`${banner('coordinate real general')}3 4 1\n% c\n4 1 1\n`, /line 4: row 4 is outside 1 … 3/],
    [`${banner('coordinate real general')}3 4 1\n0 1 1\n`, /line 3: row 0 is outside/],
    [`${banner('coordinate real general')}3 4 1\n1 5 1\n`, /line 3: column 5 is outside 1 … 4/],
    [`${banner('coordinate real general')}3 4 1\n1 -1 1\n`, /line 3: expected a column number, found '-1'/],
    [
      `${banner('coordinate real general')}3 4 1\n1 1\n`,
      /line 3: expected a value, found the end of the line/,
    ],
    [`${banner('coordinate real general')}3 4 1\n1 1 two\n`, /line 3: expected a value, found 'two'/],
    [`${banner('coordinate real general')}3 4 1\n1 1 1.2.3\n`, /line 3: expected a value, found '1.2.3'/],
    [`${banner('coordinate real general')}3 4 1\n1 1 0x10\n`, /line 3: expected a value, found '0x10'/],
    [
      `${banner('coordinate real general')}3 4 1\n1 1 1 1\n`,
      /line 3: expected the end of the line, found '1'/,
    ],
    [
      `${banner('coordinate integer general')}3 4 1\n1 1 1.5\n`,
      /line 3: expected a whole number, found '1.5'/,
    ],
    [`${banner('coordinate integer general')}3 4 1\n1 1 9007199254740993\n`, /expected a whole number/],
    [`${banner('array real general')}2 2\n1\n2\n3\n`, /declares 4 entries but the file ends after 3/],
    ['x'.repeat(3 << 20), /line 1: a line of more than 1048576 bytes/],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(expect.objectContaining({ tag: 'FormatError', exitCode: 2 }));
  });
});
