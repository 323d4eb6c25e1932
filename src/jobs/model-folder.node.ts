/**
 * Training into a folder, of any model: the folder is a whole model after every checkpoint, and a run that was stopped
 * goes on to the same bits. What determines a run stands in its `config.json`, and a run is gone on with by the same only.
 */
import { createHash } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Checkpoint,
  type Config,
  type History,
  type Json,
  loadCheckpoint,
  type Progress,
  readConfig,
  saveModel,
  type Trainer,
  type Weights,
  weightsOf,
} from '../compute/index.node.js';
import type { Matrix, NumericArray } from '../data/index.js';
import { FileError, FormatError, InterruptedError, isMechanistError, NumericalError } from '../errors.js';
import { fileError } from '../formats/index.node.js';

/** What determines a run beside its settings, as plain JSON. */
export type Circumstances = Readonly<Record<string, Json>>;

const CHECKPOINT_MS = 10_000;

/** How a training is stopped, kept and gone on with. */
export interface FolderOptions {
  readonly folder: string;
  /** Epochs from one checkpoint to the next. Default: after the first, then at the end of an epoch every ten seconds. */
  readonly checkpointEvery?: number;
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface FolderRun extends FolderOptions {
  /**
   * As it is saved. In its settings `run` are the circumstances; `learned`, what follows from the data, and `about` are not
   * looked at when it is resumed.
   */
  readonly config: Config;
  readonly epochs: number;
  trainer(from?: Checkpoint): Promise<Trainer>;
}

export interface TrainedWeights {
  readonly weights: Weights;
  readonly history: History;
  /** Of the weights, from 1. */
  readonly epoch: number;
  readonly ended: 'epochs' | 'patience' | 'interrupted';
}

/** Names in a folder of a model. */
export const MODEL_FILES = ['config.json', 'weights.safetensors', 'checkpoint.safetensors', 'history.csv'];

/**
 * Trains, or goes on. Throws FileError where the folder holds another run, naming what differs; NumericalError and
 * InterruptedError, which say what the folder holds now.
 */
export async function trainInFolder(run: FolderRun): Promise<TrainedWeights> {
  const { folder, config, epochs, signal, onProgress } = run;
  if (run.resume) await expectSameRun(folder, config);
  const from = run.resume ? await checkpointOf(folder) : undefined;
  const trainer = await run.trainer(from);
  try {
    if (!from) {
      for (const name of MODEL_FILES) await rm(join(folder, name), { force: true });
      await saveModel(folder, { config });
    }
    let keptEpoch = from?.position.epoch;
    let keptAt = Number.NEGATIVE_INFINITY;
    const keep = async () => {
      await saveModel(folder, await stateOf(trainer));
      keptEpoch = trainer.history.length;
      keptAt = performance.now();
    };
    const isTime = (epoch: number) =>
      run.checkpointEvery === undefined
        ? performance.now() - keptAt > CHECKPOINT_MS
        : epoch % run.checkpointEvery === 0;
    const trained = await trainer
      .fit({
        signal,
        onProgress,
        onEpoch: async ({ epoch }) => {
          if (isTime(epoch)) await keep();
        },
      })
      .catch(async (error) => {
        if (!isMechanistError(error, 'NumericalError')) throw error;
        if (keptEpoch === undefined) await rm(join(folder, 'config.json'), { force: true });
        throw new NumericalError(`${error.message}; ${whatIsKept(folder, keptEpoch)}`, { cause: error });
      });
    await keep();
    if (trained.interrupted) {
      trained.store.dispose();
      const place = `epoch ${Math.min(trainer.history.length + 1, epochs)} of ${epochs}`;
      throw new InterruptedError(
        `interrupted in ${place} of ${config.model}; ${folder} keeps where it stands: repeat the command with --resume to go on`,
      );
    }
    const weights = await weightsOf(trained.store);
    trained.store.dispose();
    const { history, epoch, ended } = trained;
    return { weights, history, epoch, ended };
  } finally {
    await trainer.dispose();
  }
}

/** Where the training stands, and the weights to use now. */
async function stateOf(trainer: Trainer) {
  const checkpoint = await trainer.checkpoint();
  const { store } = await trainer.best();
  const weights: Weights = await weightsOf(store);
  store.dispose();
  return { checkpoint, weights, history: trainer.history };
}

const whatIsKept = (folder: string, epoch?: number): string =>
  epoch === undefined
    ? 'there was no good epoch before, so nothing is kept'
    : `${folder} keeps weights and checkpoint of epoch ${epoch}, the last good ones`;

const checkpointOf = (folder: string) =>
  loadCheckpoint(folder).catch((error: unknown) => {
    if (isMechanistError(error, 'FileError') && (error as FileError).trouble === 'missing') return undefined;
    throw error;
  });

/** Whether a run was begun in the folder. */
export const hasRun = (folder: string): Promise<boolean> =>
  access(join(folder, 'config.json')).then(
    () => true,
    () => false,
  );

async function configOf(folder: string): Promise<Config> {
  const path = join(folder, 'config.json');
  const text = await readFile(path, 'utf8').catch((error) => Promise.reject(fileError(error, path)));
  try {
    return readConfig(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(error.format, error.message, { path }, { cause: error });
  }
}

async function expectSameRun(folder: string, asked: Config): Promise<void> {
  const there = await configOf(folder);
  const entries = ({ model, settings, features }: Config): Map<string, string> => {
    const { run, learned: _learned, about: _about, ...rest } = settings;
    const all = { model, ...rest, ...(run as Circumstances), genes: features };
    return new Map(Object.entries(all).map(([name, value]) => [name, JSON.stringify(value)]));
  };
  const [before, now] = [entries(there), entries(asked)];
  const names = [...new Set([...before.keys(), ...now.keys()])];
  const differ = names.filter((name) => before.get(name) !== now.get(name));
  if (differ.length === 0) return;
  const told = differ.map((name) => `${name} (${short(before.get(name))}, now ${short(now.get(name))})`);
  const advice =
    'repeat the interrupted command exactly, or run without --resume and with --overwrite to start afresh';
  throw new FileError(
    folder,
    'changed',
    `${folder} holds another run; these differ: ${told.join(', ')}; ${advice}`,
  );
}

const short = (text = 'none') => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Tells these numbers from all others. */
export function fingerprintOf(X: Matrix, ...others: readonly NumericArray[]): string {
  const hash = createHash('sha256');
  const ofX: NumericArray[] = X.kind === 'dense' ? [X.values] : [X.indptr, X.indices, X.values];
  for (const { buffer, byteOffset, byteLength } of [...ofX, ...others]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, 16);
}
