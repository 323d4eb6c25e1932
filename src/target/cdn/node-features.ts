/**
 * Numbers of a gene: how its mean, variance and shape changed, and how much of that is left once others are known,
 * alone and beside the group's other genes. Without units; changes in standard errors.
 */

import { changesOf } from './changes.js';
import {
  type ChangeName,
  cellsOf,
  type FeatureGroup,
  type Known,
  SET_NAMES,
  squeezed,
  type WhichSet,
} from './known.js';
import { kurtosisOf, seenIn, temperedVariances } from './moments.js';

export interface NodeFeature {
  readonly name: string;
  readonly group: FeatureGroup;
  readonly value: (known: Known, i: number) => number;
}

const feature = (group: FeatureGroup, name: string, value: NodeFeature['value']): NodeFeature => ({
  name,
  group,
  value,
});

const ofSets = (
  group: FeatureGroup,
  name: string,
  value: (known: Known, set: WhichSet, i: number) => number,
): NodeFeature[] =>
  SET_NAMES.map((set, s) => feature(group, `${name}-${set}`, (known, i) => value(known, s as WhichSet, i)));

/** A moment in each set, and its change; its standard error is √(`spread` / cells) of a normal gene. */
function shape(name: 'skewness' | 'kurtosis', usual: number, spread: number): NodeFeature[] {
  const of = ({ sets }: Known, set: WhichSet, i: number) => squeezed(sets[set].moments[name][i] - usual);
  return [
    ...ofSets('moments', name, of),
    feature('moments', `${name}-change`, (known, i) => {
      const error = Math.sqrt(spread / cellsOf(known, 0) + spread / cellsOf(known, 1));
      return squeezed((of(known, 1, i) - of(known, 0, i)) / error) / 2;
    }),
  ];
}

/** log(after / before), bounded where one is 0. */
const logRatio = (after: number, before: number): number => Math.log((after + 1e-6) / (before + 1e-6));

type Sets = Pick<Known, 'sets'>;

const variancesOf = ({ sets }: Sets, i: number): [number, number] =>
  temperedVariances([sets[0].moments, sets[1].moments], i);

function spreadRatio(known: Sets, i: number): number {
  const [before, after] = variancesOf(known, i);
  return logRatio(after, before);
}

/** The variance of log s² is (kurtosis − 1) / cells. */
function spreadZ(known: Sets, i: number, kurtosis: number): number {
  const error = (kurtosis - 1) * (1 / cellsOf(known, 0) + 1 / cellsOf(known, 1));
  return spreadRatio(known, i) / Math.sqrt(error);
}

const shiftOf = ({ sets }: Sets, i: number): number => sets[1].moments.mean[i] - sets[0].moments.mean[i];

function shiftZ(known: Sets, i: number): number {
  const [before, after] = variancesOf(known, i);
  const error = (before + 1e-6) / cellsOf(known, 0) + (after + 1e-6) / cellsOf(known, 1);
  return shiftOf(known, i) / Math.sqrt(error);
}

/** Median of |z|, z normal, and of the root of the sum of two squares of such. */
const MEDIAN_OF_ONE = 0.6745;
const MEDIAN_OF_TWO = 1.1774;

/** Of all genes: what is told of each alone, and beside the others. */
export function changesOfGenes(known: Pick<Known, 'genes' | 'sets' | 'causes' | 'ranks'>): Known['changes'] {
  const { genes, sets, causes, ranks } = known;
  const varies = (i: number) => sets.some(({ moments }) => moments.variance[i] > 0);
  const of = (usual: number, z: (i: number) => number) =>
    changesOf(
      Float64Array.from({ length: genes }, (_, i) => z(i)),
      varies,
      usual,
    );
  return {
    shift: of(MEDIAN_OF_ONE, (i) => shiftZ(known, i)),
    rank: of(MEDIAN_OF_ONE, (i) => ranks[i].z),
    spread: of(MEDIAN_OF_ONE, (i) => spreadZ(known, i, kurtosisOf([sets[0].moments, sets[1].moments], i))),
    distance: of(MEDIAN_OF_TWO, (i) => Math.sqrt(Math.min(...causes[i].distances))),
  };
}

