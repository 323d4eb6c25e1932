/**
 * Training: epochs of shuffled batches, validation, early stopping, history, and a checkpoint at any step.
 *
 * Everything random comes from streams named by what they are for (parameters, epoch, noise of a step), so where a run
 * stands is two numbers, and one that was stopped and resumed has the same bits as one that was not.
 */
import { NumericalError, OptionError } from '../../errors.js';
import { graphError } from '../graph/index.js';
import { type Runtime, Store } from '../run/index.js';
import { divided, type Numbers, prefixed, summed } from './averages.js';
import { BatchPrograms } from './batch-programs.js';
import { type Checkpoint, checkSetting, type Position, type Setting } from './checkpoint.js';
import { Clock } from './clock.js';
import type { History, HistoryRow } from './history.js';
import { Monitor } from './monitor.js';
import { commonRows, type Field, fieldOf } from './rows.js';
import { scalarAt } from './scalars.js';
import { fingerprintOf, type Split, splitRows } from './split.js';
import type { FitOptions, Trained, Training } from './training.js';
import {
  allFinite,
  checkWeights,
  isOfNetwork,
  restoreWeights,
  storeOf,
  type Weights,
  weightsOf,
} from './weights.js';

export class Trainer {
  /** Current values, also of the optimiser; a run of the trainer changes them. */
  readonly store: Store;
  readonly setting: Setting;
  readonly #training: Training;
  readonly #fields: readonly Field[];
  readonly #split: Split;
  readonly #monitor: Monitor | undefined;
  readonly #programs: BatchPrograms;
  #position: Position = { epoch: 0, batch: 0, step: 0, sums: {}, learningRate: 0, seconds: 0 };
  #history: History = [];
  #best: { readonly epoch: number; readonly weights: Weights } | undefined;
  #order: { readonly epoch: number; readonly rows: Int32Array } | undefined;
  #failure: NumericalError | undefined;
  #fitting = false;

