/**
 * Decimal numbers from bytes, to the same double as `Number()` and Python's `float()`.
 *
 * Why not `Number(text)` throughout: making a string of every cell costs more than reading it. A decimal
 * whose digits make an integer below 2^53 and whose power of ten is at most 22 needs one correctly rounded
 * multiplication or division (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990,
 * doi:10.1145/93542.93557); every other goes to `Number()` once its form is known to be plain.
 */

/** Integers below this are exact in a double. */
const EXACT_INTEGERS = 2 ** 53;
/** Powers of ten that are exact in a double: 10^0 … 10^22. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

const [SPACE, PLUS, COMMA, MINUS, POINT, ZERO] = [32, 43, 44, 45, 46, 48];

/**
 * The number written in `bytes[start … end)`, spaces around it allowed; NaN when it is not a plain decimal
 * number (`1`, `-1.5`, `.5`, `2e-7`, `inf`): the caller asks `isMissing` whether that is a missing value.
 * `decimal` is the byte of the decimal sign.
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number, decimal = POINT): number {
  while (start < end && bytes[start] === SPACE) start++;
  while (end > start && bytes[end - 1] === SPACE) end--;
  let p = start;
  const negative = bytes[p] === MINUS;
  if (p < end && (negative || bytes[p] === PLUS)) p++;
  const unsigned = p;

  let mantissa = 0;
  for (; p < end; p++) {
    const digit = bytes[p]! - ZERO;
    if (digit < 0 || digit > 9) break;
    mantissa = mantissa * 10 + digit;
  }
  let nDigits = p - unsigned;
  let nFraction = 0;
  if (p < end && bytes[p] === decimal) {
    const first = ++p;
    for (; p < end; p++) {
      const digit = bytes[p]! - ZERO;
      if (digit < 0 || digit > 9) break;
      mantissa = mantissa * 10 + digit;
    }
    nFraction = p - first;
    nDigits += nFraction;
  }
  if (nDigits === 0) return parseInfinity(bytes, unsigned, end, negative);

  let exponent = 0;
  if (p < end && (bytes[p]! | 0x20) === 0x65) {
    const minus = bytes[++p] === MINUS;
    if (p < end && (minus || bytes[p] === PLUS)) p++;
    const first = p;
    for (; p < end; p++) {
      const digit = bytes[p]! - ZERO;
      if (digit < 0 || digit > 9) break;
      exponent = exponent * 10 + digit;
    }
    if (p === first) return Number.NaN;
    if (minus) exponent = -exponent;
  }
  if (p !== end) return Number.NaN;

  const power = exponent - nFraction;
  if (mantissa < EXACT_INTEGERS && power >= -22 && power <= 22) {
    const size = power < 0 ? mantissa / POWERS[-power]! : mantissa * POWERS[power]!;
    return negative ? -size : size;
  }
  const text = asciiText(bytes, start, end);
  return Number(decimal === COMMA ? text.replace(',', '.') : text);
}

/** ±Infinity for `inf` and `infinity` in any case, else NaN. */
function parseInfinity(bytes: Uint8Array, start: number, end: number, negative: boolean): number {
  const length = end - start;
  if (length !== 3 && length !== 8) return Number.NaN;
  const word = asciiText(bytes, start, end).toLowerCase();
  if (word !== 'inf' && word !== 'infinity') return Number.NaN;
  return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Bytes as characters one to one; for short runs that are known to be ASCII. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

/** `parseNumber` of a string; for cells that are text already. */
export function numberFromText(text: string): number {
  return PLAIN.test(text)
    ? Number(text)
    : INFINITE.test(text)
      ? (text.includes('-') ? -1 : 1) / 0
      : Number.NaN;
}
const PLAIN = /^ *[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)? *$/i;
const INFINITE = /^ *[+-]?inf(inity)? *$/i;

/**
 * The shortest decimal that reads back as `value`, as pandas writes it: `inf`, `-inf`, `-0.0`, and nothing
 * for NaN. With `single`, the shortest that reads back as the same float32.
 */
export function formatNumber(value: number, single = false): string {
  if (Number.isNaN(value)) return '';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (!single || Number.isInteger(value)) return String(value);
  // 6 digits always survive float32, 9 always suffice (IEEE 754)
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
