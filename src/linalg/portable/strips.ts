/** Sweeps of plane rotations, and the matrices they are applied to. */

import type { Workspace } from './rows.js';

/** √(f² + g²), safe where the squares are not; much cheaper than `Math.hypot` where they are. */
export function length2(f: number, g: number): number {
  const length = Math.sqrt(f * f + g * g);
  return length > 1e-130 && length < 1e130 ? length : Math.hypot(f, g);
}

/** Rotations of the neighbours (i, i + 1) for i = first, first + 1, … in turn. */
export interface Sweep {
  first: number;
  /** c, s, c, s, … */
  rotations: Float64Array;
}

/** Rows of a strip. */
const WIDTH = 8;
/** Numbers of rotations kept back for (·, nCols), to be applied while a strip is at hand. */
const heldBack = (nCols: number): number => Math.max(2 ** 13, 2 * nCols);

/** What a (nRows, nCols) matrix in strips takes of a workspace. */
export const roomForStrips = (nRows: number, nCols: number): number =>
  (nRows + WIDTH) * nCols + heldBack(nCols);

/**
 * A matrix whose columns are rotated with their neighbours: z_i ← c z_i + s z_{i+1}, z_{i+1} ← c z_{i+1} − s z_i.
 * It is kept in strips of eight of its rows, each strip transposed, so that a rotation works on eight numbers
 * side by side and a strip stays in the cache while many sweeps go over it.
 */
export class Strips {
  private readonly z: number;
  private readonly buffer: number;
  private readonly nStrips: number;
  private waiting: { first: number; count: number; place: number }[] = [];
  private used = 0;

  /** Of the (nRows, nCols) matrix `a`; in `work` as long as it lives. */
  constructor(
    private readonly work: Workspace,
    a: Float64Array,
    private readonly nRows: number,
    private readonly nCols: number,
    private readonly backwards = false,
  ) {
    this.nStrips = Math.ceil(nRows / WIDTH);
    const size = this.nStrips * WIDTH * nCols;
    this.z = work.zeros(size);
    this.buffer = work.reserve(heldBack(nCols));
    const { heap } = work;
    for (let i = 0; i < nRows; i++) {
      for (let j = 0, p = this.place(i); j < nCols; j++, p += WIDTH) heap[p] = a[i * nCols + j];
    }
  }

  /** Where row `i` begins; its entries are `WIDTH` apart. */
  private place(i: number): number {
    return this.z + (i - (i % WIDTH)) * this.nCols + (i % WIDTH);
  }

  /** One sweep; backwards its rotations are undone from the last to the first. */
  rotate({ first, rotations }: Sweep): void {
    if (rotations.length === 0) return;
    if (this.used + rotations.length > heldBack(this.nCols)) this.flush();
    const place = this.buffer + this.used;
    this.work.heap.set(rotations, place);
    this.waiting.push({ first, count: rotations.length / 2, place });
    this.used += rotations.length;
  }

  private flush(): void {
    const { work, backwards } = this;
    for (let strip = 0; strip < this.nStrips; strip++) {
      const z = this.z + strip * WIDTH * this.nCols;
      for (const { first, count, place } of this.waiting) {
        const steps = backwards ? count : 0;
        const rotation = backwards ? count - 1 : 0;
        work.rotate(z + (first + steps) * WIDTH, place + 2 * rotation, count, backwards);
      }
    }
    this.waiting = [];
    this.used = 0;
  }

  /** The (nRows, order.length) matrix of the columns `order`. */
  columns(order: ArrayLike<number>): Float64Array {
    this.flush();
    const { heap } = this.work;
    const out = new Float64Array(this.nRows * order.length);
    for (let i = 0, q = 0; i < this.nRows; i++) {
      for (let j = 0, p = this.place(i); j < order.length; j++) out[q++] = heap[p + order[j] * WIDTH];
    }
    return out;
  }

  /** The transpose of `columns(order)`: (order.length, nRows). */
  columnsAsRows(order: ArrayLike<number>): Float64Array {
    this.flush();
    const { heap } = this.work;
    const { nRows, nCols } = this;
    const out = new Float64Array(nRows * order.length);
    for (let j = 0; j < order.length; j++) {
      for (
        let i = 0, q = j * nRows, p = this.z + order[j] * WIDTH;
        i < nRows;
        i += WIDTH, p += WIDTH * nCols
      ) {
        const count = Math.min(WIDTH, nRows - i);
        for (let r = 0; r < count; r++) out[q++] = heap[p + r];
      }
    }
    return out;
  }
}
