/**
 * Numbers of an ordered pair of genes: how i depends on j in each set, and whether j explains what happened to i.
 * Without units; changes in standard errors.
 */
import {
  cellsOf,
  type FeatureGroup,
  type Known,
  SET_NAMES,
  type SetEvidence,
  squeezed,
  type WhichSet,
} from './known.js';

export interface PairFeature {
  readonly name: string;
  readonly group: FeatureGroup;
  /** Of which set, or of the change from one to the other. */
  readonly of: 'control' | 'perturbed' | 'change';
  readonly value: (known: Known, i: number, j: number) => number;
}

/** One feature a set. */
const ofSets = (
  name: string,
  group: FeatureGroup,
  value: (known: Known, set: WhichSet, i: number, j: number) => number,
): PairFeature[] =>
  SET_NAMES.map((of, set) => ({
    name: `${name}-${of}`,
    group,
    of,
    value: (known, i, j) => value(known, set as WhichSet, i, j),
  }));

const ofChange = (name: string, group: FeatureGroup, value: PairFeature['value']): PairFeature => ({
  name,
  group,
  of: 'change',
  value,
});

/** Of (i, j), and of (j, i). */
const bothWays = (name: string, value: (known: Known, at: number) => number): PairFeature[] => [
  ofChange(name, 'invariance', (known, i, j) => value(known, i * known.genes + j)),
  ofChange(`${name}-back`, 'invariance', (known, i, j) => value(known, j * known.genes + i)),
];

const ofSetsBothWays = (
  name: string,
  value: (known: Known, set: WhichSet, at: number) => number,
): PairFeature[] => [
  ...ofSets(name, 'invariance', (known, set, i, j) => value(known, set, i * known.genes + j)),
  ...ofSets(`${name}-back`, 'invariance', (known, set, i, j) => value(known, set, j * known.genes + i)),
];

const fisher = (r: number): number => Math.atanh(Math.min(0.9999, Math.max(-0.9999, r)));

function correlations(group: 'correlation' | 'partial'): PairFeature[] {
  const r = ({ sets, genes }: Known, set: WhichSet, i: number, j: number) =>
    sets[set].linear[group][i * genes + j];
  const precision = (known: Known, set: WhichSet) => Math.max(cellsOf(known, set) - 3, 1);
  return [
    ...ofSets(group, group, r),
    ...ofSets(`${group}-z`, group, (known, set, i, j) => {
      return squeezed(fisher(r(known, set, i, j)) * Math.sqrt(precision(known, set))) / 2;
    }),
    ofChange(`${group}-change`, group, (known, i, j) => {
      const apart = fisher(r(known, 1, i, j)) - fisher(r(known, 0, i, j));
      return squeezed(apart / Math.sqrt(1 / precision(known, 0) + 1 / precision(known, 1))) / 2;
    }),
  ];
}

function covarianceOf({ moments }: SetEvidence, i: number, j: number): number {
  const { products, width, cells, mean } = moments;
  return products[(1 + i) * width + 1 + j] / cells - mean[i] * mean[j];
}

/** Squared standard error of a covariance of normal variables. */
function covarianceError({ moments, linear }: SetEvidence, i: number, j: number): number {
  const r = linear.correlation[i * moments.genes + j];
  return (moments.variance[i] * moments.variance[j] * (1 + r * r)) / moments.cells;
}

export const PAIR_FEATURES: readonly PairFeature[] = [
  ...correlations('correlation'),
  ...correlations('partial'),
  ...ofSets('covariance', 'covariance', ({ sets }, set, i, j) => squeezed(covarianceOf(sets[set], i, j))),
  ofChange('covariance-change', 'covariance', ({ sets }, i, j) => {
    const error = Math.sqrt(covarianceError(sets[0], i, j) + covarianceError(sets[1], i, j));
    const apart = covarianceOf(sets[1], i, j) - covarianceOf(sets[0], i, j);
    return error > 0 ? squeezed(apart / error) / 2 : 0;
  }),
  ...ofSetsBothWays('explained', ({ pairs }, set, at) => pairs.explained[set][at]),
  ...ofSetsBothWays('curvature', ({ pairs }, set, at) => squeezed(pairs.curvature[set][at]) / 3),
  ...bothWays('coefficients', ({ pairs }, at) => squeezed(pairs.coefficients[at]) / 2),
  ...bothWays('variance', ({ pairs }, at) => squeezed(pairs.variance[at]) / 2),
  ...bothWays('inclusion', ({ inclusion }, at) => inclusion[at]),
];
