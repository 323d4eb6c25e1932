/**
 * Training of the differential network from simulations that are drawn as it goes. An epoch draws so many batches, of
 * genes many or few, and goes over them some times, since drawing costs more than learning. Where a run stands is the
 * number of epochs done, so one that was stopped goes on to the same bits.
 */
import {
  adamW,
  add,
  type Checkpoint,
  cosineSchedule,
  type HistoryRow,
  input,
  logSoftmax,
  mean,
  minimise,
  mul,
  noDecayOnVectors,
  Program,
  programsByShape,
  type Runtime,
  restoreWeights,
  Scope,
  Store,
  softplus,
  sub,
  sum,
  type Tensor,
  type Values,
  type Weights,
  weightsOf,
} from '../../compute/index.js';
import { NumericalError, OptionError } from '../../errors.js';
import type { Random } from '../../random/index.js';
import { type BatchShape, neededBy, networkInput, networkValues, shapeOf, truthValues } from './batch.js';
import { drawExamples, type Example } from './mixture.js';
import { cdnNetwork } from './network.js';
import { evidenceFor, gridWhereNeeded } from './predictor.js';
import type { CdnSettings } from './settings.js';

export interface CdnTraining {
  readonly settings: CdnSettings;
  readonly epochs: number;
  /** Batches drawn in an epoch. */
  readonly batches: number;
  /** How often an epoch goes over them. */
  readonly passes: number;
  readonly learningRate: number;
  /** Weight of the loss of the control's graph beside that of the targets; 0: the graph is not learnt. */
  readonly graphWeight: number;
  /** Numbers of genes that are drawn from, each as often. */
  readonly sizes: readonly number[];
  /** About so many genes of all examples together are a batch. */
  readonly genesPerBatch: number;
  readonly random: Random;
}

export interface CdnFit {
  readonly signal?: AbortSignal;
  /** `done` of `total` batches drawn, over all epochs. */
  readonly onProgress?: (done: number, total: number) => void;
  /** At the end of each epoch: more columns of its row. */
  readonly measure?: () => Promise<Record<string, number>>;
  readonly onEpoch?: (row: HistoryRow) => Promise<void> | void;
}

/** What `mechanist train-target` does where nothing else is asked. */
export const CDN_TRAINING: Omit<CdnTraining, 'settings' | 'random'> = {
  epochs: 60,
  batches: 40,
  passes: 2,
  learningRate: 2e-3,
  graphWeight: 0.2,
  sizes: [5, 8, 10, 15, 20, 30, 50, 100, 200, 300],
  genesPerBatch: 320,
};

/** Throws OptionError. */
export function checkTraining(training: Omit<CdnTraining, 'settings' | 'random'>): void {
  const { epochs, batches, passes, learningRate, graphWeight, sizes, genesPerBatch } = training;
  const counts = { epochs, batches, passes, 'genes per batch': genesPerBatch };
  for (const [name, value] of Object.entries(counts)) {
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw new OptionError(name, value, 'a whole number ≥ 1');
  }
  for (const [name, value] of Object.entries({
    'learning rate': learningRate,
    'graph weight': graphWeight,
  })) {
    if (!(value >= 0 && value < Infinity)) throw new OptionError(name, value, 'a number ≥ 0');
  }
  const sound =
    sizes.length > 0 && sizes.every((size) => Number.isSafeInteger(size) && size >= 2 && size <= 1000);
  if (!sound) throw new OptionError('sizes', sizes.join(), 'whole numbers from 2 to 1000');
}

export class CdnTrainer {
  readonly store: Store;
  #history: HistoryRow[] = [];
  #epoch = 0;
  readonly #programs;

