/**
 * Vectors that step as one. A network has many parameters of a few numbers, and the dozen operations of an optimiser
 * take as long on a hundred numbers as on a thousand.
 */
import { concatenate, split, type Tensor } from '../graph/index.js';

/** `members` in lists: all vectors of one group in one, each other alone, in the order in which they come. */
export function sideBySide<T extends { readonly parameter: Tensor; readonly group: object }>(
  members: readonly T[],
): T[][] {
  const vectors = new Map<object, T[]>();
  const lists: T[][] = [];
  for (const member of members) {
    const isVector = member.parameter.rank === 1;
    const list = isVector ? vectors.get(member.group) : undefined;
    if (list) {
      list.push(member);
      continue;
    }
    const own = [member];
    lists.push(own);
    if (isVector) vectors.set(member.group, own);
  }
  return lists;
}

/** Vectors one after the other; a single tensor of any rank is itself. */
export const joined = (parts: readonly Tensor[]): Tensor =>
  parts.length === 1 ? parts[0] : concatenate(parts);

/** What `joined` made of `parts`, or a tensor in its place, apart again. */
export const apart = (whole: Tensor, parts: readonly Tensor[]): readonly Tensor[] =>
  parts.length === 1
    ? [whole]
    : split(
        whole,
        parts.map(({ size }) => size),
      );
