/** Training of DCDI: batches of cells, validation, the multipliers, and the graph made acyclic for the last steps. */
import {
  drawNoise,
  minimise,
  type NoiseInput,
  Program,
  type Runtime,
  rmsprop,
  Scope,
  Store,
  type Values,
  zerosOf,
} from '../../compute/index.js';
import { InterruptedError, NumericalError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import type { TargetRun } from '../method.js';
import { acyclicEdges } from './acyclicity.js';
import type { DcdiOptions } from './dcdi-options.js';
import { type DcdiPenalties, type DcdiShape, dcdiLoss } from './model.js';
import { scheduled, validated } from './multipliers.js';
import type { Regimes } from './regimes.js';

export interface TrainedDcdi {
  /** (nRegimes, d): probability that the regime leaves the gene alone. */
  readonly untouched: Float64Array;
  /** (d, d): probability of the edge from column to row. */
  readonly edges: Float64Array;
  /** Whether the likely edges had no cycles; else the least likely edges of cycles were taken out. */
  readonly acyclic: boolean;
}

/** Below this share of the constraint of a full graph there are no cycles. */
const ACYCLIC = 1e-8;
/** Share of cells held out, and at most so many. */
const HELD_OUT = 0.2;
const MOST_HELD_OUT = 1000;
/** Share of the steps by which the graph has to be settled. */
const GRAPH_STEPS = 0.6;
/** Logits of targets stay within this while the graph is not settled, so that they can turn back. */
const REACH = 4;
/** Logit of an edge that is settled: its drawn value never changes, its derivative is 0. */
const SETTLED = 100;

type Feed = Record<string, Values>;

const withinReach = (logit: number) => Math.min(REACH, Math.max(-REACH, logit));
const sigmoids = (logits: Float64Array) => logits.map((logit) => 1 / (1 + Math.exp(-logit)));
const settled = (edges: Float64Array, d: number) =>
  Float64Array.from(acyclicEdges(edges, d), (edge) => (edge ? SETTLED : -SETTLED));
const diverged = (loss: number, step: number) =>
  `DCDI: the loss is ${loss} at step ${step}; a lower --dcdi-learning-rate may help`;

/** Throws InterruptedError, NumericalError where the loss is no number any more. */
export async function trainDcdi(
  runtime: Runtime,
  regimes: Regimes,
  shape: DcdiShape,
  penalties: DcdiPenalties,
  settings: DcdiOptions,
  run: Pick<TargetRun, 'random' | 'signal' | 'onProgress'>,
): Promise<TrainedDcdi> {
  const { random, signal, onProgress } = run;
  const d = shape.nGenes;
  const validating = settings.dcdiMultipliers === 'validated';
  const order = random.split('split').permutation(regimes.group.length);
  const nHeldOut = validating ? Math.max(1, Math.min(MOST_HELD_OUT, Math.floor(order.length * HELD_OUT))) : 0;
  const [heldOut, seen] = [order.slice(0, nHeldOut), order.slice(nHeldOut)];
  const batch = Math.min(settings.dcdiBatch, seen.length);

  const store = new Store(runtime);
  const scope = new Scope({ training: true, dtype: 'float64' });
  const { lagrangian, h } = dcdiLoss(scope, batch, shape, penalties);
  minimise(lagrangian, scope, rmsprop({ learningRate: settings.dcdiLearningRate }));
  scope.initialise(store, random.split('parameters'));
  const step = await Program.compile(store, { outputs: { lagrangian, h }, updates: scope.updates });
  const draws = new Batches(regimes, batch, scope.noises, random.split('steps'));

  const held = new Scope({ dtype: 'float64' });
  const { penalised } = dcdiLoss(held, Math.max(1, nHeldOut), shape, penalties);
  const validation = validating ? await Program.compile(store, { outputs: { penalised } }) : undefined;
  const checks = new Batches(regimes, nHeldOut, held.noises, random.split('validation'));
  const heldOutCost = async () => Number((await validation?.run(checks.of(heldOut)))?.penalised[0]);
  const logits = async (name: string) => (await store.get(name)) as Float64Array;
  try {
    const total = settings.dcdiSteps;
    const lastForGraph = Math.floor(total * GRAPH_STEPS);
    const window = Math.min(settings.dcdiWindow, lastForGraph);
    const multipliers = validating
      ? validated(window, settings.dcdiMu)
      : scheduled(d, Math.floor(lastForGraph / window), settings.dcdiMu);
    let open = true;
    let acyclic = false;
    for (let done = 1; done <= total; done++) {
      if (signal?.aborted) throw new InterruptedError();
      const gamma = Float64Array.of(multipliers.gamma);
      const mu = Float64Array.of(multipliers.mu);
      const result = await step.run({ ...draws.next(seen), gamma, mu });
      const [value, violation] = [Number(result.lagrangian[0]), Number(result.h[0])];
      if (!Number.isFinite(value)) throw new NumericalError(diverged(value, done));
      if (done % window > 0) continue;

      onProgress?.(done, total);
      if (!open) continue;
      await multipliers.see(violation, heldOutCost);
      store.replace('untouched', (await logits('untouched')).map(withinReach));
      const edges = await logits('edges');
      const graph = settled(edges, d);
      acyclic = graph.every((logit, at) => logit > 0 === edges[at] > 0 || at % (d + 1) === 0);
      open = !(acyclic && violation <= ACYCLIC) && done + window <= lastForGraph;
      if (!open) store.replace('edges', graph);
    }
    return {
      untouched: sigmoids(await logits('untouched')),
      edges: sigmoids(await logits('edges')),
      acyclic,
    };
  } finally {
    await step.dispose();
    await validation?.dispose();
    store.dispose();
  }
}

/** The inputs of a run: rows of some cells, and noise; the arrays are used again and again. */
class Batches {
  readonly #feed: Feed;
  readonly #x: Float64Array;
  readonly #regime: Int32Array;
  readonly #perturbed: Float64Array;

  constructor(
    readonly regimes: Regimes,
    readonly size: number,
    readonly noises: readonly NoiseInput[],
    readonly random: Random,
  ) {
    this.#x = new Float64Array(size * regimes.nGenes);
    this.#regime = new Int32Array(size);
    this.#perturbed = new Float64Array(size);
    const drawn = noises.map(({ tensor }) => [tensor.name, zerosOf(tensor.dtype, tensor.size)]);
    this.#feed = {
      x: this.#x,
      regime: this.#regime,
      perturbed: this.#perturbed,
      ...Object.fromEntries(drawn),
    };
  }

  /** Different ones of `rows`, at random. */
  next(rows: Int32Array): Feed {
    return this.of(this.random.sample(rows.length, this.size).map((at) => rows[at]));
  }

  of(rows: Int32Array): Feed {
    const { x, group, nGenes } = this.regimes;
    rows.forEach((row, i) => {
      this.#x.set(x.subarray(row * nGenes, (row + 1) * nGenes), i * nGenes);
      this.#regime[i] = Math.max(0, group[row]);
      this.#perturbed[i] = group[row] < 0 ? 0 : 1;
    });
    for (const { tensor, noise } of this.noises) drawNoise(noise, this.#feed[tensor.name], this.random);
    return this.#feed;
  }
}
