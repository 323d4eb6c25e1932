/**
 * Gamma, Poisson and negative-binomial variables, exact for every finite parameter.
 *
 * Gamma: Marsaglia & Tsang, "A simple method for generating gamma variables" (2000), with their boost for
 * shapes below 1. Poisson: multiplication of uniforms for small means, W. Hörmann's transformed rejection PTRS
 * (1993) else, with the log-probability in C. Loader's saddle-point form, which does not cancel for huge means.
 */
import { OptionError } from '../errors.js';
import type { Bits } from './bits.js';

/** One draw of Gamma(shape, scale 1); mean and variance `shape` > 0. Throws OptionError. */
export function gamma(bits: Bits, shape: number): number {
  if (!(shape > 0 && shape < Number.POSITIVE_INFINITY)) {
    throw new OptionError('gamma shape', shape, 'a finite number above 0');
  }
  if (shape < 1) return gamma(bits, shape + 1) * bits.uniformOpen() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = bits.normal();
    const step = c * x;
    // v − 1 by itself: for large shapes v is 1 to all digits but the few that matter.
    const excess = step * (3 + step * (3 + step));
    if (excess <= -1) continue;
    // Beyond 1e20 a rejection has probability below 1e-20, and rounding would decide it.
    const logRatio = shape > 1e20 ? 0 : 0.5 * x * x + d * (Math.log1p(excess) - excess);
    if (Math.log(bits.uniformOpen()) < logRatio) return d * (1 + excess);
  }
}

/** One draw of Poisson(mean), mean ≥ 0 and finite. Throws OptionError. */
export function poisson(bits: Bits, mean: number): number {
  if (!(mean >= 0 && mean < Number.POSITIVE_INFINITY)) {
    throw new OptionError('Poisson mean', mean, 'a finite number of 0 or more');
  }
  if (mean < 10) {
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = bits.uniform(); product > limit; product *= bits.uniform()) count++;
    return count;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = bits.uniformOpen() - 0.5;
    const v = bits.uniformOpen();
    const room = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / room + b) * u + mean + 0.43);
    if (room >= 0.07 && v <= squeeze) return count;
    if (count < 0 || (room < 0.013 && v > room)) continue;
    if (Math.log((v * inverseAlpha) / (a / (room * room) + b)) <= poissonLogProbability(count, mean)) {
      return count;
    }
  }
}

/**
 * One draw of the negative binomial with this mean and variance `mean + dispersion · mean²`; dispersion 0 is
 * Poisson. (scipy's `n` is 1 / dispersion.) Throws OptionError.
 */
export function negativeBinomial(bits: Bits, mean: number, dispersion: number): number {
  if (!(mean >= 0 && mean < Number.POSITIVE_INFINITY)) {
    throw new OptionError('negative-binomial mean', mean, 'a finite number of 0 or more');
  }
  if (!(dispersion >= 0 && dispersion < Number.POSITIVE_INFINITY)) {
    throw new OptionError('negative-binomial dispersion', dispersion, 'a finite number of 0 or more');
  }
  // Dispersions so small that 1 / dispersion overflows are Poisson to every digit.
  if (mean === 0 || dispersion < 1e-300) return poisson(bits, mean);
  return poisson(bits, gamma(bits, 1 / dispersion) * dispersion * mean);
}

/** log P(count | mean), for count ≥ 0 and mean > 0. */
export function poissonLogProbability(count: number, mean: number): number {
  if (count === 0) return -mean;
  return -stirlingError(count) - deviance(count, mean) - 0.5 * Math.log(2 * Math.PI * count);
}

/** log(n!) − log(√(2πn) (n/e)^n). */
function stirlingError(n: number): number {
  if (n < 16) {
    let logFactorial = 0;
    for (let k = 2; k <= n; k++) logFactorial += Math.log(k);
    return logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / n;
}

/** x log(x/m) + m − x without cancellation near x = m. */
function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 3; ; j += 2) {
    term *= v * v;
    const next = sum + term / j;
    if (next === sum) return sum;
    sum = next;
  }
}
