/**
 * How far variances alone give the causal order away.
 *
 * Reisach, Seiler, Weichwald 2021, "Beware of the simulated DAG! Causal discovery benchmarks may be easy to game",
 * arXiv 2102.13647, as their program computes it: every pair of nodes counts once for each length of a directed path
 * between them.
 */

/** Relative difference below which variances are equal, as in the authors' program. */
const TOLERANCE = 1e-9;

/**
 * Share of the paths whose end has the larger variance, ties half: 1 where variance grows along every path, ½ where it
 * says nothing (also where there is no path). `parents`: of each node, without a cycle.
 */
export function varsortability(
  parents: readonly ArrayLike<number>[],
  order: ArrayLike<number>,
  variances: ArrayLike<number>,
): number {
  const n = parents.length;
  const words = Math.ceil((longestPath(parents, order) + 1) / 32);
  // Bit k of a node: is there a path of k edges from the source to it?
  const lengths = new Uint32Array(n * words);
  let paths = 0;
  let sorted = 0;
  for (let place = 0; place < n; place++) {
    const source = order[place];
    lengths.fill(0);
    lengths[source * words] = 1;
    for (let later = place + 1; later < n; later++) {
      const node = order[later];
      for (let p = 0; p < parents[node].length; p++) shiftInto(lengths, parents[node][p], node, words);
      const count = countBits(lengths, node, words);
      if (count === 0) continue;
      paths += count;
      sorted += count * orderOf(variances[source], variances[node]);
    }
  }
  return paths === 0 ? 0.5 : sorted / paths;
}

function orderOf(source: number, end: number): number {
  if (end === source) return 0.5;
  const ratio = end / source;
  if (ratio > 1 + TOLERANCE) return 1;
  return ratio > 1 - TOLERANCE ? 0.5 : 0;
}

function longestPath(parents: readonly ArrayLike<number>[], order: ArrayLike<number>): number {
  const depth = new Int32Array(parents.length);
  let longest = 0;
  for (let place = 0; place < order.length; place++) {
    const node = order[place];
    for (let p = 0; p < parents[node].length; p++) {
      depth[node] = Math.max(depth[node], 1 + depth[parents[node][p]]);
    }
    longest = Math.max(longest, depth[node]);
  }
  return longest;
}

/** Lengths of paths to `node` through `parent`: one edge more than those to `parent`. */
function shiftInto(lengths: Uint32Array, parent: number, node: number, words: number): void {
  let carry = 0;
  for (let w = 0; w < words; w++) {
    const word = lengths[parent * words + w];
    lengths[node * words + w] |= (word << 1) | carry;
    carry = word >>> 31;
  }
}

function countBits(lengths: Uint32Array, node: number, words: number): number {
  let count = 0;
  for (let w = 0; w < words; w++) {
    for (let word = lengths[node * words + w]; word !== 0; word &= word - 1) count++;
  }
  return count;
}
