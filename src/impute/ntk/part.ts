/**
 * One half of a prior: what is known of every context, or of every action, as vectors.
 *
 * A name without a vector of its own gets the mean of those that have one, as in the authors' program, provided
 * that something of it is visible; of a name that is nowhere seen and has no vector nothing is known.
 */
import type { FeatureTable } from '../../data/outcome-tensor.js';
import { gemm, norm2 } from '../../linalg/index.js';

export const UNKNOWN = 0;
/** The mean of the others stands for it. */
export const STAND_IN = 1;
export const OWN = 2;

export interface Part {
  /** `UNKNOWN`, `STAND_IN` or `OWN` of each name. */
  readonly state: Uint8Array;
  /** `(n)`. */
  readonly norms: Float64Array;
  /** Inner products of the vectors of `names` with all vectors: `(names.length, n)`. */
  products(names: Int32Array): Float64Array;
}

/** Vectors `(n, width)`; `own` says which of them are given, `seen` of which names something is visible. */
export function vectorPart(
  vectors: Float64Array,
  width: number,
  own: ArrayLike<number | boolean>,
  seen: Uint8Array,
): Part {
  const n = seen.length;
  const filled = vectors.slice();
  const mean = meanOfOwn(vectors, width, own);
  const state = Uint8Array.from(seen, (isSeen, i) => (own[i] ? OWN : mean && isSeen ? STAND_IN : UNKNOWN));
  state.forEach((known, i) => {
    if (mean && known === STAND_IN) filled.set(mean, i * width);
  });
  return {
    state,
    norms: Float64Array.from({ length: n }, (_, i) => norm2(filled, i * width, width)),
    products(names) {
      const rows = new Float64Array(names.length * width);
      names.forEach((name, k) => {
        rows.set(filled.subarray(name * width, (name + 1) * width), k * width);
      });
      return gemm({ m: names.length, n, k: width, a: rows, b: filled, transposeB: true });
    },
  };
}

export function tablePart({ columns, values, known }: FeatureTable, seen: Uint8Array): Part {
  return vectorPart(values, columns.length, known, seen);
}

/** Every name a direction of its own: says which pairs share it, nothing more. */
export function oneHotPart(seen: Uint8Array): Part {
  const n = seen.length;
  return {
    state: seen.map((isSeen) => (isSeen ? OWN : UNKNOWN)),
    norms: new Float64Array(n).fill(1),
    products(names) {
      const products = new Float64Array(names.length * n);
      names.forEach((name, k) => {
        products[k * n + name] = 1;
      });
      return products;
    },
  };
}

/** Says nothing of any name. */
export function emptyPart(seen: Uint8Array): Part {
  return {
    state: seen.map((isSeen) => (isSeen ? OWN : UNKNOWN)),
    norms: new Float64Array(seen.length),
    products: (names) => new Float64Array(names.length * seen.length),
  };
}

/** The same with every vector of length `weight` (zero vectors stay). */
export function unitPart(part: Part, weight: number): Part {
  const n = part.norms.length;
  const scale = part.norms.map((norm) => (norm > 0 ? weight / norm : 0));
  return {
    state: part.state,
    norms: part.norms.map((norm, i) => norm * scale[i]),
    products(names) {
      const products = part.products(names);
      names.forEach((name, k) => {
        for (let j = 0; j < n; j++) products[k * n + j] *= scale[name] * scale[j];
      });
      return products;
    },
  };
}

function meanOfOwn(
  vectors: Float64Array,
  width: number,
  own: ArrayLike<number | boolean>,
): Float64Array | null {
  const mean = new Float64Array(width);
  let count = 0;
  for (let i = 0; i < own.length; i++) {
    if (!own[i]) continue;
    count++;
    for (let j = 0; j < width; j++) mean[j] += vectors[i * width + j];
  }
  return count > 0 ? mean.map((value) => value / count) : null;
}
