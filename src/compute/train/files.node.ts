/**
 * A trained model as a folder: `config.json`, `weights.safetensors` (the best), `checkpoint.safetensors` (to go on
 * from) and `history.csv`. Each file is written beside its place under another name and then renamed, so a reader
 * sees the old file or the new one, never half of one; the checkpoint comes first, being all that a resumed run needs.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError, type FileTrouble, FormatError } from '../../errors.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { type Config, readConfig, writeConfig } from './config.js';
import { type History, historyCsv } from './history.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { safeTensors, type Weights, weightsFrom } from './weights.js';

const CONFIG = 'config.json';
const WEIGHTS = 'weights.safetensors';
const CHECKPOINT = 'checkpoint.safetensors';
const HISTORY = 'history.csv';

export interface SavedModel {
  readonly config: Config;
  readonly weights: Weights;
  /** `null` where there is none: the model can be used, but not trained on. */
  readonly checkpoint: Checkpoint | null;
}

/** Writes what is given into `folder`, which is made where it is not there; files of these names are replaced. Throws FileError. */
export async function saveModel(
  folder: string,
  model: Partial<SavedModel> & { readonly history?: History },
): Promise<void> {
  const { config, weights, checkpoint, history } = model;
  await mkdir(folder, { recursive: true }).catch((error) => Promise.reject(fileError(error, folder)));
  const write = (name: string, content: Uint8Array | string) => writeWhole(join(folder, name), content);
  if (checkpoint) await write(CHECKPOINT, writeCheckpoint(checkpoint));
  if (weights) await write(WEIGHTS, writeSafetensors(safeTensors(weights)));
  if (history) await write(HISTORY, historyCsv(history));
  if (config) await write(CONFIG, writeConfig(config));
}

/** Reads a folder that `saveModel` wrote. Throws FileError where a file is missing, FormatError where one is damaged. */
export async function loadModel(folder: string): Promise<SavedModel> {
  const config = await readAs(join(folder, CONFIG), (bytes) => readConfig(new TextDecoder().decode(bytes)));
  const weights = await readAs(join(folder, WEIGHTS), (bytes) => weightsFrom(readSafetensors(bytes).tensors));
  const checkpoint = await loadCheckpoint(folder).catch((error) => {
    if (error instanceof FileError && error.trouble === 'missing') return null;
    throw error;
  });
  return { config, weights, checkpoint };
}

/** The checkpoint of a folder. Throws FileError where it is missing, FormatError where it is damaged. */
export const loadCheckpoint = (folder: string): Promise<Checkpoint> =>
  readAs(join(folder, CHECKPOINT), readCheckpoint);

async function readAs<T>(path: string, read: (bytes: Uint8Array) => T): Promise<T> {
  const bytes = await readFile(path).catch((error) => Promise.reject(fileError(error, path)));
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(
      error.format,
      error.message,
      { ...error.details, path, where: undefined },
      { cause: error },
    );
  }
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, path);
  }
}

const TROUBLES: Readonly<Record<string, readonly [FileTrouble, string]>> = {
  ENOENT: ['missing', 'no such file or folder'],
  EISDIR: ['directory', 'is a folder, a file was expected'],
  ENOTDIR: ['not-a-directory', 'a part of this path is no folder'],
  EEXIST: ['not-a-directory', 'is a file, a folder was expected'],
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'permission denied'],
  EROFS: ['permission', 'the file system is read-only'],
  ENOSPC: ['disk-full', 'no space left on the device; nothing was left behind'],
};

function fileError(cause: unknown, path: string): Error {
  const error = cause as NodeJS.ErrnoException;
  const [trouble, text] = TROUBLES[error.code ?? ''] ?? ['unreadable', error.message];
  return new FileError(path, trouble, `${path}: ${text}`, { cause });
}
