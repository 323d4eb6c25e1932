/** Large selections in pieces: the library's memory is small (2 GiB at most) and never shrinks. */

export interface Block {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

export function product(extents: readonly number[]): number {
  return extents.reduce((result, extent) => result * extent, 1);
}

/**
 * Cuts the selection into blocks of at most `limit` elements that follow each other in row-major order.
 * `step` is the extent of a chunk along the first axis: blocks end at its multiples where they can, so that no
 * compressed chunk is unpacked twice.
 */
export function* pieces(
  { offset, count }: Block,
  limit: number,
  step = 1,
  axis = 0,
): Generator<Block, void, undefined> {
  if (product(count) === 0) return;
  if (product(count) <= limit || axis === count.length) {
    yield { offset, count };
    return;
  }
  const inner = product(count.slice(axis + 1));
  const most = Math.max(1, Math.floor(limit / inner));
  const end = offset[axis]! + count[axis]!;
  for (let at = offset[axis]!; at < end; ) {
    const aligned = Math.floor((at + most) / step) * step;
    const next = Math.min(end, aligned > at ? aligned : at + most);
    const block = { offset: offset.with(axis, at), count: count.with(axis, next - at) };
    if (inner <= limit) yield block;
    else yield* pieces(block, limit, 1, axis + 1);
    at = next;
  }
}
