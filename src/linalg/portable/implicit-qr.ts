/** What implicit QR on a bidiagonal and on a tridiagonal matrix have in common: which rows are left, and for how long. */
import { NumericalError } from '../../errors.js';

/**
 * Calls `sweep(first, last)` on the last unreduced block of rows until the entries `e` (n, the last one 0) beside the
 * diagonal `d` are all negligible; those that become so are set to 0. Throws `NumericalError`, which says `what` was
 * sought, after `mostSweeps` times n sweeps.
 */
export function reduceByBlocks(
  { d, e }: { d: Float64Array; e: Float64Array },
  what: string,
  mostSweeps: number,
  sweep: (first: number, last: number) => void,
): void {
  const n = d.length;
  let sweepsLeft = mostSweeps * n;
  let last = n - 1;
  while (last > 0) {
    let first = last;
    while (first > 0 && !negligible(d, e, first - 1)) first--;
    if (first > 0) e[first - 1] = 0;
    if (first === last) {
      last--;
      continue;
    }
    if (sweepsLeft-- === 0) {
      throw new NumericalError(
        `${what} of a ${n} × ${n} matrix did not converge in ${mostSweeps * n} sweeps`,
      );
    }
    sweep(first, last);
  }
}

function negligible(d: Float64Array, e: Float64Array, i: number): boolean {
  return Math.abs(e[i]) <= (Number.EPSILON / 2) * (Math.abs(d[i]) + Math.abs(d[i + 1])) + Number.MIN_VALUE;
}
