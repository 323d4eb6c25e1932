/**
 * What the network is shown of a control and a perturbed set: numbers of each gene and of each gene with each of its
 * neighbours, without units, in standard errors where a change is meant, on a scale that a network likes. Its neighbours
 * are the genes that it depends on most; up to `NEIGHBOURS` + 1 genes they are all others.
 */
import { type Explanation, explain } from './causes.js';
import { distanceOf } from './invariance.js';
import type { Moments } from './moments.js';
import { type PairEvidence, pairEvidence } from './pairs.js';
import { type LinearDependence, linearDependence } from './precision.js';

export const NEIGHBOURS = 20;
/** Candidates for the causes of a gene: the first of its neighbours. */
const CANDIDATES = 8;
const SEARCH = { exhaustive: 2, greedy: 4 };

/** Groups of pair features, as the variants of the network choose them. */
export type PairGroup = 'correlation' | 'covariance' | 'partial' | 'invariance';

export interface Evidence {
  readonly genes: number;
  /** K: of every gene. */
  readonly degree: number;
  /** (genes, K) */
  readonly neighbours: Int32Array;
  /** (genes, `NODE_FEATURES.length`) */
  readonly nodes: Float32Array;
  /** (genes, K, `PAIR_FEATURES.length`) */
  readonly pairs: Float32Array;
}

/** Of one set, what does not depend on the other. */
export interface SetEvidence {
  readonly moments: Moments;
  readonly linear: LinearDependence;
}

export const setEvidence = (moments: Moments): SetEvidence => ({
  moments,
  linear: linearDependence(moments),
});

/** Everything there is to say of the pair of sets. */
interface Known {
  readonly sets: readonly [SetEvidence, SetEvidence];
  readonly pairs: PairEvidence;
  readonly causes: readonly Explanation[];
  /** (genes, genes): from `Explanation.inclusion`. */
  readonly inclusion: Float64Array;
  /** By set (genes): the mean shift that others do not explain, by the set's own dependences, in standard errors. */
  readonly ownShift: readonly [Float64Array, Float64Array];
}

interface PairFeature {
  readonly name: string;
  readonly group: PairGroup;
  /** Of which set, or of the change from one to the other. */
  readonly of: 'control' | 'perturbed' | 'change';
  readonly value: (known: Known, i: number, j: number) => number;
}

/** Keeps the sign; 1 stays about 0.7, a thousand becomes 7. */
const squeezed = (z: number): number => Math.sign(z) * Math.log1p(Math.abs(z));

const fisher = (r: number, cells: number): number =>
  Math.atanh(Math.min(0.9999, Math.max(-0.9999, r))) * Math.sqrt(Math.max(cells - 3, 0));

const SETS = ['control', 'perturbed'] as const;

function ofSets(
  name: string,
  group: PairGroup,
  value: (known: Known, set: 0 | 1, i: number, j: number) => number,
): PairFeature[] {
  return SETS.map((of, set) => ({
    name: `${name}-${of}`,
    group,
    of,
    value: (known, i, j) => value(known, set as 0 | 1, i, j),
  }));
}

const change = (name: string, group: PairGroup, value: PairFeature['value']): PairFeature => ({
  name,
  group,
  of: 'change',
  value,
});

const n = (known: Known): number => known.sets[0].moments.genes;
const cells = (known: Known, set: 0 | 1): number => known.sets[set].moments.cells;

function linearFeatures(group: 'correlation' | 'partial'): PairFeature[] {
  const r = (known: Known, set: 0 | 1, i: number, j: number) =>
    known.sets[set].linear[group][i * n(known) + j];
  const z = (known: Known, set: 0 | 1, i: number, j: number) =>
    fisher(r(known, set, i, j), cells(known, set));
  return [
    ...ofSets(group, group, r),
    ...ofSets(`${group}-z`, group, (...of) => squeezed(z(...of)) / 2),
    change(`${group}-change`, group, (known, i, j) => {
      const [a, b] = [Math.max(cells(known, 0) - 3, 1), Math.max(cells(known, 1) - 3, 1)];
      const apart = z(known, 1, i, j) / Math.sqrt(b) - z(known, 0, i, j) / Math.sqrt(a);
      return squeezed(apart / Math.sqrt(1 / a + 1 / b)) / 2;
    }),
  ];
}

/** Of (i, j) and, where it differs, of (j, i). */
function bothWays(name: string, value: (known: Known, at: number) => number): PairFeature[] {
  return [
    change(name, 'invariance', (known, i, j) => value(known, i * n(known) + j)),
    change(`${name}-back`, 'invariance', (known, i, j) => value(known, j * n(known) + i)),
  ];
}

function covarianceOf({ moments }: SetEvidence, i: number, j: number): number {
  const { products, width, cells: count, mean } = moments;
  return products[(1 + i) * width + 1 + j] / count - mean[i] * mean[j];
}