  private constructor(runtime: Runtime, training: Training) {
    const { data, build, optimiser, epochs, random, batchSize = 128 } = training;
    const { scalars = {}, dtype = 'float32' } = training;
    checkCount('epochs', epochs, 0);
    checkCount('batchSize', batchSize, 1);
    const taken = Object.keys(scalars).find((name) => name in data);
    if (taken !== undefined) throw new OptionError('scalar', taken, 'a name that no field has');
    this.#fields = Object.entries(data).map(([name, rows]) => fieldOf(name, rows, dtype));
    const rows = commonRows(this.#fields);
    this.#split = splitRows(rows, random.split('validation'), training.validation);
    const trainRows = this.#split.train.length;
    this.#training = training;
    this.setting = {
      random: random.state(),
      rows,
      trainRows,
      trainFingerprint: fingerprintOf(this.#split.train),
      batchSize: Math.min(batchSize, trainRows),
      dropLast: training.dropLast ?? false,
      shuffle: training.shuffle ?? true,
      dtype,
    };
    const validates = this.#split.validation.length > 0;
    const monitor = training.monitor ?? (validates ? { metric: 'valid.loss' } : undefined);
    this.#monitor = monitor && new Monitor(monitor);
    this.store = new Store(runtime);
    const parts = { build, optimiser, fields: this.#fields, scalars: Object.keys(scalars), dtype };
    this.#programs = new BatchPrograms(this.store, parts, random.split('parameters'));
  }

  /**
   * Checks the data, builds the graphs and draws the parameters, or goes on from a checkpoint. Throws OptionError,
   * ShapeError and DataError on what cannot be trained on, or where the checkpoint is of another training; GraphError
   * where `build` fails.
   */
  static async create(runtime: Runtime, training: Training, from?: Checkpoint): Promise<Trainer> {
    const trainer = new Trainer(runtime, training);
    await trainer.#prepare();
    if (from) await trainer.#restore(from);
    return trainer;
  }

  get history(): History {
    return this.#history;
  }

  /** Batches in an epoch. */
  get batches(): number {
    const { trainRows, batchSize, dropLast } = this.setting;
    return dropLast ? Math.floor(trainRows / batchSize) : Math.ceil(trainRows / batchSize);
  }

  /**
   * Trains to the last epoch, to the end of patience, or until `signal`; then `best()`. Throws NumericalError where a
   * loss is not finite, naming the step; `best()` still gives what was good before. Throws GraphError while another
   * `fit` of this trainer is under way.
   */
  async fit(options: FitOptions = {}): Promise<Trained> {
    if (this.#fitting) throw graphError('fit', 'this trainer is being fitted already; wait for it first');
    this.#fitting = true;
    try {
      return await this.#fit(options);
    } finally {
      this.#fitting = false;
    }
  }

  async #fit(options: FitOptions): Promise<Trained> {
    const { signal, onProgress, onEpoch } = options;
    const clock = new Clock(this.#doneBatches);
    while (!this.#ended) {
      if (this.#failure) throw this.#failure;
      if (signal?.aborted) return { ...(await this.best()), ended: 'interrupted', interrupted: true };
      if (this.#position.batch < this.batches) {
        const loss = await this.#step(clock);
        const secondsLeft = clock.secondsLeft(this.#doneBatches, this.#training.epochs * this.batches);
        const { epoch, batch } = this.#position;
        const { epochs } = this.#training;
        onProgress?.({ epoch: epoch + 1, epochs, batch, batches: this.batches, loss, secondsLeft });
      } else {
        const row = await this.#endEpoch(clock, signal);
        if (row) await onEpoch?.(row, this);
        clock.lap();
      }
      await clock.turn();
    }
    return this.best();
  }

  /** The best so far. Throws NumericalError where training failed before there was one. */
  async best(): Promise<Trained> {
    if (this.#failure && !this.#best) throw this.#failure;
    const { epoch, weights } = this.#best ?? {
      epoch: this.#position.epoch,
      weights: await this.#snapshot(),
    };
    const store = storeOf(this.store.runtime, weights);
    const ended = this.#monitor?.exhausted ? 'patience' : 'epochs';
    return { store, history: this.#history, epoch, ended, interrupted: false };
  }

  /** Everything that is needed to go on from here. Not while `fit` is in a step. Throws NumericalError after a failure. */
  async checkpoint(): Promise<Checkpoint> {
    if (this.#failure) throw this.#failure;
    return {
      setting: this.setting,
      position: this.#position,
      history: this.#history,
      monitor: this.#monitor?.state() ?? null,
      current: await weightsOf(this.store),
      best: this.#best?.weights ?? null,
    };
  }

  /** Frees the sessions and the store. */
  async dispose(): Promise<void> {
    await this.#programs.dispose();
    this.store.dispose();
  }

  get #ended(): boolean {
    return this.#position.epoch >= this.#training.epochs || (this.#monitor?.exhausted ?? false);
  }

  get #doneBatches(): number {
    return this.#position.epoch * this.batches + this.#position.batch;
  }

  /** Builds the graphs of whole batches, which also shows the columns that there will be. */
  async #prepare(): Promise<void> {
    const { batchSize } = this.setting;
    const validationRows = this.#split.validation.length;
    const { results } = await this.#programs.of(batchSize, true);
    const columns = results.map((name) => `train.${name}`);
    if (validationRows > 0) {
      const evaluation = await this.#programs.of(Math.min(batchSize, validationRows), false);
      columns.push(...evaluation.results.map((name) => `valid.${name}`));
    }
    const metric = this.#monitor?.metric;
    if (metric !== undefined && !columns.includes(metric)) throw new OptionError('metric', metric, columns);
  }

  async #restore(from: Checkpoint): Promise<void> {
    checkSetting(from, this.setting, this.batches);
    if (from.best) await checkWeights(this.store, from.best, isOfNetwork);
    await restoreWeights(this.store, from.current);
    this.#position = from.position;
    this.#history = from.history;
    if (from.monitor) this.#monitor?.restore(from.monitor);
    if (from.best && from.monitor) this.#best = { epoch: from.monitor.bestEpoch, weights: from.best };
  }

  #scalars(): Numbers {
    const { epoch, step } = this.#position;
    const moment = { epoch, step, stepsPerEpoch: this.batches };
    const entries = Object.entries(this.#training.scalars ?? {});
    return Object.fromEntries(entries.map(([name, scalar]) => [name, scalarAt(name, scalar, moment)]));
  }

  /** The rows of this epoch in their order. */
  #rows(): Int32Array {
    const { epoch } = this.#position;
    if (!this.setting.shuffle) return this.#split.train;
    if (this.#order?.epoch !== epoch) {
      const rows = this.#training.random.split('epoch', epoch).shuffle(this.#split.train.slice());
      this.#order = { epoch, rows };
    }
    return this.#order.rows;
  }

  async #step(clock: Clock): Promise<number> {
    const { epoch, batch, step, sums, seconds } = this.#position;
    const start = batch * this.setting.batchSize;
    const rows = Math.min(this.setting.batchSize, this.setting.trainRows - start);
    const program = await this.#programs.of(rows, true);
    const noise = this.#training.random.split('noise', step);
    const { learning_rate: learningRate, ...results } = await program.run(
      this.#rows(),
      start,
      this.#scalars(),
      noise,
    );
    this.#checkLoss(
      results.loss,
      `epoch ${epoch + 1}, batch ${batch + 1} of ${this.batches} (step ${step + 1})`,
    );
    this.#position = {
      epoch,
      batch: batch + 1,
      step: step + 1,
      sums: summed(sums, results, rows),
      learningRate,
      seconds: seconds + clock.lap(),
    };
    return results.loss;
  }

