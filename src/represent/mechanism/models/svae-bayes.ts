/**
 * svae-bayes, our own: shifts that are sparse in a rotated basis, with edges whose probabilities are learned.
 *
 * Gradients do the networks, statistics the graph. For some epochs every perturbation has a free shift, as in iVAE; the
 * latents are then right up to a rotation. From there on, after every epoch, with the cells' latents at hand:
 *
 *   1. S, the mean latents of each perturbation (least squares where cells have several), which is where the bound
 *      has its maximum;
 *   2. R, the rotation that makes S R sparse (`sparse-rotation`);
 *   3. a mixture of edges and none fitted to S R (`edge-mixture`): probability and size of each edge;
 *   4. the prior of the cells in the next epochs: probability × shift, rotated back.
 *
 * So a perturbation's cells are drawn to few latents, encoder and decoder follow, and the next S is sparser. No masks
 * are sampled, no strength of sparsity is set by hand.
 */
import { less, matmul, type Scope, type Tensor, transpose, where } from '../../../compute/index.js';
import { gemm, identity } from '../../../linalg/index.js';
import { fitEdges } from '../edge-mixture.js';
import { type MechanismModel, tableOf } from '../model.js';
import { type ShiftSizes, shiftOf, shiftTable } from '../shifts.js';
import { sparseRotation } from '../sparse-rotation.js';
import { minusBound } from './without-shifts.js';

/** Random starts of the first rotation; later ones begin at the one before. */
const RESTARTS = 10;
/** Times the learning rate, for the free shifts of the first epochs: they have far to go. */
const SHIFT_RATE = 30;

/** Epochs from one look at the table of shifts to the next. */
const EVERY = 2;

const zeros = () => undefined;
const table = (scope: Scope, name: string, { perturbations, latent }: ShiftSizes): Tensor =>
  scope.state(name, [perturbations, latent], zeros);

/** R (latent, latent): the cells' latents times it are the mechanisms. */
const rotationOf = (scope: Scope, { latent }: ShiftSizes): Tensor =>
  scope.state('rotation', [latent, latent], (values) => values.set(identity(latent)));

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

  prior(scope, { label, warmUp }, sizes) {
    // what is told of the edges; kept with the weights, read by no graph
    table(scope, 'edge_probability', sizes);
    table(scope, 'edge_shift', sizes);
    const known = matmul(table(scope, 'prior_shift', sizes), transpose(rotationOf(scope, sizes)));
    return shiftOf(label, where(less(warmUp, 1), shiftTable(scope, sizes), known));
  },

  loss: (_scope, terms, settings) => minusBound(terms, settings),

  basis: (scope, sizes) => rotationOf(scope, sizes),

  async betweenEpochs({ epoch, settings, sizes, random, store, evidence }) {
    const { klWarmUp, epochs } = settings;
    const since = epoch - klWarmUp;
    if (epoch !== epochs && (since < 0 || since % EVERY !== 0)) return;
    const { shift, variance, seen } = await evidence();
    const { latent } = sizes;
    const { rotation, rotated } = sparseRotation(shift, latent, {
      start: Float64Array.from((await store.get('rotation')) as Float32Array),
      restarts: since <= 0 ? RESTARTS : 0,
      random: random.split('rotation'),
    });
    const edges = fitEdges(rotated, variance);
    const mean = edges.probability.map((p, i) => p * edges.shift[i]);
    store.replace('rotation', Float32Array.from(rotation));
    store.replace('prior_shift', ofAll(mean, seen, sizes));
    store.replace('edge_probability', ofAll(edges.probability, seen, sizes));
    store.replace('edge_shift', ofAll(edges.shift, seen, sizes));
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

/** Rows of the perturbations that have cells, among zeros for the others: nothing is known of them. */
function ofAll(values: Float64Array, seen: readonly number[], { perturbations, latent }: ShiftSizes) {
  const all = new Float32Array(perturbations * latent);
  seen.forEach((perturbation, row) => {
    all.set(values.subarray(row * latent, (row + 1) * latent), perturbation * latent);
  });
  return all;
}
