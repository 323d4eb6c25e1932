/** Breaks and reads the files numbered from `from` on; counts in shared memory what came of them. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { isMechanistError } from '../../dist/errors.js';
import { readData } from '../../dist/formats/index.node.js';
import { brokenFile } from './mutate.mjs';
import { placeFile, placeFiles } from './samples.mjs';
import { ARRAY_MEGABYTES, BEGUN, COUNTS, KINDS, NUMBER } from './state.mjs';

const { sample, from, to, folder, shared } = workerData;
const state = new Int32Array(shared);
const path = join(folder, `${sample.format}${sample.extension}`);

placeFiles(path, sample.files);
for (let number = from; number < to; number++) {
  const { place, bytes } = brokenFile(sample, number);
  placeFile(path, sample.files[place][0], bytes);
  state[NUMBER] = number;
  state[BEGUN]++;
  const { kind, stack } = await read(path);
  state[COUNTS + KINDS.indexOf(kind)]++;
  if (kind === 'crash') parentPort.postMessage({ number, stack });
  // the heap is bounded by the worker's limits; buffers are outside of them
  const megabytes = Math.ceil(process.memoryUsage().arrayBuffers / 2 ** 20);
  state[ARRAY_MEGABYTES] = Math.max(state[ARRAY_MEGABYTES], megabytes);
  placeFile(path, ...sample.files[place]);
}

async function read(path) {
  try {
    await readData(path);
    return { kind: 'read' };
  } catch (error) {
    if (isMechanistError(error)) return { kind: error.tag };
    return { kind: 'crash', stack: error instanceof Error ? error.stack : String(error) };
  }
}
