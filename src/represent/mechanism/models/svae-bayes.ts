/**
 * svae-bayes, our own: shifts that are sparse in a rotated basis, with edges whose probabilities are learned.
 *
 * Gradients do the networks, statistics the graph. For some epochs every perturbation has a free shift, as in iVAE; the
 * latents are then right up to a rotation. From there on, every few epochs, with the cells' latents at hand:
 *
 *   1. S, the mean latents of each perturbation (least squares where cells have several), which is where the bound
 *      has its maximum;
 *   2. R, the rotation that makes S R sparse (`sparse-rotation`), and the origin, what most shifts have in common, near
 *      where untreated cells are: as near as their number says;
 *   3. a mixture of edges and none fitted to S R (`edge-mixture`): probability and size of each edge;
 *   4. the prior of the cells in the next epochs: probability × shift, rotated back.
 *
 * So a perturbation's cells are drawn to few latents, encoder and decoder follow, and the next S is sparser. No masks
 * are sampled, no strength of sparsity is set by hand.
 */
import { add, less, matmul, type Scope, type Tensor, transpose, where } from '../../../compute/index.js';
import { gemm, identity } from '../../../linalg/index.js';
import type { Random } from '../../../random/index.js';
import { fitEdges } from '../edge-mixture.js';
import { type Basis, type MechanismModel, type ShiftEvidence, tableOf } from '../model.js';
import { shiftVariance } from '../shift-evidence.js';
import { type ShiftSizes, shiftOf, shiftTable } from '../shifts.js';
import { sparseRotation } from '../sparse-rotation.js';
import { minusBound } from './without-shifts.js';

/** What counts as a large shift, where nothing is known yet: the spread of the latents around a shift, and parts of it. */
const FIRST_UNITS = [1, 0.5, 0.25];
/** What counts as large later: so many times the spread of what is no edge, and no less than this. */
const UNIT_OF_NULL = 3;
const LEAST_UNIT = 0.1;
/** Random starts of the first rotation; later ones begin at the one before. */
const RESTARTS = 10;
/** Times the learning rate, for the free shifts of the first epochs: they have far to go. */
const SHIFT_RATE = 30;

/**
 * What is no edge is taken to spread at least so much of an effect at first, less and less over this part of the looks:
 * before the networks follow, every shift leaks into latents that it does not belong to, and what is once called an edge
 * stays one.
 */
const LEAK = 0.2;
const LEAKY = 0.7;
/** Looks at the table of shifts, about so many. */
const LOOKS = 20;

const zeros = () => undefined;
const table = (scope: Scope, name: string, { perturbations, latent }: ShiftSizes): Tensor =>
  scope.state(name, [perturbations, latent], zeros);

/** At first the networks' own axes. */
const basisOf = (scope: Scope, { latent }: ShiftSizes): Basis => ({
  rotation: scope.state('rotation', [latent, latent], (values) => values.set(identity(latent))),
  origin: scope.state('origin', [latent], zeros),
});

