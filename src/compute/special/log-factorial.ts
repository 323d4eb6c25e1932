/**
 * log x! of plain numbers: likelihoods of counts need its sum over the genes of every cell, which does not change
 * while a model is trained.
 */
import { SERIES } from './stirling.js';

const { factors, coefficients } = SERIES.float64;
const KNOWN = Float64Array.from({ length: 256 }, (_, x) => series(x));

/** log Γ(x + 1) for x > −1, whole or not, to 4e-15 of max(1, |log Γ|); +∞ at −1, NaN below. */
export function logFactorial(x: number): number {
  return KNOWN[x] ?? series(x);
}

function series(x: number): number {
  const z = x + 1;
  if (!(z >= 0)) return Number.NaN;
  if (z === 1 || z === 2 || z === Infinity) return z === Infinity ? z : 0;
  const Z = z + factors - 0.5;
  let product = 1;
  for (let k = 0; k < factors; k++) product *= (z + k) / Z;
  const tail = coefficients.reduceRight((sum, a) => sum / (Z * Z) + a, 0) / Z;
  return (z - 0.5) * Math.log(Z) - Math.log(product) - Z + 0.5 * Math.log(2 * Math.PI) + tail;
}
