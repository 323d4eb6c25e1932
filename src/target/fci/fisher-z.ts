/**
 * Fisher's test of a partial correlation as a threshold: independent iff p = 2 (1 − Φ(√(n − |S| − 3) · |atanh r|)) > α,
 * that is r² < tanh²(Φ⁻¹(1 − α/2) / √(n − |S| − 3)), which needs no logarithm for each question.
 */
import { OptionError } from '../../errors.js';
import { normalQuantile } from '../../stats/index.js';

/** Fewest rows that can say anything of two variables. */
export const FEWEST_ROWS = 4;

/**
 * For sets of 0, 1, … `nVariables` − 2 variables the r² from which on two variables are dependent; −1, always
 * dependent, where there are too few rows to tell. Throws OptionError for fewer than four rows or an α outside (0, 1).
 */
export function fisherThresholds(nRows: number, nVariables: number, alpha: number): Float64Array {
  if (!Number.isInteger(nRows) || nRows < FEWEST_ROWS) {
    throw new OptionError('rows', nRows, `at least ${FEWEST_ROWS} rows, as Fisher's test needs them`);
  }
  if (!(alpha > 0 && alpha < 1)) throw new OptionError('alpha', alpha, 'a level between 0 and 1');
  const quantile = -normalQuantile(alpha / 2);
  return Float64Array.from({ length: Math.max(1, nVariables - 1) }, (_, size) => {
    const freedom = nRows - size - 3;
    return freedom < 1 ? -1 : Math.tanh(quantile / Math.sqrt(freedom)) ** 2;
  });
}
