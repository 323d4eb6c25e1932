/** What a training is made of, and what comes out of it. */
import type { Random } from '../../random/index.js';
import type { Optimiser } from '../optim/index.js';
import type { Store } from '../run/index.js';
import type { Build } from './batch-program.js';
import type { Checkpoint } from './checkpoint.js';
import type { History, HistoryRow } from './history.js';
import type { MonitorOptions } from './monitor.js';
import type { Rows } from './rows.js';
import type { ScheduledScalar } from './scalars.js';

export interface Training {
  /** Fields of the batches, all of the same number of rows. */
  readonly data: Readonly<Record<string, Rows>>;
  /** Builds the graph of a batch; called once for each batch size, and with `scope.training` false for validation. */
  readonly build: Build;
  readonly optimiser: Optimiser;
  /** Number of times that all rows are seen. */
  readonly epochs: number;
  /** Parameters, order of the rows and noise are drawn from streams under this one. */
  readonly random: Random;
  /** Default 128; at most the number of rows. */
  readonly batchSize?: number;
  /** Leave out the last rows of an epoch that fill no batch. Default false: they are a smaller batch. */
  readonly dropLast?: boolean;
  /** Default true. */
  readonly shuffle?: boolean;
  /** Share of the rows, or the rows, that validate. Default none. */
  readonly validation?: number | ArrayLike<number>;
  /** Which epoch is the best, and when to stop. Default: the lowest `valid.loss`, else the last epoch; never stop. */
  readonly monitor?: MonitorOptions;
  /**
   * After each epoch and its validation, before the epoch counts as done and can be the best; waited for. What it does
   * may depend on the values of the store and the epoch only, or a resumed run differs.
   */
  readonly betweenEpochs?: (end: EpochEnd) => void | Promise<void>;
  /** Handed to `build` beside the fields. */
  readonly scalars?: Readonly<Record<string, ScheduledScalar>>;
  /** Of parameters and float fields. Default float32. */
  readonly dtype?: 'float32' | 'float64';
}

/** Between epochs: what a model does that is no gradient step. */
export interface EpochEnd {
  /** Epochs done. */
  readonly epoch: number;
  /** Current values, which may be replaced. */
  readonly store: Store;
}

export interface Progress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this epoch, and how many it has. */
  readonly batch: number;
  readonly batches: number;
  /** Loss of the last batch. */
  readonly loss: number;
  /** Until the last epoch, from the speed so far; early stopping may come before. */
  readonly secondsLeft: number;
}

export interface FitOptions {
  /** Stops after the batch at hand. */
  readonly signal?: AbortSignal;
  /** After every batch. */
  readonly onProgress?: (progress: Progress) => void;
  /** After every epoch; waited for. `run` is the trainer, to save its checkpoint. */
  readonly onEpoch?: (row: HistoryRow, run: { checkpoint(): Promise<Checkpoint> }) => void | Promise<void>;
}

export interface Trained {
  /** Parameters and statistics of the best epoch; the caller's own. */
  readonly store: Store;
  readonly history: History;
  /** The epoch of `store`, from 1: the best where one is monitored, else the last one; 0 before the first was done. */
  readonly epoch: number;
  /** Why it ended. */
  readonly ended: 'epochs' | 'patience' | 'interrupted';
  readonly interrupted: boolean;
}
