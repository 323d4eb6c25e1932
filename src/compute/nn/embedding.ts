/** A table of learned vectors, looked up by number. */
import {
  constant,
  equal,
  expand,
  gather,
  graphError,
  stopGradient,
  type Tensor,
  where,
  withAxis,
} from '../graph/index.js';
import { normal } from './initialisers.js';
import type { Initialiser, Scope } from './scope.js';

export interface EmbeddingOptions {
  /** Default N(0, 1), as in PyTorch. */
  readonly weight?: Initialiser;
  /** A number whose vector starts at zero and is not trained. */
  readonly padding?: number;
}

/**
 * Row `indices[…]` of `weight` (count, width): indices of any shape, int32 or int64, below `count` → (…, width). An
 * index outside fails when the graph runs. Throws GraphError on indices of another type or a padding outside.
 */
export function embedding(
  scope: Scope,
  indices: Tensor,
  count: number,
  width: number,
  options: EmbeddingOptions = {},
): Tensor {
  const { weight = normal(), padding } = options;
  if (padding === undefined) return gather(scope.parameter('weight', [count, width], weight), indices);
  if (!(Number.isInteger(padding) && padding >= 0 && padding < count)) {
    throw graphError('embedding', `padding ${padding} is not one of ${count} rows`);
  }
  const cleared: Initialiser = (values, shape, random) => {
    weight(values, shape, random);
    values.fill(0, padding * width, (padding + 1) * width);
  };
  const found = gather(scope.parameter('weight', [count, width], cleared), indices);
  const here = equal(indices, constant([padding], [], indices.dtype));
  return where(expand(withAxis(here, -1), found.shape), stopGradient(found), found);
}
