/** The kernel between pairs: κ of the cosines of their priors. */
import type { PairList } from './effects.js';
import type { Prior } from './prior.js';

export class Kernel {
  constructor(
    private readonly prior: Prior,
    private readonly kernelOf: (cosine: number) => number,
  ) {}

  /** κ of a pair with itself. */
  get atOne(): number {
    return this.kernelOf(1);
  }

  /** `(rows, cols)`. */
  between(
    rows: PairList,
    cols: PairList,
    out: Float64Array = new Float64Array(rows.contexts.length * cols.contexts.length),
  ): Float64Array {
    this.prior.cosines(rows, cols, out);
    const size = rows.contexts.length * cols.contexts.length;
    for (let at = 0; at < size; at++) out[at] = this.kernelOf(out[at]);
    return out;
  }

  /** The lower triangle of `(rows, rows)` with `ridge` on the diagonal. */
  symmetric(rows: PairList, ridge: number): Float64Array {
    const n = rows.contexts.length;
    const out = new Float64Array(n * n);
    this.prior.cosines(rows, rows, out, true);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) out[i * n + j] = this.kernelOf(out[i * n + j]);
      out[i * n + i] += ridge;
    }
    return out;
  }
}