export const PAIR_FEATURES: readonly PairFeature[] = [
  ...linearFeatures('correlation'),
  ...linearFeatures('partial'),
  ...ofSets('covariance', 'covariance', (known, set, i, j) => squeezed(covarianceOf(known.sets[set], i, j))),
  change('covariance-change', 'covariance', (known, i, j) => {
    const spread = [0, 1].map((s) => {
      const { moments, linear } = known.sets[s];
      const r = linear.correlation[i * n(known) + j];
      return (moments.variance[i] * moments.variance[j] * (1 + r * r)) / moments.cells;
    });
    const apart = covarianceOf(known.sets[1], i, j) - covarianceOf(known.sets[0], i, j);
    return spread[0] + spread[1] > 0 ? squeezed(apart / Math.sqrt(spread[0] + spread[1])) / 2 : 0;
  }),
  ...ofSets('explained', 'invariance', (known, s, i, j) => known.pairs.explained[s][i * n(known) + j]),
  ...ofSets('explained-back', 'invariance', (known, s, i, j) => known.pairs.explained[s][j * n(known) + i]),
  ...ofSets(
    'curvature',
    'invariance',
    (known, s, i, j) => squeezed(known.pairs.curvature[s][i * n(known) + j]) / 3,
  ),
  ...ofSets(
    'curvature-back',
    'invariance',
    (known, s, i, j) => squeezed(known.pairs.curvature[s][j * n(known) + i]) / 3,
  ),
  ...bothWays('coefficients', (known, at) => squeezed(known.pairs.coefficients[at]) / 2),
  ...bothWays('variance', (known, at) => squeezed(known.pairs.variance[at]) / 2),
  ...bothWays('inclusion', (known, at) => known.inclusion[at]),
];

interface NodeFeature {
  readonly name: string;
  readonly value: (known: Known, i: number) => number;
}

const node = (name: string, value: NodeFeature['value']): NodeFeature => ({ name, value });

/** A moment in each set and its change in standard errors, which are sqrt(`spread` / cells). */
function shape(name: 'skewness' | 'kurtosis', usual: number, spread: number): NodeFeature[] {
  const of = (known: Known, s: 0 | 1, i: number) => squeezed(known.sets[s].moments[name][i] - usual);
  return [
    ...SETS.map((set, s) => node(`${name}-${set}`, (known, i) => of(known, s as 0 | 1, i))),
    node(`${name}-change`, (known, i) => {
      const error = Math.sqrt(spread / cells(known, 0) + spread / cells(known, 1));
      return squeezed((of(known, 1, i) - of(known, 0, i)) / error) / 2;
    }),
  ];
}

const errorOfMean = ({ sets }: Known, i: number): number =>
  Math.sqrt(
    sets[0].moments.variance[i] / sets[0].moments.cells + sets[1].moments.variance[i] / sets[1].moments.cells,
  );

const logRatio = (above: number, below: number): number => Math.log((above + 1e-6) / (below + 1e-6));

export const NODE_FEATURES: readonly NodeFeature[] = [
  node('shift', ({ sets }, i) => squeezed(sets[1].moments.mean[i] - sets[0].moments.mean[i])),
  node('shift-z', (known, i) => {
    const error = errorOfMean(known, i);
    const apart = known.sets[1].moments.mean[i] - known.sets[0].moments.mean[i];
    return error > 0 ? squeezed(apart / error) / 2 : 0;
  }),
  node('spread', ({ sets }, i) => logRatio(sets[1].moments.variance[i], sets[0].moments.variance[i])),
  ...['normal', 'own'].map((kind) =>
    node(`spread-z-${kind}`, ({ sets }, i) => {
      // Var(log s²) = (kurtosis − 1) / cells
      const error = sets.map(({ moments }) => {
        return ((kind === 'own' ? Math.max(moments.kurtosis[i], 1.5) : 3) - 1) / moments.cells;
      });
      const ratio = logRatio(sets[1].moments.variance[i], sets[0].moments.variance[i]);
      return squeezed(ratio / Math.sqrt(error[0] + error[1])) / 2;
    }),
  ),
  ...shape('skewness', 0, 6),
  ...shape('kurtosis', 3, 24),
  ...Array.from({ length: SEARCH.greedy + 1 }, (_, size) => [
    node(`coefficients-${size}`, ({ causes }, i) => squeezed(causes[i].best[size].coefficients) / 2),
    node(`variance-${size}`, ({ causes }, i) => squeezed(causes[i].best[size].variance) / 2),
    node(`distance-${size}`, ({ causes }, i) => squeezed(causes[i].distances[size]) / 4),
  ]).flat(),
  node('least-distance', ({ causes }, i) => squeezed(Math.min(...causes[i].distances)) / 4),
  node('given-all-spread', (known, i) => {
    const [a, b] = known.sets.map(({ linear }) => linear.precision[i * (n(known) + 1)]);
    const [v0, v1] = known.sets.map(({ moments }) => moments.variance[i]);
    const error = Math.sqrt(2 / cells(known, 0) + 2 / cells(known, 1));
    return squeezed((logRatio(v1, v0) + Math.log(a / b)) / error) / 2;
  }),
  ...SETS.map((set, s) => node(`given-all-shift-${set}`, (known, i) => squeezed(known.ownShift[s][i]) / 2)),
  ...SETS.map((set, s) =>
    node(`determined-${set}`, (known, i) => 1 - 1 / known.sets[s].linear.precision[i * (n(known) + 1)]),
  ),
  ...SETS.map((set, s) => node(`cells-${set}`, (known) => Math.log(cells(known, s as 0 | 1)) / 4 - 1.5)),
  node('genes', (known) => Math.log(n(known)) / 4 - 0.7),
];

