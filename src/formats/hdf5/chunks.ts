/** How large the chunks of a dataset are, where nobody says. */
import { product } from './pieces.js';

/** The library's chunk cache: larger chunks are not kept in it. */
const CACHE_BYTES = 2 ** 20;

/**
 * Whole rows, as many as fit into a chunk. A compressed chunk has to fit into the library's cache; a plain one
 * should not, because then its bytes go to and from the file without a copy, and only those asked for.
 */
export function defaultChunks(shape: readonly number[], bytesEach: number, gzip: number): number[] {
  const row = Math.max(1, product(shape.slice(1))) * bytesEach;
  const bytes = gzip > 0 ? CACHE_BYTES : 2 * CACHE_BYTES;
  const rows = Math.max(1, Math.min(shape[0]!, Math.floor(bytes / row)));
  return [rows, ...shape.slice(1)].map((extent) => Math.max(1, extent));
}
