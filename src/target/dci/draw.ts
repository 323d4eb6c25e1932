/** One draw of stability selection: the difference graphs of two sets of cells at every combination of levels. */
import { fTails } from '../../stats/index.js';
import { type Cells, momentsOf } from '../gaussian/moments.js';
import { Regressions } from '../gaussian/regressions.js';
import {
  type Arc,
  orient,
  type Pair,
  type SlopeTest,
  slopeInvariance,
  type VarianceTest,
} from './difference-graph.js';
import { kliep } from './kliep.js';
import { precisionDifference } from './precision-difference.js';

export interface Levels {
  readonly difference: readonly number[];
  readonly skeleton: readonly number[];
  readonly orientation: readonly number[];
}

export interface DifferenceSettings {
  readonly how: 'precision' | 'kliep' | 'complete';
  readonly levels: Levels;
  readonly edgeThreshold: number;
  readonly mostGiven: number;
}

/** Pairs to look at, and the genes that may be given. */
export interface UndirectedDifference {
  readonly pairs: readonly Pair[];
  readonly nodes: readonly number[];
}

/** Difference graphs, arcs from regulator to gene, in the order of the levels: difference, skeleton, orientation. */
export function differenceGraphs(control: Cells, perturbed: Cells, settings: DifferenceSettings): Arc[][] {
  const { levels, mostGiven } = settings;
  const sides = [new Regressions(momentsOf(control)), new Regressions(momentsOf(perturbed))] as const;
  const [slope, spread] = [slopeTest(...sides), varianceTest(...sides)];
  return undirectedDifferences([control, perturbed], sides, settings).flatMap(({ pairs, nodes }) => {
    const p = slopeInvariance(pairs, nodes, slope, mostGiven, Math.max(...levels.skeleton));
    return levels.skeleton.flatMap((alpha) => {
      const skeleton = pairs.filter((_, k) => p[k] <= alpha);
      return orient(skeleton, spread, mostGiven, levels.orientation);
    });
  });
}

function undirectedDifferences(
  cells: readonly [Cells, Cells],
  [a, b]: readonly [Regressions, Regressions],
  { how, levels, edgeThreshold }: DifferenceSettings,
): UndirectedDifference[] {
  const { nGenes } = a.moments;
  if (how === 'complete') return [graphOf(nGenes, () => true)];
  if (how === 'kliep')
    return levels.difference.map((penalty) => thetaGraph(nGenes, kliep(...cells, penalty), edgeThreshold));
  const p = precisionDifference(a.moments, b.moments);
  return levels.difference.map((alpha) => graphOf(nGenes, (i, j) => p[i * nGenes + j] <= alpha));
}

/** Pairs whose θ (see `kliep`) is not 0 and not below `threshold` in absolute value; a gene by itself counts as a node. */
export function thetaGraph(nGenes: number, theta: Float64Array, threshold: number): UndirectedDifference {
  const offDiagonal = (nGenes * (nGenes - 1)) / 2;
  const at = (i: number, j: number): number =>
    i === j ? offDiagonal + i : i * nGenes - (i * (i + 1)) / 2 + (j - i - 1);
  return graphOf(nGenes, (i, j) => theta[at(i, j)] !== 0 && Math.abs(theta[at(i, j)]) >= threshold);
}

/** `differs(i, j)` for i ≤ j. */
function graphOf(nGenes: number, differs: (i: number, j: number) => boolean): UndirectedDifference {
  const pairs: Pair[] = [];
  const nodes = new Set<number>();
  for (let i = 0; i < nGenes; i++)
    for (let j = i; j < nGenes; j++) {
      if (!differs(i, j)) continue;
      nodes.add(i).add(j);
      if (i < j) pairs.push([i, j]);
    }
  return { pairs, nodes: [...nodes].sort((a, b) => a - b) };
}

/** Wald's test: the difference of the slopes over its standard error, squared. */
function slopeTest(a: Regressions, b: Regressions): SlopeTest {
  return {
    statistic(set) {
      const n = set.length;
      const [x, y] = [a.conditional(set), b.conditional(set)];
      const [freeX, freeY] = [a.freedom(n), b.freedom(n)];
      const direction = (x00: number, x11: number, y00: number, y11: number): number => {
        const [inX, inY] = [x.m01 / x11, y.m01 / y11];
        const variance = (x00 - inX * x.m01) / x11 / freeX + (y00 - inY * y.m01) / y11 / freeY;
        return (inX - inY) ** 2 / variance;
      };
      return Math.min(direction(x.m00, x.m11, y.m00, y.m11), direction(x.m11, x.m00, y.m11, y.m00));
    },
    p: (statistic, nGenes) => fTails(statistic, 1, a.freedom(nGenes) + b.freedom(nGenes)).upper,
  };
}

/** The F test of two variances, two-sided. */
function varianceTest(a: Regressions, b: Regressions): VarianceTest {
  return (set) => {
    const ratio = a.residualVariance(set) / b.residualVariance(set);
    const { lower, upper } = fTails(ratio, a.freedom(set.length), b.freedom(set.length));
    return 2 * Math.min(lower, upper);
  };
}