/** The evidence of a perturbed set beside its control. Symmetric in the genes: permuting them permutes it. */
export function evidenceOf(control: SetEvidence, perturbed: SetEvidence): Evidence {
  const { genes } = control.moments;
  const both = together(control.moments, perturbed.moments);
  const sets = [control, perturbed] as const;
  const pairs = pairEvidence(control.moments, perturbed.moments, both);
  const degree = Math.min(genes - 1, NEIGHBOURS);
  const neighbours = neighboursOf(sets, pairs, degree);
  const candidates = Math.min(degree, CANDIDATES);
  const inclusion = new Float64Array(genes * genes);
  const causes = Array.from({ length: genes }, (_, i) => {
    const first = neighbours.subarray(i * degree, i * degree + candidates);
    const found = explain(i, first, [control.moments, perturbed.moments, both], SEARCH);
    for (const [c, j] of first.entries()) inclusion[i * genes + j] = found.inclusion[c];
    return found;
  });
  const ownShift = sets.map((set) => ownShiftOf(set, control.moments, perturbed.moments));
  const known: Known = { sets, pairs, causes, inclusion, ownShift: [ownShift[0], ownShift[1]] };

  const nodes = new Float32Array(genes * NODE_FEATURES.length);
  const values = new Float32Array(genes * degree * PAIR_FEATURES.length);
  let at = 0;
  for (let i = 0; i < genes; i++) {
    NODE_FEATURES.forEach(({ value }, f) => {
      nodes[i * NODE_FEATURES.length + f] = value(known, i);
    });
    for (let k = 0; k < degree; k++) {
      const j = neighbours[i * degree + k];
      for (const { value } of PAIR_FEATURES) values[at++] = value(known, i, j);
    }
  }
  return { genes, degree, neighbours, nodes, pairs: values };
}

function together(a: Moments, b: Moments): Moments {
  const products = a.products.map((value, at) => value + b.products[at]);
  return { ...a, cells: a.cells + b.cells, products };
}

/** (genes): Σ_j Θ_ij δ_j / √(Θ_ii (1/n₀ + 1/n₁)), δ the change of the means in deviations of the set. */
function ownShiftOf({ moments, linear }: SetEvidence, control: Moments, perturbed: Moments): Float64Array {
  const { genes } = moments;
  const apart = control.mean.map((m, i) =>
    moments.variance[i] > 0 ? (perturbed.mean[i] - m) / Math.sqrt(moments.variance[i]) : 0,
  );
  const error = Math.sqrt(1 / control.cells + 1 / perturbed.cells);
  return Float64Array.from({ length: genes }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < genes; j++) sum += linear.precision[i * genes + j] * apart[j];
    return sum / (Math.sqrt(linear.precision[i * (genes + 1)]) * error);
  });
}

/**
 * (genes, degree): in turn the gene's next in three orders, by what they explain of it, by partial correlation, and by
 * how little of its change is left once they are known.
 */
function neighboursOf(
  sets: readonly [SetEvidence, SetEvidence],
  pairs: PairEvidence,
  degree: number,
): Int32Array {
  const { genes } = sets[0].moments;
  const out = new Int32Array(genes * degree);
  for (let i = 0; i < genes; i++) {
    const others = Array.from({ length: genes }, (_, j) => j).filter((j) => j !== i);
    const ordered = [
      (j: number) => Math.max(...pairs.explained.map((matrix) => matrix[i * genes + j])),
      (j: number) => Math.max(...sets.map(({ linear }) => Math.abs(linear.partial[i * genes + j]))),
      (j: number) => -pairs.distance[i * genes + j],
    ].map((of) => [...others].sort((a, b) => of(b) - of(a)));
    const taken = new Set<number>();
    for (let place = 0; taken.size < degree; place++) {
      for (const order of ordered) if (taken.size < degree) taken.add(order[place]);
    }
    out.set([...taken], i * degree);
  }
  return out;
}
