/** Is a (partial) correlation zero? R. A. Fisher's z transformation. */
import { OptionError } from '../errors.js';
import { normalCdf } from './normal.js';

export interface FisherZ {
  /** √(n − given − 3) · |atanh r|, standard normal in absolute value where the correlation is zero. */
  readonly statistic: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Test of a correlation `r` from `n` samples, partial given so many variables. A correlation of ±1 has p 0; with no
 * more than `given` + 3 samples nothing can be said and p is 1. Throws OptionError where |r| is beyond 1 by more than
 * rounding.
 */
export function fisherZ(r: number, n: number, given = 0): FisherZ {
  if (!(Math.abs(r) <= 1 + 1e-9)) throw new OptionError('correlation', r, 'a number from −1 to 1');
  const degrees = n - given - 3;
  if (degrees <= 0) return { statistic: 0, p: 1 };
  const statistic = Math.sqrt(degrees) * Math.atanh(Math.min(1, Math.abs(r)));
  return { statistic, p: 2 * normalCdf(-statistic) };
}
