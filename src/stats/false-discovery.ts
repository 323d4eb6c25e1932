/** Many tests at once: p-values adjusted so that the expected share of false ones among those called is bounded. */

import { DataError } from '../errors.js';

/**
 * Adjusted p-values of Benjamini & Hochberg (1995, doi:10.1111/j.2517-6161.1995.tb02031.x), in the order of `p`; at most
 * 1. Calling those ≤ q keeps the expected share of false discoveries at q or below, for independent or positively
 * dependent tests. R's `p.adjust(p, 'BH')`. All tests made must be in `p`, not only promising ones.
 *
 * Throws `DataError` naming the entry that is not between 0 and 1.
 */
export function benjaminiHochberg(p: ArrayLike<number>): Float64Array {
  const n = p.length;
  for (let i = 0; i < n; i++) {
    if (!(p[i] >= 0 && p[i] <= 1)) {
      throw new DataError(`p-value number ${i} is ${p[i]}; p-values lie between 0 and 1`, { row: i });
    }
  }
  const falling = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) => p[j] - p[i]);
  const adjusted = new Float64Array(n);
  let least = 1;
  falling.forEach((test, place) => {
    least = Math.min(least, (p[test] * n) / (n - place));
    adjusted[test] = least;
  });
  return adjusted;
}
