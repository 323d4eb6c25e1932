/**
 * The difference of two causal graphs over the same genes: which edges have another slope in one than in the other
 * (Wang, Squires, Belyaeva & Uhler 2018, NeurIPS, algorithms 2 and 3). Tests are given from outside, as functions of
 * sets of genes.
 */
import { someSubset } from '../gaussian/subsets.js';

/** A pair of genes, i < j. */
export type Pair = readonly [number, number];

/** From, to. */
export type Arc = readonly [number, number];

/** Is the slope between the first two genes of a set, given the others, the same in both graphs? */
export interface SlopeTest {
  /** The smaller of the statistics of the two directions: the first gene on the second, and the reverse. */
  statistic(set: readonly number[]): number;
  /** p-value of a statistic of a set of so many genes: the larger, the smaller the statistic. */
  p(statistic: number, nGenes: number): number;
}

/** p-value that the residual variance of the first gene of a set given the others is the same in both graphs. */
export type VarianceTest = (set: readonly number[]) => number;

/**
 * Of each pair, the largest p-value of the slopes between the two over all sets of up to `mostGiven` of `nodes` given:
 * the pair is in the skeleton at the levels from it on. The search of a pair ends where the p-value is above
 * `level`, the largest of interest.
 */
export function slopeInvariance(
  pairs: readonly Pair[],
  nodes: readonly number[],
  test: SlopeTest,
  mostGiven: number,
  level: number,
): Float64Array {
  return Float64Array.from(pairs, ([i, j]) => {
    const others = nodes.filter((node) => node !== i && node !== j);
    const set = [i, j];
    let p = 0;
    for (let size = 0; size <= mostGiven && p <= level; size++) {
      let least = Number.POSITIVE_INFINITY;
      someSubset(others, size, set, 2, () => {
        const statistic = test.statistic(set);
        if (statistic >= least) return false;
        least = statistic;
        p = Math.max(p, test.p(least, size + 2));
        return p > level;
      });
    }
    return p;
  });
}

/**
 * Directions of the pairs of a skeleton, at each of the levels. The residual variance of a gene is the same in both
 * graphs given its parents, if its mechanism did not change; so a pair is decided by the smallest sets given that leave
 * the residual variance of one of the two unchanged, by the largest p-value among them: what was given comes before the
 * gene, what was not after. Where no set does, both directions are returned.
 */
export function orient(
  skeleton: readonly Pair[],
  test: VarianceTest,
  mostGiven: number,
  levels: readonly number[],
): Arc[][] {
  const nodes = [...new Set(skeleton.flat())].sort((a, b) => a - b);
  const known = new Map<number, MostInvariant>();
  const mostInvariant = (gene: number, size: number): MostInvariant => {
    const key = gene * (mostGiven + 1) + size;
    const found = known.get(key) ?? searchInvariant(gene, nodes, size, test);
    known.set(key, found);
    return found;
  };
  return levels.map((level) =>
    skeleton.flatMap(([i, j]): Arc[] => {
      for (let size = 0; size <= mostGiven; size++) {
        const [ofI, ofJ] = [mostInvariant(i, size), mostInvariant(j, size)];
        if (Math.max(ofI.p, ofJ.p) <= level) continue;
        const [gene, other, { given }] = ofI.p >= ofJ.p ? [i, j, ofI] : [j, i, ofJ];
        return [given.includes(other) ? [other, gene] : [gene, other]];
      }
      return [
        [i, j],
        [j, i],
      ];
    }),
  );
}

/** Of the sets of one size, the one that leaves a gene's residual variance most alike. */
interface MostInvariant {
  readonly p: number;
  readonly given: readonly number[];
}

function searchInvariant(
  gene: number,
  nodes: readonly number[],
  size: number,
  test: VarianceTest,
): MostInvariant {
  let best: MostInvariant = { p: 0, given: [] };
  const others = nodes.filter((node) => node !== gene);
  someSubset(others, size, [gene], 1, (set) => {
    const p = test(set);
    if (p > best.p) best = { p, given: set.slice(1) };
    return false;
  });
  return best;
}
