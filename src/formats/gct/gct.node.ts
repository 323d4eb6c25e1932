/** GCT files, plain or gzipped. Genes are lines, so samples cannot be streamed into one: there is no sink. */
import { InterruptedError } from '../../errors.js';
import type { Format } from '../format.js';
import { inspect, readChunks } from '../table/chunks.node.js';
import { TextFile } from '../table/text-file.node.js';
import { GctReader } from './reader.js';
import { gctLines, whatIsLost } from './writer.js';

/** Deflate cannot do better than 1032 to 1. */
const DEFLATE_RATIO = 1032;

export const gct: Format = {
  name: 'gct',
  title: 'GCT (Connectivity Map, text)',
  extensions: ['.gct.gz', '.gct'],
  matches: ({ head }) => /^(\u00ef\u00bb\u00bf)?#1\.[23]\s/.test(String.fromCharCode(...head.subarray(0, 8))),
  async read(path, options = {}) {
    const { size, gzipped } = await inspect(path);
    const maxTextBytes = gzipped ? DEFLATE_RATIO * size : size;
    const reader = new GctReader({ path, rows: options.rows, maxTextBytes });
    await readChunks(path, options, (chunk) => reader.push(chunk));
    return reader.finish();
  },
  async write(path, data, options = {}) {
    const file = await TextFile.create(path);
    const nLines = 3 + data.obs.names.length + data.nVars;
    let n = 0;
    try {
      for (const line of gctLines(data)) {
        if (options.signal?.aborted) throw new InterruptedError();
        await file.write(line);
        options.onProgress?.(++n, nLines);
      }
      await file.finish();
    } catch (error) {
      await file.abort();
      throw error;
    }
    return whatIsLost(data);
  },
};
