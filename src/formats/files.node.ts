/**
 * Files for every format: checked opening, whole reads, and writes that never leave half a file.
 *
 * Every error of the file system becomes a FileError that says what to do. Outputs go to a temporary name
 * beside the target and are renamed when complete.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { access, constants, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FileError, FormatError, isMechanistError, nearest } from '../errors.js';
import type { Probe } from './format.js';

const HEAD_BYTES = 65536;

/** Turns whatever Node threw about `path` into a FileError; our own errors pass through. */
export function fileError(error: unknown, path: string): Error {
  if (isMechanistError(error)) return error;
  const code = (error as NodeJS.ErrnoException)?.code ?? '';
  const made = (trouble: FileError['trouble'], text: string) =>
    new FileError(path, trouble, text, { cause: error });
  switch (code) {
    case 'ENOENT':
      return made('missing', `${path}: no such file or directory`);
    case 'EISDIR':
      return made('directory', `${path} is a directory, a file was expected`);
    case 'ENOTDIR':
      return made('not-a-directory', `${path}: a part of this path is not a directory`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return made('permission', `${path}: permission denied`);
    case 'ENOSPC':
    case 'EDQUOT':
      return made('disk-full', `${path}: no space left on the device; nothing was left behind`);
    case 'EEXIST':
      return made('exists', `${path} exists; pass --overwrite to replace it`);
    case 'ERR_FS_FILE_TOO_LARGE':
      return made('memory', `${path}: too large to be read whole; convert it to h5ad first`);
    default:
      // any other answer of the file system: ENAMETOOLONG, ELOOP, EIO, EMFILE, EFBIG, …
      if ((error as NodeJS.ErrnoException)?.syscall !== undefined) {
        return made('unreadable', `${path}: ${(error as Error).message}`);
      }
      return error instanceof Error ? error : new Error(String(error));
  }
}

/** Looks at a path: file or directory, first bytes, names within. Throws FileError with the nearest name. */
export async function probe(path: string): Promise<Probe> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) {
      return {
        path,
        isDirectory: true,
        head: new Uint8Array(),
        gzipped: false,
        entries: await readdir(path),
      };
    }
    const handle = await open(path);
    try {
      const buffer = new Uint8Array(HEAD_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
      const raw = buffer.subarray(0, bytesRead);
      const gzipped = raw[0] === 0x1f && raw[1] === 0x8b;
      const head = gzipped ? gunzipHead(raw, path) : raw;
      return { path, isDirectory: false, head, gzipped, entries: [] };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw await missing(path, error);
    throw fileError(error, path);
  }
}

async function missing(path: string, cause: unknown): Promise<FileError> {
  const siblings = await readdir(dirname(path)).catch(() => []);
  const near = nearest(basename(path), siblings);
  const hint = near ? `; did you mean '${join(dirname(path), near)}'?` : '';
  return new FileError(path, 'missing', `${path}: no such file${hint}`, { cause });
}

/** Gunzips what can be gunzipped of the first bytes of a file (the rest is cut off on purpose). */
function gunzipHead(raw: Uint8Array, path: string): Uint8Array {
  // a file of zeros unpacks a thousandfold: then less of it is a head as well
  for (let length = raw.length; length > 0; length >>= 3) {
    try {
      // Z_SYNC_FLUSH: do not ask for the end of the stream
      return gunzipSync(raw.subarray(0, length), { finishFlush: 2, maxOutputLength: 16 * HEAD_BYTES });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') continue;
      throw new FormatError('gzip', 'corrupt gzip data', { path }, { cause });
    }
  }
  return new Uint8Array();
}

/** The size in bytes and the time of the last change, to tell whether a file changed while it was read. */
export async function fileState(path: string): Promise<{ size: number; mtimeMs: number }> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, mtimeMs };
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Runs `read` and checks that the file was not changed meanwhile (FileError 'changed'). */
export async function unchanged<T>(path: string, read: () => Promise<T>): Promise<T> {
  const before = await fileState(path);
  const result = await read();
  const after = await fileState(path);
  if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) {
    throw new FileError(
      path,
      'changed',
      `${path} was changed by another program while it was read; read it again`,
    );
  }
  return result;
}

export interface OutputOptions {
  readonly overwrite?: boolean;
  /** What is there is a folder of the same kind, which may be replaced as a file may. */
  readonly replacesFolder?: boolean;
}

/** Fails early when `path` is there and may not be replaced, or when its folder cannot be written to. */
export async function checkOutput(path: string, options: OutputOptions): Promise<void> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw fileError(error, path);
    return undefined;
  });
  if (info && !options.overwrite) {
    throw new FileError(path, 'exists', `${path} exists; pass --overwrite to replace it`);
  }
  if (info?.isDirectory() && !options.replacesFolder)
    throw new FileError(path, 'directory', `${path} is a directory, a file was expected`);
  // a superuser may write everywhere; who protected a file did not mean it to be replaced
  if (info && (info.mode & 0o222) === 0)
    throw new FileError(path, 'permission', `${path} is write-protected and is not replaced`);
  const folder = dirname(path);
  await access(folder, constants.W_OK).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw fileError(cause, folder);
    throw new FileError(path, 'missing', `${path}: the folder '${folder}' does not exist`, { cause });
  });
}

/** Throws FileError when `output` is one of the files that are read: it would be replaced by its own result. */
export async function checkNotInput(output: string, inputs: readonly (string | undefined)[]): Promise<void> {
  const there = await stat(output).catch(() => undefined);
  for (const input of inputs) {
    const read = input && (await stat(input).catch(() => undefined));
    if (there && read && there.ino === read.ino && there.dev === read.dev) {
      throw new FileError(output, 'exists', `${output} is the input itself; give another name to the output`);
    }
  }
}

/** A name beside `path`, on the same device, that no other run uses; keeps the end of the name. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp.${basename(path).slice(-100)}`);
}

/**
 * Calls `write` with a temporary name and renames the result to `path` when it is complete. On any error the
 * temporary file (or folder) is removed and a FileError or the error itself is thrown.
 */
export async function writeAtomically<T>(
  path: string,
  options: OutputOptions,
  write: (temporary: string) => Promise<T>,
): Promise<T> {
  await checkOutput(path, options);
  const temporary = temporaryName(path);
  if (unfinished.size === 0) process.once('exit', removeUnfinished);
  unfinished.add(temporary);
  try {
    const result = await write(temporary);
    if (options.replacesFolder) await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
    return result;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw fileError(error, path);
  } finally {
    unfinished.delete(temporary);
    if (unfinished.size === 0) process.off('exit', removeUnfinished);
  }
}

/** What is being written now: removed when the program is told to leave in the middle of it. */
const unfinished = new Set<string>();

function removeUnfinished(): void {
  for (const temporary of unfinished) rmSync(temporary, { recursive: true, force: true });
}

/** Makes `path` a folder to write into, with its parents; `false` when it was there. */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    return (await mkdir(path, { recursive: true })) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      const text = `${path} is a file, a folder was expected; give another name to --out`;
      throw new FileError(path, 'not-a-directory', text, { cause: error });
    }
    throw fileError(error, path);
  }
}
