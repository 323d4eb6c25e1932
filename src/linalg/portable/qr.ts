/** QR, and QR with column pivoting. */

import type { QrResult } from '../kernels.js';
import { norm2, transpose } from '../vectors.js';
import { factor, formQ, reflectionsOf, reflector, upper } from './householder.js';
import { workspace } from './rows.js';

export function qr(a: Float64Array, m: number, n: number, pivot: boolean): QrResult {
  if (pivot) return pivotedQr(a, m, n);
  const { q, r } = factor(a.slice(), m, n);
  return { q: formQ(q), r };
}

function pivotedQr(a: Float64Array, m: number, n: number): QrResult {
  const k = Math.min(m, n);
  const order = Int32Array.from({ length: n }, (_, j) => j);
  const columns = transpose(a, m, n);
  const norms = Float64Array.from({ length: n }, (_, j) => norm2(columns, j * m, m));
  const reference = norms.slice();
  const taus = new Float64Array(k);
  const vectors = new Float64Array(k * m);
  const work = workspace(m * n + 2 * n + m);
  // Columns of A as rows, so that exchanging two and reflecting one touch what lies side by side.
  const matrix = work.put(columns);
  const products = work.reserve(n);
  const { heap } = work;
  for (let j = 0; j < k; j++) {
    let best = j;
    for (let c = j + 1; c < n; c++) if (norms[c] > norms[best]) best = c;
    if (best !== j) {
      const held = heap.slice(matrix + j * m, matrix + (j + 1) * m);
      heap.copyWithin(matrix + j * m, matrix + best * m, matrix + (best + 1) * m);
      heap.set(held, matrix + best * m);
      for (const list of [order, norms, reference]) swap(list, j, best);
    }
    const corner = matrix + j * m + j;
    const height = m - j;
    taus[j] = reflector(heap, corner, height, 1);
    const v = work.at(corner, height);
    const diagonal = v[0];
    v[0] = 1;
    vectors.set(v, j * m + j);
    const rest = n - j - 1;
    work.times(corner + m, m, rest, height, corner, products);
    for (let c = 0; c < rest; c++) heap[products + c] *= taus[j];
    work.subtractOuter(corner + m, m, rest, height, products, corner);
    v[0] = diagonal;
    for (let c = j + 1; c < n; c++) {
      norms[c] = remaining(heap, matrix + c * m + j, height, norms[c], reference, c);
    }
  }
  const r = upper(transpose(work.at(matrix, m * n), n, m), k, n);
  return { q: formQ(reflectionsOf(vectors, taus, m)), r, order };
}

/**
 * The norm of a column without its entry at `place`, from the norm with it; computed afresh when cancellation
 * has eaten the digits.
 */
function remaining(
  a: Float64Array,
  place: number,
  height: number,
  norm: number,
  reference: Float64Array,
  column: number,
): number {
  if (norm === 0) return 0;
  const left = Math.max(0, 1 - (a[place] / norm) ** 2);
  if (left * (norm / reference[column]) ** 2 > 1e-8) return norm * Math.sqrt(left);
  reference[column] = norm2(a, place + 1, height - 1);
  return reference[column];
}

function swap(list: Float64Array | Int32Array, i: number, j: number): void {
  const held = list[i];
  list[i] = list[j];
  list[j] = held;
}
