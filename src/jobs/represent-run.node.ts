/** What a run of `mechanist represent` is, of whatever model: where it goes, how it is watched, what it leaves alone. */
import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device, Progress } from '../compute/index.node.js';
import { FileError, OptionError } from '../errors.js';
import { checkNotInput, checkOutput, makeFolder } from '../formats/index.node.js';
import { Random } from '../random/index.js';
import { checkReport } from '../report/index.node.js';
import { INTERPRETATION_FILES, removeInterpretation } from './interpret.node.js';
import { hasRun, MODEL_FILES } from './model-folder.node.js';
import { ENVIRONMENT_FILES } from './represent-environments-results.node.js';
import { RESULT_FILES, SUMMARY } from './represent-results.node.js';

export interface RunRequest {
  /** Folder of the results. */
  readonly out: string;
  /** Epochs from one checkpoint to the next. Default: every ten seconds. */
  readonly checkpointEvery?: number;
  /** Rows that encoder.onnx and decoder.onnx take at a time; default none is written. */
  readonly exportOnnx?: number;
  readonly seed: number;
  /** Of the runtime; default as many as cores, or one where the networks are too small to gain from more. */
  readonly threads?: number;
  readonly device?: string;
  readonly overwrite?: boolean;
  readonly resume?: boolean;
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly onUnderstood?: (...sentences: readonly string[]) => void;
  /** `what` is under way. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** Folder of the models that are compared. */
export const COMPARED = 'compare';
/** Folder of further trainings of the first model. */
export const REPEATS = 'repeats';

export const streamOf = ({ seed }: RunRequest, name: string): Random =>
  Random.fromSeed(seed).split('represent').split(name);

export function deviceNamed(name = 'cpu'): Device {
  if (name === 'cpu' || name === 'webgpu' || name === 'cuda') return name;
  throw new OptionError('--device', name, ['cpu', 'webgpu', 'cuda']);
}

/**
 * Does the work in the folder, which is made; of a refused request nothing is left, not even an empty folder. Throws
 * FileError where something would be overwritten or there is nothing to resume.
 */
export async function inFolder<T>(
  request: RunRequest,
  inputs: readonly (string | undefined)[],
  work: () => Promise<T>,
): Promise<T> {
  const isNew = await makeFolder(request.out);
  try {
    await checkFolder(request, inputs);
    return await work();
  } catch (error) {
    if (isNew) await rmdir(request.out).catch(() => undefined);
    throw error;
  }
}

const FILES = [...MODEL_FILES, ...RESULT_FILES, ...ENVIRONMENT_FILES, ...INTERPRETATION_FILES];

async function checkFolder(
  { out, resume = false, overwrite = false }: RunRequest,
  inputs: readonly (string | undefined)[],
): Promise<void> {
  if (resume && !(await hasRun(out))) {
    const text = `nothing to resume: no run was begun in ${out}; run without --resume`;
    throw new FileError(out, 'missing', text);
  }
  if (!resume && !overwrite && (await hasRun(out)) && !existsSync(join(out, SUMMARY))) {
    const text = `${out} holds a run that did not end; pass --resume to go on with it, or --overwrite to begin anew`;
    throw new FileError(out, 'exists', text);
  }
  for (const name of FILES) {
    const file = join(out, name);
    await checkNotInput(file, inputs);
    await checkOutput(file, { overwrite: overwrite || resume });
  }
  await checkReport(out, { overwrite: overwrite || resume });
}

/** Results of an earlier run do not belong to the one that begins. */
export async function clearFolder(out: string): Promise<void> {
  for (const name of [...RESULT_FILES, ...ENVIRONMENT_FILES]) await rm(join(out, name), { force: true });
  await removeInterpretation(out);
  for (const folder of [COMPARED, REPEATS]) await rm(join(out, folder), { recursive: true, force: true });
}

/** Batches from where this process began. */
export function progressOf({ onProgress }: RunRequest, model: string) {
  let first: number | undefined;
  return ({ epoch, epochs, batch, batches }: Progress) => {
    const done = (epoch - 1) * batches + batch;
    first ??= done - 1;
    onProgress?.(`training ${model}`, done - first, epochs * batches - first);
  };
}
