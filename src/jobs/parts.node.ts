/**
 * Finished parts of a long job on disk, so that it can be interrupted and resumed.
 *
 * A folder beside the output holds one file a part, each complete or absent. The folder carries a fingerprint
 * of everything that determines the result; parts of another fingerprint are never mixed in. It is removed
 * when the output is complete.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { FileError } from '../errors.js';
import { fileError } from '../formats/files.node.js';

export class PartStore {
  private constructor(
    readonly folder: string,
    /** Numbers of the parts that are already there. */
    readonly done: ReadonlySet<number>,
  ) {}

  /**
   * Opens the folder for a job.
   * @param resume keep what is there if its fingerprint agrees; otherwise start afresh
   * @throws FileError when resuming is asked for and nothing fits
   */
  static async open(folder: string, determinants: unknown, resume: boolean): Promise<PartStore> {
    const fingerprint = createHash('sha256').update(JSON.stringify(determinants)).digest('hex');
    const stamp = join(folder, 'job.json');
    try {
      if (resume) {
        const found = await readFile(stamp, 'utf8').then(JSON.parse, () => null);
        if (found === null) {
          throw new FileError(
            folder,
            'missing',
            `nothing to resume: there is no interrupted job at ${folder}; run without --resume`,
          );
        }
        if (found.fingerprint !== fingerprint) {
          const text =
            `${folder} holds another job (the input, the roles or the options differ); ` +
            'repeat the interrupted command exactly, or run without --resume to start afresh';
          throw new FileError(folder, 'changed', text);
        }
        return new PartStore(folder, await finishedParts(folder));
      }
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await writeFile(stamp, JSON.stringify({ fingerprint }));
      return new PartStore(folder, new Set());
    } catch (error) {
      throw fileError(error, folder);
    }
  }

  /** The result of a finished part. */
  async read<T>(part: number): Promise<T> {
    const path = partFile(this.folder, part);
    try {
      return deserialize(await readFile(path)) as T;
    } catch (cause) {
      const text = `${path}: a finished part is damaged; run again without --resume`;
      throw new FileError(path, 'unreadable', text, { cause });
    }
  }

  /** Removes the folder: the job is complete. */
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Keeps the result of a part: plain objects, numbers (NaN too) and typed arrays. */
export async function keepPart(folder: string, part: number, result: unknown): Promise<void> {
  const path = partFile(folder, part);
  try {
    await writeFile(`${path}.tmp`, serialize(result));
    await rename(`${path}.tmp`, path);
  } catch (error) {
    throw fileError(error, folder);
  }
}

const partFile = (folder: string, part: number) => join(folder, `${String(part).padStart(6, '0')}.part`);

async function finishedParts(folder: string): Promise<Set<number>> {
  const names = await readdir(folder);
  return new Set(names.flatMap((name) => /^(\d{6})\.part$/.exec(name)?.[1] ?? []).map(Number));
}
