/** Gene sets from a file, plain or gzipped. */
import { totalmem } from 'node:os';
import { FileError } from '../../errors.js';
import { latin1Text, strictUtf8 } from '../encoding.js';
import { readChunks } from '../table/chunks.node.js';
import { type GeneSets, parseGmt } from './gmt.js';

/** Text of all of MSigDB takes 20 MB; what is much longer is something else. */
const MOST_BYTES = Math.min(2 ** 28, 0.05 * totalmem());

/**
 * Reads a GMT file. Bytes that are no UTF-8 are read as Latin-1, which is noted. Throws FileError, also for more than
 * 256 MiB of text; FormatError as `parseGmt` and for corrupt gzip data; InterruptedError.
 */
export async function readGmt(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<GeneSets> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  await readChunks(path, options, (chunk) => {
    length += chunk.length;
    if (length > MOST_BYTES) {
      const most = Math.floor(MOST_BYTES / 2 ** 20);
      throw new FileError(
        path,
        'memory',
        `${path}: more than ${most} MiB of text: no file of gene sets is that large`,
      );
    }
    chunks.push(chunk);
    return true;
  });
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  try {
    return parseGmt(strictUtf8.decode(bytes), path);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const { sets, notes } = parseGmt(latin1Text(bytes), path);
    return { sets, notes: ['the file is not UTF-8 and was read as Latin-1', ...notes] };
  }
}
