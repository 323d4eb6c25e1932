/**
 * The work on vectors inside the decompositions that cannot be a product of matrices: a matrix times a vector
 * from either side, both at once, a rank-1 update, sweeps of rotations. It all goes by four rows at a time, so
 * that a vector is read once for four rows, on one heap of numbers that the WebAssembly kernels can reach.
 *
 * Places are indices into the heap; matrices are row-major, rows `lead` apart. Kernels take whole groups of
 * four columns; what is left over is done here.
 */

import { plainRowKernels, type RowKernels } from './row-kernels.js';
import { wasmRowKernels } from './row-kernels-wasm.js';

export class Workspace {
  readonly heap: Float64Array;
  private next = 0;
  private readonly scratch: number;

  constructor(private readonly kernels: RowKernels) {
    this.heap = kernels.heap;
    this.scratch = this.reserve(4);
  }

  /** A place for `length` numbers, of any content. */
  reserve(length: number): number {
    const place = this.next;
    this.next += length;
    return place;
  }

  /** As `reserve`, all 0. */
  zeros(length: number): number {
    const place = this.reserve(length);
    this.heap.fill(0, place, place + length);
    return place;
  }

  /** A place with these numbers. */
  put(values: Float64Array): number {
    const place = this.reserve(values.length);
    this.heap.set(values, place);
    return place;
  }

  /** A view of `length` numbers. */
  at(place: number, length: number): Float64Array {
    return this.heap.subarray(place, place + length);
  }

  /** out (nRows) = A x for A (nRows, n). */
  times(a: number, lead: number, nRows: number, n: number, x: number, out: number): void {
    const { heap, kernels } = this;
    const whole = n & ~3;
    let row = 0;
    for (; row + 3 < nRows; row += 4) {
      const place = a + row * lead;
      if (whole > 0) kernels.dots(place, lead, x, out + row, whole >> 2);
      else heap.fill(0, out + row, out + row + 4);
      for (let j = whole; j < n; j++) {
        for (let r = 0; r < 4; r++) heap[out + row + r] += heap[place + r * lead + j] * heap[x + j];
      }
    }
    for (; row < nRows; row++) {
      let sum = 0;
      for (let j = 0, p = a + row * lead; j < n; j++) sum += heap[p + j] * heap[x + j];
      heap[out + row] = sum;
    }
  }

  /** y (n) += sign · Aᵀ x for A (nRows, n), x `step` apart. */
  addTransposedTimes(
    a: number,
    lead: number,
    nRows: number,
    n: number,
    x: number,
    step: number,
    sign: 1 | -1,
    y: number,
  ): void {
    const { heap, kernels, scratch } = this;
    const whole = n & ~3;
    let row = 0;
    for (; row + 3 < nRows; row += 4) {
      const place = a + row * lead;
      for (let r = 0; r < 4; r++) heap[scratch + r] = sign * heap[x + (row + r) * step];
      if (whole > 0) kernels.combine(place, lead, scratch, y, whole >> 2);
      for (let j = whole; j < n; j++) {
        for (let r = 0; r < 4; r++) heap[y + j] += heap[scratch + r] * heap[place + r * lead + j];
      }
    }
    for (; row < nRows; row++) {
      const factor = sign * heap[x + row * step];
      for (let j = 0, p = a + row * lead; j < n; j++) heap[y + j] += factor * heap[p + j];
    }
  }

  /** y (n) = A x for the symmetric A (n, n) of which the upper triangle is stored. */
  symmetricTimes(a: number, lead: number, n: number, x: number, y: number): void {
    const { heap, kernels, scratch } = this;
    heap.fill(0, y, y + n);
    let row = 0;
    for (; row + 3 < n; row += 4) {
      // The four rows right of their triangle; then the triangle.
      const place = a + row * lead + row + 4;
      const width = n - row - 4;
      const whole = width & ~3;
      for (let r = 0; r < 4; r++) heap[scratch + r] = heap[x + row + r];
      if (whole > 0) {
        kernels.both(place, lead, x + row + 4, y + row + 4, scratch, whole >> 2);
        for (let r = 0; r < 4; r++) heap[y + row + r] += heap[scratch + r];
      }
      for (let j = whole; j < width; j++) {
        for (let r = 0; r < 4; r++) this.symmetricEntry(place + r * lead + j, x, y, row + r, row + 4 + j);
      }
      this.symmetricCorner(a, lead, row, row + 4, x, y);
    }
    this.symmetricCorner(a, lead, row, n, x, y);
  }

  private symmetricCorner(a: number, lead: number, from: number, to: number, x: number, y: number): void {
    const { heap } = this;
    for (let i = from; i < to; i++) {
      heap[y + i] += heap[a + i * lead + i] * heap[x + i];
      for (let j = i + 1; j < to; j++) this.symmetricEntry(a + i * lead + j, x, y, i, j);
    }
  }

  private symmetricEntry(place: number, x: number, y: number, i: number, j: number): void {
    const { heap } = this;
    heap[y + i] += heap[place] * heap[x + j];
    heap[y + j] += heap[place] * heap[x + i];
  }

  /** A (nRows, n) −= x wᵀ. */
  subtractOuter(a: number, lead: number, nRows: number, n: number, x: number, w: number): void {
    const { heap, kernels, scratch } = this;
    const whole = n & ~3;
    let row = 0;
    for (; row + 3 < nRows; row += 4) {
      const place = a + row * lead;
      for (let r = 0; r < 4; r++) heap[scratch + r] = -heap[x + row + r];
      if (whole > 0) kernels.spread(place, lead, scratch, w, whole >> 2);
      for (let j = whole; j < n; j++) {
        for (let r = 0; r < 4; r++) heap[place + r * lead + j] += heap[scratch + r] * heap[w + j];
      }
    }
    for (; row < nRows; row++) {
      const factor = heap[x + row];
      for (let j = 0, p = a + row * lead; j < n; j++) heap[p + j] -= factor * heap[w + j];
    }
  }

  /** As `RowKernels.rotate`. */
  rotate(z: number, rotations: number, count: number, backwards: boolean): void {
    this.kernels.rotate(z, rotations, count, backwards);
  }
}

/** Numbers on a heap that is kept for the next caller; larger ones are left to the garbage collector. */
const KEPT = 2 ** 23;
let kept: RowKernels | undefined;

/** Room for `length` numbers. Only one may be in use at a time. */
export function workspace(length: number): Workspace {
  const needed = length + 64;
  if (kept && kept.heap.length >= needed) return new Workspace(kept);
  const kernels = wasmRowKernels(needed) ?? plainRowKernels(needed);
  if (needed <= KEPT) kept = kernels;
  return new Workspace(kernels);
}