  private constructor(
    runtime: Runtime,
    private readonly training: CdnTraining,
  ) {
    this.store = new Store(runtime);
    this.#programs = programsByShape(([batch, genes, degree]: [number, number, number]) => {
      return this.#compile({ batch, genes, degree });
    }, 64);
  }

  /**
   * Draws the first parameters, or takes those of another network, or goes on from a checkpoint. Throws OptionError,
   * ShapeError where these are of a network with other settings.
   */
  static async create(
    runtime: Runtime,
    training: CdnTraining,
    from?: Checkpoint,
    first?: Weights,
  ): Promise<CdnTrainer> {
    const trainer = new CdnTrainer(runtime, training);
    // every shape has the same parameters
    await trainer.#programs([1, 5, training.settings.variant === 'axial' ? 5 : 4]);
    if (first) {
      const anew = await weightsOf(trainer.store);
      await restoreWeights(trainer.store, new Map([...anew, ...first]));
    }
    if (from) {
      await restoreWeights(trainer.store, from.current);
      trainer.#epoch = from.position.epoch;
      trainer.#history = [...from.history];
    }
    return trainer;
  }

  get history(): readonly HistoryRow[] {
    return this.#history;
  }

  /** Trains to the last epoch or until `signal`. Throws NumericalError where a loss is not finite. */
  async fit({ signal, onProgress, measure, onEpoch }: CdnFit = {}): Promise<'done' | 'interrupted'> {
    const { epochs, batches } = this.training;
    while (this.#epoch < epochs) {
      const start = performance.now();
      const drawn: Record<string, Values>[] = [];
      const shapes: BatchShape[] = [];
      const stream = this.training.random.split('epoch', this.#epoch);
      for (let b = 0; b < batches; b++) {
        if (signal?.aborted) return 'interrupted';
        const examples = drawBatch(stream.split('batch', b), this.training).map((example) => ({
          ...example,
          evidence: gridWhereNeeded(example.evidence, this.training.settings),
        }));
        const evidence = examples.map((example) => example.evidence);
        shapes.push(shapeOf(evidence));
        drawn.push({ ...networkValues(evidence), ...truthValues(examples) });
        onProgress?.(this.#epoch * batches + b, epochs * batches);
        await new Promise((turn) => setTimeout(turn));
      }
      const drawnAt = performance.now();
      const row = await this.#learn(drawn, shapes, stream);
      if (!row) return 'interrupted';
      this.#epoch++;
      this.#history.push({
        epoch: this.#epoch,
        ...row,
        ...(await measure?.()),
        drawing_seconds: (drawnAt - start) / 1000,
        seconds: (performance.now() - start) / 1000,
      });
      await onEpoch?.(this.#history[this.#history.length - 1]);
      if (signal?.aborted) return 'interrupted';
    }
    return 'done';
  }

  /** Everything that is needed to go on from the end of the last epoch. */
  async checkpoint(): Promise<Checkpoint> {
    const { batches, random, genesPerBatch } = this.training;
    return {
      setting: {
        rows: batches,
        trainRows: batches,
        trainFingerprint: 0,
        batchSize: genesPerBatch,
        dropLast: false,
        shuffle: true,
        dtype: 'float32',
        random: random.state(),
      },
      position: { epoch: this.#epoch, batch: 0, step: 0, sums: {}, learningRate: 0, seconds: 0 },
      history: this.#history,
      monitor: null,
      current: await weightsOf(this.store),
      best: null,
    };
  }

  async dispose(): Promise<void> {
    await this.#programs.dispose();
    this.store.dispose();
  }

  async #learn(drawn: readonly Record<string, Values>[], shapes: readonly BatchShape[], stream: Random) {
    const sums = { targets: 0, edges: 0 };
    const { passes } = this.training;
    for (let pass = 0; pass < passes; pass++) {
      for (const b of stream.split('order', pass).permutation(drawn.length)) {
        const { batch, genes, degree } = shapes[b];
        const program = await this.#programs([batch, genes, degree]);
        const results = await program.run(neededBy(program, drawn[b]));
        const [targets, edges] = [Number(results.targets[0]), Number(results.edges[0])];
        if (!Number.isFinite(targets + edges)) {
          throw new NumericalError(
            `the loss is ${targets + edges} in epoch ${this.#epoch + 1}; try a lower learning rate`,
          );
        }
        // the first pass is over examples that were never seen before
        if (pass > 0) continue;
        sums.targets += targets / drawn.length;
        sums.edges += edges / drawn.length;
      }
    }
    return { 'fresh.targets': sums.targets, 'fresh.edges': sums.edges };
  }

  async #compile(shape: BatchShape): Promise<Program> {
    const { settings, graphWeight, learningRate, epochs, batches, passes, random } = this.training;
    const scope = new Scope({ training: true });
    const output = cdnNetwork(scope, networkInput(shape), settings);
    const hits = input('hits', [shape.batch, shape.genes]);
    const targets = targetLoss(output.targets, hits);
    const edges = output.edges
      ? edgeLoss(output.edges, input('kinds', [shape.batch, shape.genes, shape.degree, 3]))
      : mul(sum(hits), 0);
    const steps = epochs * batches * passes;
    const optimiser = adamW({
      learningRate,
      schedule: cosineSchedule(Math.max(steps, 1), 0.01),
      weightDecay: 1e-3,
      groups: [noDecayOnVectors],
      clipNorm: 1,
    });
    minimise(add(targets, mul(edges, graphWeight)), scope, optimiser);
    scope.initialise(this.store, random.split('parameters'));
    return Program.compile(this.store, { outputs: { targets, edges }, updates: scope.updates });
  }
}

/** Binary cross-entropy, summed over genes and averaged over examples: a large system counts as one example, too. */
function targetLoss(logits: Tensor, hits: Tensor): Tensor {
  return mul(mean(sum(sub(softplus(logits), mul(logits, hits)), 1)), 0.25);
}

function edgeLoss(logits: Tensor, kinds: Tensor): Tensor {
  return mul(mean(sum(mul(logSoftmax(logits), kinds), -1)), -1);
}

/** Examples of two systems, all with as many genes. */
export function drawBatch(random: Random, { sizes, genesPerBatch, settings }: CdnTraining): Example[] {
  const genes = sizes[random.split('genes').integer(sizes.length)];
  const wanted = evidenceFor(settings);
  const count = Math.max(2, Math.round(genesPerBatch / genes));
  const examples: Example[] = [];
  for (let s = 0; examples.length < count; s++) {
    const missing = Math.min(count - examples.length, Math.ceil(count / 2));
    examples.push(...drawExamples(random.split('system', s), genes, missing, wanted));
  }
  return examples;
}
