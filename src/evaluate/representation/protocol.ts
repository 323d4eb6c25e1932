/**
 * The benchmark of Lopez et al. 2023 (arXiv:2211.03553), section 4: cells are simulated, a model is trained on those of some
 * perturbations, its latents and graph are compared with the truth, and it is asked how likely the cells of the others
 * are once their shifts are known.
 *
 * As in the authors' program a model has parameters of every perturbation, also of those that it has no cells of: what
 * becomes of their edges is up to the penalty. ★ That program also binarises the masks and trains once more before it goes
 * on to held-out perturbations, and finds their shifts by gradients. Neither is needed here: shifts that the encoder's mean
 * latents give are where the bound is highest, see `MechanismRepresentation.transfer`.
 */
import { type Runtime, weightsOf } from '../../compute/index.js';
import {
  columnStrings,
  type DenseMatrix,
  dense,
  type NdArray,
  type PerturbationData,
  takeRows,
  type UnsDict,
} from '../../data/index.js';
import { DataError } from '../../errors.js';
import { Random } from '../../random/index.js';
import {
  type MechanismGraph,
  MechanismRepresentation,
  type MechanismSettings,
  mechanismSettings,
  mechanismTrainer,
  type PerturbedCells,
} from '../../represent/index.js';
import { graphRecovery } from './graph-recovery.js';
import { averageScores } from './label-averages.js';
import { linearR2 } from './linear-r2.js';
import { matchLatents, meanCorrelationCoefficient } from './matching.js';
import { meanKlOfLatents, type UdrRun } from './udr.js';

/** Simulated cells as the benchmark sees them. */
export interface BenchmarkCells {
  /** Of the perturbations that are trained on; labels count among all perturbations. */
  readonly train: PerturbedCells;
  /** True latents (nCells, d) of `train`. */
  readonly trainLatents: DenseMatrix;
  /** Of the held-out perturbations; labels count among those. */
  readonly heldOut: PerturbedCells;
  readonly heldOutLatents: DenseMatrix;
  /** The true graph (perturbations, d), of all perturbations. */
  readonly graph: DenseMatrix;
  /** Rows of `graph` that are trained on. */
  readonly trained: readonly number[];
  readonly genes: readonly string[];
}

export interface BenchmarkOptions {
  /** Name of a model of mechanisms. */
  readonly model: string;
  /** As `mechanismSettings` takes them. Latents: as many as are true, unless given. */
  readonly settings?: Partial<MechanismSettings>;
  /** Of the training and of what is sampled for the bound. Default 0. */
  readonly seed?: number;
  /** Samples of each held-out cell for its bound. Default 1000, as in the authors' program. */
  readonly particles?: number;
}

/** Columns as they are named in tables. NaN where a model has no such thing, or no perturbation is held out. */
export interface BenchmarkScores {
  /** On the cells of trained perturbations. */
  readonly pearson_mcc: number;
  readonly spearman_mcc: number;
  readonly r2: number;
  /** On the cells of held-out perturbations. */
  readonly held_out_pearson_mcc: number;
  readonly held_out_spearman_mcc: number;
  readonly held_out_r2: number;
  /** Of edges: latents matched by |correlation|, trained perturbations. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Of edges, as the authors' program counts: latents matched by signed correlation, all perturbations. */
  readonly signed_precision: number;
  readonly signed_recall: number;
  readonly signed_f1: number;
  /** Minus the importance-weighted bound of held-out cells in nats, mean over perturbations. */
  readonly interventional_nll: number;
  /** Of cells of trained perturbations that were held back, in nats a cell: higher is better. */
  readonly validation_elbo: number;
  /** Of training. */
  readonly seconds: number;
}

export interface BenchmarkRun {
  readonly scores: BenchmarkScores;
  readonly settings: MechanismSettings;
  /** What `udr` compares: latents of the first training cells, at most `UDR_CELLS`, which come in random order. */
  readonly sample: UdrRun;
}

const UDR_CELLS = 1000;

/**
 * What `simulateCells` made, taken apart. Throws DataError on cells without that truth, or where several perturbations
 * come together.
 */
