/**
 * What the network is shown of a control and a perturbed set: features of each gene and of each gene with each of its
 * neighbours, those that it depends on most. Permuting the genes permutes it; the batches of FCI, where asked for, are drawn.
 */
import type { DenseMatrix } from '../../data/index.js';
import type { Random } from '../../random/index.js';
import { rankSum } from '../../stats/index.js';
import { explain } from './causes.js';
import { fciEstimates, fciFeatures } from './fci-features.js';
import type { Known, SetEvidence } from './known.js';
import { level } from './level.js';
import type { Moments } from './moments.js';
import { changesOfGenes, MOST_CAUSES, NODE_FEATURES } from './node-features.js';
import { orderOf, shareAmong } from './order.js';
import { PAIR_FEATURES } from './pair-features.js';
import { type PairEvidence, pairEvidence } from './pairs.js';
import { linearDependence } from './precision.js';
import { robust } from './residuals.js';

/** Of a gene, at most; with one more gene than this they are all others. */
export const NEIGHBOURS = 20;
/** Candidates for the causes of a gene: the first of its neighbours. */
const CANDIDATES = 8;
const SEARCH = { exhaustive: 2, greedy: MOST_CAUSES };

export interface Evidence {
  readonly genes: number;
  /** K: neighbours of every gene. */
  readonly degree: number;
  /** (genes, K): the nearest first. */
  readonly neighbours: Int32Array;
  /** (genes, `NODE_FEATURES.length`) */
  readonly nodes: Float32Array;
  /** (genes, K, `PAIR_FEATURES.length`) */
  readonly pairs: Float32Array;
  /** (genes, K, `FCI_FEATURES.length`) where both sets have estimates. */
  readonly fci?: Float32Array;
}

/** What has to be worked out. */
export interface EvidenceWanted {
  /** Of a gene, at most. */
  readonly neighbours: number;
  readonly fci: boolean;
}
export const USUAL_EVIDENCE: EvidenceWanted = { neighbours: NEIGHBOURS, fci: false };

/** `fci`: the cells themselves and a stream of random numbers, for FCI's estimates. */
export function setEvidence(
  moments: Moments,
  fci?: { readonly cells: DenseMatrix; readonly random: Random },
): SetEvidence {
  const linear = linearDependence(moments);
  return {
    moments,
    linear,
    ...(fci && { estimates: fciEstimates(fci.cells, linear.correlation, fci.random) }),
  };
}

/** `neighbours`: of a gene, at most. */
export function evidenceOf(control: SetEvidence, perturbed: SetEvidence, neighbours = NEIGHBOURS): Evidence {
  const { genes } = control.moments;
  const both = together(control.moments, perturbed.moments);
  const sets = [control, perturbed] as const;
  const pairs = pairEvidence(control.moments, perturbed.moments, both);
  const degree = Math.min(genes - 1, neighbours);
  const { order, ties } = orderOf(sets);
  const nearest = nearestOf(sets, pairs, order, degree);
  const candidates = Math.min(degree, CANDIDATES);
  const inclusion = new Float64Array(genes * genes);
  const causes = Array.from({ length: genes }, (_, i) => {
    const first = nearest.subarray(i * degree, i * degree + candidates);
    const found = explain(i, first, [control.moments, perturbed.moments, both], SEARCH);
    for (const [c, j] of first.entries()) inclusion[i * genes + j] = found.inclusion[c];
    return robust(i, first, [control.moments, perturbed.moments], found);
  });
  shareAmong(ties, inclusion, genes);
  const ownShift = [control, perturbed].map((set) => ownShiftOf(set, control.moments, perturbed.moments));
  const ofGenes = { genes, sets, causes, ranks: ranksOf(sets) };
  const changes = changesOfGenes(ofGenes);
  const features = featuresOf(
    { ...ofGenes, changes, pairs, inclusion, ownShift: [ownShift[0], ownShift[1]] },
    nearest,
    degree,
  );
  if (!control.estimates || !perturbed.estimates) return features;
  return { ...features, fci: fciFeatures([control.estimates, perturbed.estimates], nearest, degree) };
}

function featuresOf(known: Known, neighbours: Int32Array, degree: number): Evidence {
  const { genes } = known;
  const nodes = new Float32Array(genes * NODE_FEATURES.length);
  const pairs = new Float32Array(genes * degree * PAIR_FEATURES.length);
  let [atNode, atPair] = [0, 0];
  for (let i = 0; i < genes; i++) {
    for (const { value } of NODE_FEATURES) nodes[atNode++] = value(known, i);
    for (let k = 0; k < degree; k++) {
      const j = neighbours[i * degree + k];
      for (const { value } of PAIR_FEATURES) pairs[atPair++] = value(known, i, j);
    }
  }
  return { genes, degree, neighbours, nodes, pairs };
}

function ranksOf([control, perturbed]: readonly [SetEvidence, SetEvidence]): Known['ranks'] {
  return perturbed.moments.sorted.map((runs, i) => {
    const { z, excess } = rankSum(runs, control.moments.sorted[i], { tieCorrection: true });
    return { z, effect: (2 * excess) / (control.moments.cells * perturbed.moments.cells) };
  });
}

function together(a: Moments, b: Moments): Moments {
  const products = a.products.map((value, at) => value + b.products[at]);
  return { ...a, cells: a.cells + b.cells, products };
}

/** (genes): Σ_j Θ_ij δ_j / √(Θ_ii (1/n₀ + 1/n₁)), δ the change of the means in deviations of the set. */
function ownShiftOf({ moments, linear }: SetEvidence, control: Moments, perturbed: Moments): Float64Array {
  const { genes, variance } = moments;
  const apart = control.mean.map((mean, i) =>
    variance[i] > 0 ? (perturbed.mean[i] - mean) / Math.sqrt(variance[i]) : 0,
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
 * how little of its change is left once they are known. Equal ones come in the order of the cells' values, not of the genes.
 */
function nearestOf(
  sets: readonly [SetEvidence, SetEvidence],
  pairs: PairEvidence,
  order: Int32Array,
  degree: number,
): Int32Array {
  const { genes } = sets[0].moments;
  const [explained0, explained1] = pairs.explained;
  const [partial0, partial1] = sets.map(({ linear }) => linear.partial);
  const out = new Int32Array(genes * degree);
  const near = new Float64Array(genes);
  for (let i = 0; i < genes; i++) {
    const ordered = [
      (at: number) => Math.max(explained0[at], explained1[at]),
      (at: number) => Math.max(Math.abs(partial0[at]), Math.abs(partial1[at])),
      (at: number) => -pairs.distance[at],
    ].map((of) => {
      for (let j = 0; j < genes; j++) near[j] = j === i ? Number.NEGATIVE_INFINITY : level(of(i * genes + j));
      return largest(near, order, degree);
    });
    const taken = new Set<number>();
    for (let place = 0; taken.size < degree; place++) {
      for (const next of ordered) if (taken.size < degree) taken.add(next[place]);
    }
    out.set([...taken], i * degree);
  }
  return out;
}

/** Places of the `count` largest values, the largest first, of equal ones the first in `order`. */
function largest(values: Float64Array, order: Int32Array, count: number): Int32Array {
  const places = new Int32Array(count);
  let filled = 0;
  for (const j of order) {
    if (filled === count && !(values[j] > values[places[count - 1]])) continue;
    let place = filled < count ? filled++ : count - 1;
    for (; place > 0 && values[j] > values[places[place - 1]]; place--) places[place] = places[place - 1];
    places[place] = j;
  }
  return places;
}
