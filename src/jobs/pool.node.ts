/**
 * Parts of a job over worker threads, or on this thread when there is only one.
 *
 * A job is a module that exports `prepare(setup)`, which returns a function from part number to result. Parts
 * are fixed by the job, not by the number of threads, and every part depends only on the set-up: so the result
 * is the same bits for any number of threads.
 */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { InterruptedError } from '../errors.js';
import type { ImputerResources } from '../impute/index.js';
import { keepPart, type PartStore } from './parts.node.js';
import { nodeResources } from './resources.node.js';

/** What a job module exports as `prepare`. */
export type Prepare<Setup, Result> = (setup: Setup, resources: ImputerResources) => Awaitable<Run<Result>>;
export type Run<Result> = (part: number) => Awaitable<Result>;
type Awaitable<T> = T | Promise<T>;

export interface JobOptions {
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a worker is started with. */
export interface WorkerSetup {
  readonly job: string;
  readonly setup: unknown;
  readonly folder: string;
}

/**
 * Runs the parts `0 … nParts − 1` that `store` does not have yet and keeps each.
 * @param job URL of the job module; its set-up must be cloneable (typed arrays on shared memory are not copied)
 * @throws InterruptedError when `signal` fires; what is finished stays in the store
 */
export async function runParts(
  job: URL,
  setup: unknown,
  nParts: number,
  store: PartStore,
  options: JobOptions,
): Promise<void> {
  const open = Array.from({ length: nParts }, (_, part) => part).filter((part) => !store.done.has(part));
  let done = nParts - open.length;
  const finished = () => options.onProgress?.(++done, nParts);
  options.onProgress?.(done, nParts);
  if (options.threads <= 1 || open.length <= 1) {
    await runHere(job, setup, open, store.folder, finished, options.signal);
  } else {
    await runThreads({ job: job.href, setup, folder: store.folder }, open, finished, options);
  }
}

export const interrupted = () =>
  new InterruptedError(
    'interrupted; what is finished is kept: the same command with --resume goes on from there',
  );

async function runHere(
  job: URL,
  setup: unknown,
  parts: readonly number[],
  folder: string,
  finished: () => void,
  signal?: AbortSignal,
): Promise<void> {
  const { prepare } = (await import(job.href)) as { prepare: Prepare<unknown, unknown> };
  // the only thread there is: a network may use all cores
  const run = await prepare(setup, nodeResources());
  for (const part of parts) {
    await setImmediate(); // lets an interrupt in
    if (signal?.aborted) throw interrupted();
    await keepPart(folder, part, await run(part));
    finished();
  }
}

async function runThreads(
  workerData: WorkerSetup,
  parts: readonly number[],
  finished: () => void,
  { threads, signal }: JobOptions,
): Promise<void> {
  const { Tinypool } = await import('tinypool');
  // A worker that ends while V8 compiles for it in the background brings Node 20 down (one run in forty).
  // The workers keep all cores busy as it is: nothing is lost by compiling in the foreground.
  setFlagsFromString('--no-concurrent-recompilation');
  if (signal?.aborted) throw interrupted();
  const count = Math.min(threads, parts.length);
  const pool = new Tinypool({
    filename: new URL('./worker.node.js', import.meta.url).href,
    minThreads: count,
    maxThreads: count,
    workerData,
  });
  const stop = () => void pool.cancelPendingTasks();
  signal?.addEventListener('abort', stop);
  try {
    await Promise.all(
      parts.map(async (part) => {
        const answer: WorkerAnswer = await pool.run(part);
        if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
        finished();
      }),
    );
  } catch (error) {
    throw signal?.aborted ? interrupted() : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.destroy();
  }
}

/** Errors come back as plain objects: the tag and fields of ours would not survive the thread boundary. */
export interface WorkerAnswer {
  readonly error?: { readonly message: string; readonly stack?: string } & Record<string, unknown>;
}