export function benchmarkCells(data: PerturbationData): BenchmarkCells {
  const truth = data.uns.get('truth') as UnsDict | undefined;
  const latents = data.obsm.get('Z') as DenseMatrix | undefined;
  if (!truth?.has('graph') || latents?.kind !== 'dense') {
    throw new DataError("the benchmark needs simulated cells, with latents obsm['Z'] and uns['truth']");
  }
  if (truth.has('parts')) throw new DataError('the benchmark has no place for combinations; simulate none');
  const graph = truth.get('graph') as NdArray;
  const names = (truth.get('perturbations') as NdArray).values as readonly string[];
  const heldOut = (truth.get('held-out') as NdArray).values as readonly string[];
  const labels = columnStrings(data.obs.column('perturbation'));
  const held = new Set<string | null>(heldOut);
  const rowsWhere = (isHeldOut: boolean) =>
    Int32Array.from([...labels.keys()].filter((cell) => held.has(labels[cell]) === isHeldOut));
  const take = (rows: Int32Array, perturbations: readonly string[]): PerturbedCells => {
    const place = new Map<string | null, number>(perturbations.map((name, i) => [name, i]));
    return {
      X: takeRows(data.X, rows),
      labels: rows.map((cell) => place.get(labels[cell]) ?? -1),
      perturbations,
    };
  };
  const [trainRows, heldOutRows] = [rowsWhere(false), rowsWhere(true)];
  return {
    train: take(trainRows, names),
    trainLatents: takeRows(latents, trainRows) as DenseMatrix,
    heldOut: take(heldOutRows, heldOut),
    heldOutLatents: takeRows(latents, heldOutRows) as DenseMatrix,
    graph: dense(graph.shape[0], graph.shape[1], Float64Array.from(graph.values as ArrayLike<number>)),
    trained: [...names.keys()].filter((row) => !held.has(names[row])),
    genes: data.var.index,
  };
}

/** Trains a model on `cells` and scores it. The same seed gives the same scores, but for the seconds. */
export async function mechanismBenchmark(
  runtime: Runtime,
  cells: BenchmarkCells,
  { model, settings: given, seed = 0, particles = 1000 }: BenchmarkOptions,
): Promise<BenchmarkRun> {
  const settings = mechanismSettings(model, cells.train.X.nRows, { latent: cells.graph.nCols, ...given });
  const random = Random.fromSeed(seed).split('benchmark');
  const trainer = await mechanismTrainer(runtime, {
    model,
    settings,
    cells: cells.train,
    random: random.split('train'),
  });
  const begin = performance.now();
  const { store, history } = await trainer.fit();
  const seconds = (performance.now() - begin) / 1000;
  const weights = await weightsOf(store);
  store.dispose();
  await trainer.dispose();
  const config = { model, settings, perturbations: cells.train.perturbations, genes: cells.genes };
  const trained = new MechanismRepresentation(runtime, config, weights);
  const { mean, variance } = await trained.encode(cells.train.X);
  const { latent } = settings;
  const estimate = dense(cells.train.X.nRows, latent, mean);
  const matched = meanCorrelationCoefficient(cells.trainLatents, estimate);
  const scores = {
    pearson_mcc: matched.value,
    spearman_mcc: meanCorrelationCoefficient(cells.trainLatents, estimate, { kind: 'spearman' }).value,
    r2: linearR2(cells.trainLatents, estimate).value,
    ...edgeScores(cells, trained.graph(), latent, matched),
    ...(await heldOutScores(trained, cells, particles, random.split('particles'))),
    validation_elbo: history.at(-1)?.['valid.elbo'] ?? Number.NaN,
    seconds,
  };
  await trained.dispose();
  const n = Math.min(UDR_CELLS, estimate.nRows);
  const latents = dense(n, latent, mean.slice(0, n * latent));
  const kl = meanKlOfLatents(latents, dense(n, latent, variance.slice(0, n * latent)));
  return { scores, settings, sample: { latents, kl } };
}

function edgeScores(
  { graph, trained }: BenchmarkCells,
  found: MechanismGraph | null,
  latent: number,
  matched: ReturnType<typeof meanCorrelationCoefficient>,
) {
  const none = { precision: Number.NaN, recall: Number.NaN, f1: Number.NaN };
  const edges = found && dense(graph.nRows, latent, found.probability);
  const ours = edges ? graphRecovery(graph, edges, { matching: matched, rows: trained }) : none;
  const matching = matchLatents(matched.correlations, 'signed-correlation');
  const signed = edges ? graphRecovery(graph, edges, { matching }) : none;
  return {
    precision: ours.precision,
    recall: ours.recall,
    f1: ours.f1,
    signed_precision: signed.precision,
    signed_recall: signed.recall,
    signed_f1: signed.f1,
  };
}

async function heldOutScores(
  trained: MechanismRepresentation,
  { heldOut, heldOutLatents }: BenchmarkCells,
  particles: number,
  random: Random,
) {
  const nCells = heldOut.X.nRows;
  const none = Number.NaN;
  if (nCells === 0) {
    return {
      held_out_pearson_mcc: none,
      held_out_spearman_mcc: none,
      held_out_r2: none,
      interventional_nll: none,
    };
  }
  const { mean } = await trained.encode(heldOut.X);
  const estimate = dense(nCells, trained.latent, mean);
  const mcc = (kind: 'pearson' | 'spearman') =>
    meanCorrelationCoefficient(heldOutLatents, estimate, { kind }).value;
  const means = trained.graph() ? (await trained.transfer(heldOut)).shift : null;
  const bound = await trained.bound(heldOut, { particles, random, means });
  const labels = Array.from(heldOut.labels, (label) => heldOut.perturbations[label]);
  return {
    held_out_pearson_mcc: mcc('pearson'),
    held_out_spearman_mcc: mcc('spearman'),
    held_out_r2: linearR2(heldOutLatents, estimate).value,
    interventional_nll: -averageScores(bound, labels).overLabels,
  };
}
