/**
 * The F distribution: both tails and their logarithms, from the regularised incomplete beta function by the continued
 * fraction of Gauss (modified Lentz) with the leading factor in C. Loader's saddle-point form, so that neither large
 * degrees of freedom nor far tails lose their digits.
 */
import { OptionError } from '../errors.js';

export interface Tails {
  /** P(F ≤ f) */
  readonly lower: number;
  /** P(F ≥ f) */
  readonly upper: number;
  /** Their natural logarithms, finite where the probability itself underflows. */
  readonly logLower: number;
  readonly logUpper: number;
}

/**
 * Tails at `f` ≥ 0 (infinity allowed) of the F distribution: `scipy.stats.f.cdf`, `.sf`, `.logcdf`, `.logsf`. Relative
 * error of either tail below 1e-11 up to 1e5 degrees of freedom. Throws OptionError for NaN, a negative `f` or degrees
 * of freedom that are not finite and positive.
 */
export function fTails(f: number, df1: number, df2: number): Tails {
  if (!(f >= 0)) throw new OptionError('F statistic', f, 'a number of at least 0');
  for (const df of [df1, df2])
    if (!(df > 0 && df < Infinity))
      throw new OptionError('degrees of freedom', df, 'a finite number above 0');
  // The share and its complement, each by a quotient of its own: 1 − x would lose the digits of the far tail.
  const ratio = (df1 / df2) * f;
  const [x, y] = ratio === Infinity ? [1, 0] : [ratio / (1 + ratio), 1 / (1 + ratio)];
  return betaTails(x, y, df1 / 2, df2 / 2);
}

/** Tails of the Beta(a, b) distribution at x = 1 − y. */
function betaTails(x: number, y: number, a: number, b: number): Tails {
  if (x === 0) return { lower: 0, upper: 1, logLower: -Infinity, logUpper: 0 };
  if (y === 0) return { lower: 1, upper: 0, logLower: 0, logUpper: -Infinity };
  const front = logFront(x, y, a, b);
  // The fraction converges fast on the side of the mode where the tail is the smaller, or nearly.
  if (x * (a + b + 2) > a + 1) {
    const { lower, upper, logLower, logUpper } = fromLower(front + Math.log(fraction(y, b, a)) - Math.log(b));
    return { lower: upper, upper: lower, logLower: logUpper, logUpper: logLower };
  }
  return fromLower(front + Math.log(fraction(x, a, b)) - Math.log(a));
}

function fromLower(logarithm: number): Tails {
  // Rounding may carry what is nearly one beyond it.
  const logLower = Math.min(0, logarithm);
  const lower = Math.exp(logLower);
  return { lower, upper: -Math.expm1(logLower), logLower, logUpper: Math.log1p(-lower) };
}

/** log xᵃ yᵇ / B(a, b). */
function logFront(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const deviance = a * Math.log(a / n / x) + b * Math.log(b / n / y);
  const errors = stirlingError(n) - stirlingError(a) - stirlingError(b);
  return errors - deviance + 0.5 * Math.log((a / n) * b) - 0.5 * Math.log(2 * Math.PI);
}

/** log Γ(z + 1) − log(√(2πz) (z/e)ᶻ) for z > 0. */
function stirlingError(z: number): number {
  let sum = 0;
  let shifted = z;
  for (; shifted < 16; shifted++) sum += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
  const square = shifted * shifted;
  const series =
    1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square;
  return sum + series / shifted;
}

/** The continued fraction whose product with xᵃ yᵇ / (a B(a, b)) is the lower tail. */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const awayFromZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; ; m++) {
    const even = ((m * (b - m)) / (a + 2 * m - 1) / (a + 2 * m)) * x;
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    product *= d * c;
    const odd = (((-(a + m) / (a + 2 * m)) * (a + b + m)) / (a + 2 * m + 1)) * x;
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const step = d * c;
    product *= step;
    // The square root of the larger parameter is what it takes near the mode.
    if (Math.abs(step - 1) < 1e-15 || m > 1000 + 10 * Math.sqrt(a + b)) return product;
  }
}
