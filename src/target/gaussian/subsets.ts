/** Subsets of a list of genes. */

/**
 * Shows `visit` every subset of `items` with `size` members, written into `set` from `at` on, until it returns true;
 * returns whether it did. `set` is one array that is used again.
 */
export function someSubset(
  items: readonly number[],
  size: number,
  set: number[],
  at: number,
  visit: (set: readonly number[]) => boolean,
): boolean {
  if (size > items.length) return false;
  set.length = at + size;
  const from = (start: number, depth: number): boolean => {
    if (depth === size) return visit(set);
    for (let k = start; k <= items.length - (size - depth); k++) {
      set[at + depth] = items[k];
      if (from(k + 1, depth + 1)) return true;
    }
    return false;
  };
  return from(0, 0);
}
