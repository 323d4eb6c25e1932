/**
 * Stirling's series after a shift, in the form all gamma functions of this room share. With n factors split off and
 * Z = z + n − ½,
 *
 *   log Γ(z) = z log Z − Z + ½ log 2π + rest(z),   ψ(z) = log Z − lag(z) = d/dz log Γ(z),
 *
 * where rest and lag are small and smooth wherever z log Z − Z is large, so that differences of log Γ can be taken
 * without subtracting large numbers. The series around the midpoint z + n − ½ has odd powers only:
 * log Γ(z + n) = Z log Z − Z + ½ log 2π + Σ aₖ Z^(1 − 2k).
 */
import {
  add,
  clip,
  customGradient,
  div,
  log,
  mul,
  neg,
  reciprocal,
  sqrt,
  square,
  sub,
  sumTo,
  type Tensor,
} from '../graph/index.js';

interface Series {
  /** n, even: factors z (z + 1) … (z + n − 1) of Γ(z + n) / Γ(z). */
  readonly factors: number;
  /** a₁, a₂, … */
  readonly coefficients: readonly number[];
}

/**
 * float64: aₖ = −(1 − 2^(1 − 2k)) B₂ₖ / (2k (2k − 1)), the first omitted term is below 7e-17. float32: two numbers
 * that keep rest within 8.3e-8 and lag within 5e-8 (relative) for all z ≥ 0, fitted by Lawson's iteration to 40-digit
 * values; with fewer passes over the data than any other choice of that precision.
 */
export const SERIES: Readonly<Record<'float32' | 'float64', Series>> = {
  float32: { factors: 4, coefficients: [-0.04166520269015147, 0.0023569512170958204] },
  float64: {
    factors: 10,
    coefficients: [
      -1 / 24,
      7 / 2880,
      -31 / 40320,
      127 / 215040,
      -511 / 608256,
      1414477 / 738017280,
      -8191 / 1277952,
    ],
  },
};

const seriesOf = (z: Tensor): Series => SERIES[z.dtype === 'float64' ? 'float64' : 'float32'];

/** Z − z. */
export const shiftOf = (z: Tensor): number => seriesOf(z).factors - 0.5;

export interface Stirling {
  /** Z = z + shift. */
  readonly shifted: Tensor;
  readonly rest: Tensor;
  readonly lag: Tensor;
}

/** The parts of log Γ(z) and ψ(z), element by element, for z > 0. Parts that are not used cost nothing. */
export function stirling(z: Tensor): Stirling {
  const { factors: n, coefficients } = seriesOf(z);
  const shifted = add(z, n - 0.5);
  const v = reciprocal(shifted);
  const v2 = square(v);

  // the factors over Z, which cannot overflow, from both ends, in pairs:
  // (z + k)(z + n − 1 − k) = z (z + n − 1) + k (n − 1 − k), where z + n − 1 = Z − ½
  const [lowest, highest] = [mul(z, v), sub(1, mul(v, 0.5))];
  const first = mul(lowest, highest);
  let product = first;
  let slope: Tensor | undefined;
  for (let k = 1; k < n / 2; k++) {
    const pair = add(first, mul(v2, k * (n - 1 - k)));
    slope = slope ? add(mul(slope, pair), product) : add(pair, product);
    product = mul(product, pair);
  }

  const series = mul(polynomial(v2, coefficients), v);
  const derivative = mul(
    polynomial(
      v2,
      coefficients.map((a, k) => (2 * k + 1) * a),
    ),
    v,
  );
  return {
    shifted,
    rest: sub(series, log(mul(product, sqrt(shifted)))),
    lag: mul(add(div(mul(add(lowest, highest), slope!), product), derivative), v),
  };
}

/** Σ cₖ xᵏ, by Horner's rule. */
function polynomial(x: Tensor, coefficients: readonly number[]): Tensor {
  const [last, ...others] = [...coefficients].reverse();
  const [next, ...rest] = others;
  return rest.reduce((sum, c) => add(mul(sum, x), c), add(mul(x, last), next));
}

/**
 * log(a / b) for a, b > 0 whose difference `gap` = b − a is known more exactly than a and b themselves, as for
 * a = x + 10⁶, b = μ + 10⁶: what rounding did to the quotient is added back. There is no derivative by `gap`.
 */
export function logOfQuotient(a: Tensor, b: Tensor, gap: Tensor): Tensor {
  const quotient = div(a, b);
  // far from 1, where this is no measure of it, rounding cannot have done more than that either
  const most = quotient.dtype === 'float64' ? 2 ** -51 : 2 ** -22;
  const lost = clip(sub(sub(1, quotient), div(gap, b)), -most, most);
  return customGradient(add(log(quotient), lost), [a, b], (g) => [
    sumTo(div(g, a), a.shape),
    sumTo(neg(div(g, b)), b.shape),
  ]);
}