export const svaeBayes: MechanismModel = {
  name: 'svae-bayes',
  summary: 'few latents a perturbation, in the basis that makes them few; edges with probabilities (ours)',
  defaults: {
    hidden: 256,
    dropout: 0,
    covariance: 'full',
    epochs: 60,
    batchSize: 256,
    learningRate: 2.5e-3,
    schedule: 'cosine',
    shiftRate: SHIFT_RATE,
    adamEpsilon: 1e-8,
    weightDecay: 0,
    klWarmUp: 20,
    patience: null,
  },
  steps: 8500,

  prior(scope, { label, warmUp }, sizes) {
    // what is told of the edges; kept with the weights, read by no graph
    table(scope, 'edge_probability', sizes);
    table(scope, 'edge_shift', sizes);
    scope.state('edge_mixture', [4], zeros);
    const known = matmul(table(scope, 'prior_shift', sizes), transpose(basisOf(scope, sizes).rotation));
    const shifts = shiftOf(label, where(less(warmUp, 1), shiftTable(scope, sizes), known));
    return add(shifts, basisOf(scope, sizes).origin);
  },

  loss: (_scope, terms, settings) => minusBound(terms, settings),

  basis: basisOf,

  async betweenEpochs({ epoch, settings, sizes, random, store, evidence }) {
    const { klWarmUp, epochs } = settings;
    const every = Math.max(1, Math.round((epochs - klWarmUp) / LOOKS));
    if (epoch !== epochs && (epoch < klWarmUp || (epoch - klWarmUp) % every !== 0)) return;
    const { latent } = sizes;
    const found = await evidence();
    const { seen, untreated } = found;
    if (seen.length === 0) return;
    const known = ((await store.get('edge_mixture')) as Float32Array)[1];
    const { rotation, origin, edges } = sparsest(found, latent, {
      units: known > 0 ? [Math.max(LEAST_UNIT, UNIT_OF_NULL * known)] : FIRST_UNITS,
      start: Float64Array.from((await store.get('rotation')) as Float32Array),
      restarts: known > 0 ? 0 : RESTARTS,
      random: random.split('rotation'),
      leak: LEAK * Math.max(0, 1 - (epoch - klWarmUp) / (LEAKY * Math.max(1, epochs - klWarmUp))),
    });
    const mean = edges.probability.map((p, i) => p * edges.shift[i]);
    // what was found of the origin is along the new axes, and beyond the one there was
    const further = gemm({ m: 1, n: latent, k: latent, a: origin, b: rotation, transposeB: true });
    const before = (await store.get('origin')) as Float32Array;
    store.replace(
      'origin',
      before.map((value, j) => value + untreated.mean[j] + further[j]),
    );
    store.replace('rotation', Float32Array.from(rotation));
    store.replace('prior_shift', ofAll(mean, seen, sizes));
    store.replace('edge_probability', ofAll(edges.probability, seen, sizes));
    store.replace('edge_shift', ofAll(edges.shift, seen, sizes));
    const { share, nullSpread, effect, effectSpread } = edges.mixture;
    store.replace('edge_mixture', Float32Array.of(share, nullSpread, effect, effectSpread));
  },

  means(weights, { perturbations, latent }) {
    const [a, b] = [tableOf(weights, 'prior_shift'), tableOf(weights, 'rotation')];
    return gemm({ m: perturbations, n: latent, k: latent, a, b, transposeB: true });
  },

  graph: (weights) => ({
    probability: tableOf(weights, 'edge_probability'),
    shift: tableOf(weights, 'edge_shift'),
  }),
};

interface Search {
  /** Of `fitEdges`. */
  readonly leak: number;
  readonly units: readonly number[];
  readonly start: Float64Array;
  readonly restarts: number;
  readonly random: Random;
}

/** Of the rotations that are best for each unit, the one that the mixture of edges explains best. */
function sparsest(evidence: ShiftEvidence, latent: number, search: Search) {
  const { shift, common, spread, untreated } = evidence;
  const table = shift.map(
    (value, at) => value - common[Math.floor(at / latent)] * untreated.mean[at % latent],
  );
  // the same in all directions, so that it says nothing of the rotation
  const meanSpread = identity(latent).reduce((sum, one, at) => sum + one * spread[at], 0) / latent;
  const origin = { variance: meanSpread / untreated.cells, common };
  const found = search.units.map((unit) => {
    const turned = sparseRotation(table, latent, { ...search, unit, origin });
    const edges = fitEdges(turned.rotated, shiftVariance(evidence, turned.rotation), search.leak);
    return { rotation: turned.rotation, origin: turned.origin, edges };
  });
  return found.reduce((best, one) => (one.edges.logLikelihood > best.edges.logLikelihood ? one : best));
}

/** Rows of the perturbations that have cells, among zeros for the others: nothing is known of them. */
function ofAll(values: Float64Array, seen: readonly number[], { perturbations, latent }: ShiftSizes) {
  const all = new Float32Array(perturbations * latent);
  seen.forEach((perturbation, row) => {
    all.set(values.subarray(row * latent, (row + 1) * latent), perturbation * latent);
  });
  return all;
}