  #checkLoss(loss: number, place: string): void {
    if (!Number.isFinite(loss)) this.#fail(`the loss is ${loss} at ${place}`);
  }

  /** Numbers that are not finite cannot be trained on; only the best of before are good. */
  #fail(trouble: string): never {
    const kept = this.#best ? `; the best so far, of epoch ${this.#best.epoch}, is kept` : '';
    this.#failure = new NumericalError(`${trouble}${kept}; try a lower learning rate`);
    throw this.#failure;
  }

  /** Validates and writes the row of the history; `undefined` where `signal` came first. */
  async #endEpoch(clock: Clock, signal?: AbortSignal): Promise<HistoryRow | undefined> {
    const { epoch, step, sums, learningRate, seconds } = this.#position;
    const scalars = this.#scalars();
    const valid = await this.#validate(clock, scalars, signal);
    if (!valid) return undefined;
    this.#checkLoss(valid['valid.loss'] ?? 0, `the validation of epoch ${epoch + 1} (step ${step})`);
    await this.#training.betweenEpochs?.({ epoch: epoch + 1, store: this.store });
    const { trainRows, batchSize, dropLast } = this.setting;
    const row: HistoryRow = {
      epoch: epoch + 1,
      ...prefixed('train', divided(sums, dropLast ? this.batches * batchSize : trainRows)),
      ...valid,
      learning_rate: learningRate,
      ...prefixed('scalar', scalars),
      seconds: seconds + clock.lap(),
    };
    if (this.#monitor?.observe(row.epoch, row[this.#monitor.metric])) {
      this.#best = { epoch: row.epoch, weights: await this.#snapshot() };
    }
    this.#history = [...this.#history, row];
    this.#position = { epoch: epoch + 1, batch: 0, step, sums: {}, learningRate, seconds: 0 };
    return row;
  }

  /** Copies of the network's values. Throws NumericalError where the last step broke them. */
  async #snapshot(): Promise<Weights> {
    const weights = await weightsOf(this.store, isOfNetwork);
    const broken = [...weights].find(([, { values }]) => !allFinite(values));
    if (broken) this.#fail(`'${broken[0]}' is not finite after step ${this.#position.step}`);
    return weights;
  }

  /** Means over the validation rows; the same noise every time. `undefined` where `signal` came first. */
  async #validate(clock: Clock, scalars: Numbers, signal?: AbortSignal): Promise<Numbers | undefined> {
    const order = this.#split.validation;
    let sums: Numbers = {};
    for (let start = 0; start < order.length; start += this.setting.batchSize) {
      if (signal?.aborted) return undefined;
      const rows = Math.min(this.setting.batchSize, order.length - start);
      const program = await this.#programs.of(rows, false);
      const noise = this.#training.random.split('validation noise', start);
      sums = summed(sums, await program.run(order, start, scalars, noise), rows);
      await clock.turn();
    }
    return prefixed('valid', divided(sums, order.length));
  }
}

function checkCount(name: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new OptionError(name, value, `a whole number ≥ ${least}`);
  }
}

/** Trains and gives the best; see `Trainer` for checkpoints and what is left after a failure. */
export async function train(runtime: Runtime, training: Training, options?: FitOptions): Promise<Trained> {
  const trainer = await Trainer.create(runtime, training);
  try {
    return await trainer.fit(options);
  } finally {
    await trainer.dispose();
  }
}
