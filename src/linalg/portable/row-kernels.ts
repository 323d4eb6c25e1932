/**
 * The kernels on four rows of `rows.ts`: what they do, and how in plain JavaScript. Places are indices into the heap.
 */

export interface RowKernels {
  readonly heap: Float64Array;
  /** out (4) = rows · x. */
  dots(a: number, lead: number, x: number, out: number, nQuads: number): void;
  /** y += factors (4) · rows. */
  combine(a: number, lead: number, factors: number, y: number, nQuads: number): void;
  /** y += factors (4) · rows; then factors = rows · x. */
  both(a: number, lead: number, x: number, y: number, factors: number, nQuads: number): void;
  /** rows += factors (4) · w. */
  spread(a: number, lead: number, factors: number, w: number, nQuads: number): void;
  /**
   * One sweep over rows of eight, side by side from `z` on: row ← c row + s next, next ← c next − s row, and on
   * with the next row and the next (c, s) of `rotations`. Backwards, from the last row and rotation up.
   */
  rotate(z: number, rotations: number, count: number, backwards: boolean): void;
}

/** The kernels in plain JavaScript. */
export function plainRowKernels(length: number): RowKernels {
  const heap = new Float64Array(length);
  const dots: RowKernels['dots'] = (a, lead, x, out, nQuads) => {
    for (let r = 0, p = a; r < 4; r++, p += lead) {
      let even = 0;
      let odd = 0;
      for (let j = 0; j < 4 * nQuads; j += 2) {
        even += heap[p + j] * heap[x + j];
        odd += heap[p + j + 1] * heap[x + j + 1];
      }
      heap[out + r] = even + odd;
    }
  };
  const combine: RowKernels['combine'] = (a, lead, factors, y, nQuads) => {
    const [f0, f1, f2, f3] = heap.subarray(factors, factors + 4);
    for (let j = 0, p = a; j < 4 * nQuads; j++, p++) {
      const sum = heap[y + j] + heap[p] * f0 + heap[p + lead] * f1;
      heap[y + j] = sum + heap[p + 2 * lead] * f2 + heap[p + 3 * lead] * f3;
    }
  };
  return {
    heap,
    dots,
    combine,
    both(a, lead, x, y, factors, nQuads) {
      combine(a, lead, factors, y, nQuads);
      dots(a, lead, x, factors, nQuads);
    },
    spread(a, lead, factors, w, nQuads) {
      for (let r = 0, p = a; r < 4; r++, p += lead) {
        const factor = heap[factors + r];
        for (let j = 0; j < 4 * nQuads; j++) heap[p + j] += factor * heap[w + j];
      }
    },
    rotate(z, rotations, count, backwards) {
      const step = backwards ? -8 : 8;
      for (let lane = 0; lane < 8; lane++) {
        let p = z + lane;
        let held = heap[p];
        for (let i = 0, q = rotations; i < count; i++, p += step, q += step / 4) {
          const other = heap[p + step];
          heap[p] = heap[q] * held + heap[q + 1] * other;
          held = heap[q] * other - heap[q + 1] * held;
        }
        heap[p] = held;
      }
    },
  };
}
