/** Small screens for the tests of this folder. */
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import type { TargetRun } from '../method.js';
import type { TargetScreen } from '../screen.js';

export const run = (seed = 0): TargetRun => ({
  random: Random.fromSeed(seed),
  runtime: () => Promise.reject(new Error('no runtime in this test')),
});

export type Cell = (random: Random) => number[];

/** Cells drawn one by one: of the control, and of each group, so many. */
export function drawnScreen(
  nGenes: number,
  control: readonly [number, Cell],
  groups: Readonly<Record<string, readonly [number, Cell]>>,
  seed = 1,
): TargetScreen {
  const random = Random.fromSeed(seed);
  const cells = ([n, draw]: readonly [number, Cell], name: string) =>
    dense(
      n,
      nGenes,
      Float64Array.from(Array.from({ length: n }, (_, i) => draw(random.split(name, i))).flat()),
    );
  return {
    genes: Array.from({ length: nGenes }, (_, gene) => `g${gene}`),
    control: cells(control, 'control'),
    groups: Object.entries(groups).map(([name, group]) => ({ name, cells: cells(group, name) })),
  };
}

/** Genes from the largest score on. */
export const order = (score: Float64Array): number[] =>
  Array.from(score.keys()).sort((a, b) => score[b] - score[a]);
