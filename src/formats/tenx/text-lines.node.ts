/** A small text file (names, annotations), plain or gzipped, as lines. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { FormatError } from '../../errors.js';
import { fileError, unchanged } from '../files.node.js';

/** What is unpacked at most: a table of names larger than this is not one. */
const MAX_BYTES = 1 << 29;

/**
 * The lines of a UTF-8 file without their ends; the empty ones at the end of the file are left out.
 * Throws FileError, and FormatError for corrupt gzip data and text that is not UTF-8.
 */
export async function textLines(path: string): Promise<string[]> {
  const raw = await unchanged(path, () => readFile(path)).catch((error) => {
    throw fileError(error, path);
  });
  const gzipped = raw[0] === 0x1f && raw[1] === 0x8b;
  const bytes = gzipped ? gunzip(raw, path) : raw;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('text', 'is not UTF-8 text', { path }, { cause });
  }
  return text.replace(/[\r\n]+$/, '').split(/\r?\n/);
}

function gunzip(raw: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(raw, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const what = tooLarge ? `unpacks to more than ${MAX_BYTES} bytes` : 'corrupt or cut short gzip data';
    throw new FormatError('gzip', what, { path }, { cause });
  }
}
