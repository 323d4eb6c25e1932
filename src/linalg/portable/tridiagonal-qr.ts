/** Symmetric tridiagonal matrix → eigenvalues, by implicit QR. */

import { reduceByBlocks } from './implicit-qr.js';
import { length2, type Sweep } from './strips.js';

/** Sweeps allowed per eigenvalue, on average; two are usual. */
const MAX_SWEEPS = 40;

/**
 * Diagonalises T with the diagonal `d` and `e` (n, the last entry 0) beside it, in place: `d` becomes the
 * eigenvalues, unordered. `onSweep` is told the rotations: the columns of the identity, so rotated, are the
 * eigenvectors. Implicit QR with Wilkinson's shift, as LAPACK's dsteqr. Throws `NumericalError` if it does not end.
 */
export function diagonaliseTridiagonal(
  { d, e }: { d: Float64Array; e: Float64Array },
  onSweep: (sweep: Sweep) => void,
): void {
  reduceByBlocks({ d, e }, 'eigenvalues', MAX_SWEEPS, (first, last) => {
    onSweep({ first, rotations: sweep(d, e, first, last) });
  });
}

/** One implicit QR step on rows first … last; its rotations. */
function sweep(d: Float64Array, e: Float64Array, first: number, last: number): Float64Array {
  const rotations = new Float64Array(2 * (last - first));
  const ratio = (d[last - 1] - d[last]) / (2 * e[last - 1]);
  const root = length2(ratio, 1);
  let g = d[first] - d[last] + e[last - 1] / (ratio + (ratio < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let moved = 0;
  for (let i = first; i < last; i++) {
    const f = sine * e[i];
    const b = cosine * e[i];
    const r = length2(g, f);
    cosine = r === 0 ? 1 : g / r;
    sine = r === 0 ? 0 : f / r;
    if (i > first) e[i - 1] = r;
    g = d[i] - moved;
    const change = (d[i + 1] - g) * sine + 2 * cosine * b;
    moved = sine * change;
    d[i] = g + moved;
    g = cosine * change - b;
    rotations[2 * (i - first)] = cosine;
    rotations[2 * (i - first) + 1] = sine;
  }
  d[last] -= moved;
  e[last - 1] = g;
  return rotations;
}
