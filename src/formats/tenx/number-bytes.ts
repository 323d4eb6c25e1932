/**
 * Decimal numbers straight out of UTF-8 bytes, without making strings of them: the inner loop of reading
 * text matrices. Exact: what the fast path cannot do without rounding goes through `Number`.
 */

/** 10^0 … 10^22, the powers of ten that float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
const WORD = /^[+-]?(inf|infinity|nan)$/i;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A cursor over bytes: `value` is the number last read, from `start` up to `at`. */
export class NumberReader {
  at = 0;
  start = 0;
  value = 0;

  /** Reads the unsigned integer at `at`; false (nothing moved) when there is none or it exceeds 2^53. */
  index(bytes: Uint8Array): boolean {
    let at = this.at;
    let value = 0;
    for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[at]! - 48) {
      value = value * 10 + digit;
      at++;
    }
    if (at === this.at || value > Number.MAX_SAFE_INTEGER || !isSpace(bytes[at]!)) return false;
    this.start = this.at;
    this.at = at;
    this.value = value;
    return true;
  }

  /**
   * Reads the real number (or inf, nan) at `at`, which ends at the next white space. Correctly rounded:
   * a mantissa of at most 15 digits over a power of ten up to 22 is one exact division.
   */
  real(bytes: Uint8Array): boolean {
    const start = this.at;
    let at = start;
    const negative = bytes[at] === 45;
    if (negative || bytes[at] === 43) at++;
    const first = at;
    let mantissa = 0;
    let digit = bytes[at]! - 48;
    for (; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) mantissa = mantissa * 10 + digit;
    let nDigits = at - first;
    let nDecimals = 0;
    if (bytes[at] === 46) {
      const point = at;
      for (digit = bytes[++at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) {
        mantissa = mantissa * 10 + digit;
      }
      nDecimals = at - point - 1;
      nDigits += nDecimals;
    }
    if (nDigits === 0 || nDigits > 15 || !isSpace(bytes[at]!)) return this.#word(bytes);
    const magnitude = nDecimals === 0 ? mantissa : mantissa / POWERS[nDecimals]!;
    this.value = negative ? -magnitude : magnitude;
    this.start = start;
    this.at = at;
    return true;
  }

  /** The token at `at` through `Number`: exponents, many digits, infinities; false when it is no number. */
  #word(bytes: Uint8Array): boolean {
    const token = tokenAt(bytes, this.at);
    if (DECIMAL.test(token)) this.value = Number(token);
    else if (WORD.test(token)) this.value = wordValue(token);
    else return false;
    this.start = this.at;
    this.at += token.length;
    return true;
  }
}

/** The bytes from `at` to the next white space, as Latin-1 characters (one a byte); at most 80 of them. */
export function tokenAt(bytes: Uint8Array, at: number): string {
  let token = '';
  for (let k = at; k < bytes.length && k < at + 80 && !isSpace(bytes[k]!); k++) {
    token += String.fromCharCode(bytes[k]!);
  }
  return token;
}

function wordValue(token: string): number {
  if (/nan/i.test(token)) return Number.NaN;
  return token.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Space, tab, line feed, carriage return. */
export function isSpace(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 9 || byte === 13;
}
