/** The bytes of a text file in pieces, unpacked when it is gzip, with every trouble made one of our errors. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { FormatError, InterruptedError } from '../../errors.js';
import { fileError, unchanged } from '../files.node.js';
import type { ReadOptions } from '../format.js';

const CHUNK_BYTES = 2 ** 20;

export interface FileSource {
  /** Bytes on disk. */
  readonly size: number;
  readonly gzipped: boolean;
}

/**
 * Hands the file to `take` piece by piece until it returns false. Throws FileError, also when the file changes
 * meanwhile; FormatError for gzip data that are corrupt or cut short; InterruptedError.
 */
export async function readChunks(
  path: string,
  options: Pick<ReadOptions, 'signal' | 'onProgress'>,
  take: (chunk: Uint8Array) => boolean,
): Promise<void> {
  const { size, gzipped } = await inspect(path);
  await unchanged(path, async () => {
    const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
    let nRead = 0;
    file.on('data', (chunk) => {
      nRead += chunk.length;
    });
    const source = gzipped ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
    file.on('error', (error) => source.destroy(error));
    try {
      for await (const chunk of source as AsyncIterable<Uint8Array>) {
        if (options.signal?.aborted) throw new InterruptedError();
        if (!take(chunk)) break;
        options.onProgress?.(nRead, size);
      }
    } catch (error) {
      throw gzipError(error, path) ?? fileError(error, path);
    } finally {
      file.destroy();
    }
  });
}

/** Size and compression of a file. Throws FileError. */
export async function inspect(path: string): Promise<FileSource> {
  try {
    const info = await stat(path);
    const handle = await open(path);
    try {
      const magic = new Uint8Array(2);
      const { bytesRead } = await handle.read(magic, 0, 2, 0);
      return { size: info.size, gzipped: bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, path);
  }
}

function gzipError(cause: unknown, path: string): FormatError | undefined {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (!code?.startsWith('Z_')) return undefined;
  const cut = code === 'Z_BUF_ERROR';
  const what = cut ? 'gzip data are cut short: the file is incomplete' : `corrupt gzip data (${message})`;
  return new FormatError('gzip', what, { path }, { cause });
}
