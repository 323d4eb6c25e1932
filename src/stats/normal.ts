/** The standard normal distribution. */

import { OptionError } from '../errors.js';

/** Value at `x` of the polynomial with these coefficients, the highest power first. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

const HART_ABOVE = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const HART_BELOW = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];

/**
 * P(Z ≤ x). Absolute error below 1e-15, relative error below 1e-13 in the lower tail down
 * to −20. Hart (1968) 5666 as in West (2005), "Better approximations to cumulative normal functions", and beyond
 * 3 the continued fraction of Laplace, which keeps more digits there. NaN gives NaN.
 */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  const density = Math.exp((-size * size) / 2);
  let tail: number;
  if (size < 3) {
    tail = (density * polynomial(HART_ABOVE, size)) / polynomial(HART_BELOW, size);
  } else {
    let fraction = size;
    for (let i = 60; i > 0; i--) fraction = size + i / fraction;
    tail = density / fraction / Math.sqrt(2 * Math.PI);
  }
  return x > 0 ? 1 - tail : tail;
}

const CENTRE = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
];
const SHOULDER = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
];
const TAIL = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
  ],
];

/**
 * The x with P(Z ≤ x) = p; ±Infinity at 0 and 1. Relative error about 1e-16: Wichura (1988), AS 241,
 * doi:10.2307/2347330. Throws `OptionError` for a `p` outside [0, 1].
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new OptionError('p', p, 'a probability between 0 and 1');
  const q = p - 0.5;
  const ratio = ([above, below]: number[][], r: number): number =>
    polynomial(above, r) / polynomial(below, r);
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
  if (r === Infinity) return q < 0 ? -Infinity : Infinity;
  const size = r <= 5 ? ratio(SHOULDER, r - 1.6) : ratio(TAIL, r - 5);
  return q < 0 ? -size : size;
}