/** By sizes 0 … `largest` of the set of causes: what is left to be explained. */
const leftOf = (largest: number): NodeFeature[] =>
  Array.from({ length: largest + 1 }, (_, size) => [
    feature(
      'invariance',
      `coefficients-${size}`,
      ({ causes }, i) => squeezed(causes[i].best[size].coefficients) / 2,
    ),
    feature('invariance', `variance-${size}`, ({ causes }, i) => squeezed(causes[i].best[size].variance) / 2),
    feature('invariance', `distance-${size}`, ({ causes }, i) => squeezed(causes[i].distances[size]) / 4),
  ]).flat();

/** A change beside those of the group's other genes. */
const beside = (group: FeatureGroup, name: ChangeName): NodeFeature[] => [
  feature(
    group,
    `${name}-relative`,
    ({ changes }, i) => squeezed(changes[name].z[i] / changes[name].scale) / 2,
  ),
  feature(group, `${name}-place`, ({ changes, genes }, i) => Math.log(genes / changes[name].place[i]) / 3),
  feature(group, `${name}-scale`, ({ changes }) => Math.log(changes[name].scale)),
];

/** More are shown as so many, as the network learnt from no larger systems. */
const MOST_CELLS = 2000;
const MOST_GENES = 300;

/** Largest set of causes that is looked for. */
export const MOST_CAUSES = 4;

export const NODE_FEATURES: readonly NodeFeature[] = [
  feature('moments', 'shift', (known, i) => squeezed(shiftOf(known, i))),
  feature('moments', 'shift-z', (known, i) => squeezed(known.changes.shift.z[i]) / 2),
  feature('moments', 'rank-z', ({ ranks }, i) => squeezed(ranks[i].z) / 2),
  feature('moments', 'rank-effect', ({ ranks }, i) => ranks[i].effect),
  feature('moments', 'spread', spreadRatio),
  feature('moments', 'spread-z-as-normal', (known, i) => squeezed(spreadZ(known, i, 3)) / 2),
  feature('moments', 'spread-z-by-kurtosis', (known, i) => squeezed(known.changes.spread.z[i]) / 2),
  ...ofSets('moments', 'seen', ({ sets }, set, i) => {
    const { moments } = sets[set];
    return Math.log((seenIn(moments, i) + 0.5) / moments.cells) / 2;
  }),
  ...shape('skewness', 0, 6),
  ...shape('kurtosis', 3, 24),
  ...(['shift', 'rank', 'spread'] as const).flatMap((name) => beside('moments', name)),
  ...leftOf(MOST_CAUSES),
  feature('invariance', 'least-distance', ({ causes }, i) => squeezed(Math.min(...causes[i].distances)) / 4),
  ...beside('invariance', 'distance'),
  feature('partial', 'spread-given-all', (known, i) => {
    const [before, after] = known.sets.map(({ linear }) => linear.precision[i * (known.genes + 1)]);
    const error = Math.sqrt(2 / cellsOf(known, 0) + 2 / cellsOf(known, 1));
    return squeezed((spreadRatio(known, i) + Math.log(before / after)) / error) / 2;
  }),
  ...ofSets('partial', 'shift-given-all', ({ ownShift }, set, i) => squeezed(ownShift[set][i]) / 2),
  ...ofSets(
    'partial',
    'determined',
    ({ sets, genes }, set, i) => 1 - 1 / sets[set].linear.precision[i * (genes + 1)],
  ),
  ...ofSets(
    'moments',
    'cells',
    (known, set) => Math.log(Math.min(cellsOf(known, set), MOST_CELLS)) / 4 - 1.5,
  ),
  feature('moments', 'genes', ({ genes }) => Math.log(Math.min(genes, MOST_GENES)) / 4 - 0.7),
];
