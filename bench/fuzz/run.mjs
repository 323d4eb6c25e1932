/**
 * Fuzzing of the readers: `node bench/fuzz/run.mjs [--count N] [--format F,…] [--seed S] [--json]`.
 *
 * Every format gets N (default 2000) small files, each a valid one broken at random by the seed. Whatever is
 * read or refused with one of our errors is well; any other error, a hang of 10 s and a dead worker are not:
 * they are counted, and the first files that did it are kept in a folder that is printed. Leaves with 1 then.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { brokenFile } from './mutate.mjs';
import { FORMATS, placeFile, placeFiles, sampleFiles } from './samples.mjs';
import { ARRAY_MEGABYTES, BEGUN, COUNTS, KINDS, NUMBER } from './state.mjs';

const HANG_SECONDS = 10;
const KEPT_A_FORMAT = 5;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    from: { type: 'string', default: '0' },
    format: { type: 'string' },
    seed: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});
const [count, from, seed] = [options.count, options.from, options.seed].map(Number);
const formats = options.format?.split(',') ?? FORMATS;
for (const format of formats) {
  if (!FORMATS.includes(format)) {
    console.error(`--format: '${format}' is not one of ${FORMATS.join(', ')}`);
    process.exit(2);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'mechanist-fuzz-'));
const results = [];
for (const format of formats) {
  const sample = { ...(await sampleFiles(format, folder)), seed };
  const result = await fuzz(sample);
  results.push(result);
  if (!options.json) console.log(line(result));
  for (const { number, what, stack } of result.offenders) {
    const kept = join(folder, `${format}-${number}${sample.extension}`);
    const { place, bytes } = brokenFile(sample, number);
    placeFiles(kept, sample.files);
    placeFile(kept, sample.files[place][0], bytes);
    console.error(`${format} ${number}: ${what}, kept as ${kept}\n${stack ?? ''}`);
  }
}
if (options.json) console.log(JSON.stringify(results));
const isWell = results.every(({ offenders }) => offenders.length === 0);
if (isWell) rmSync(folder, { recursive: true, force: true });
process.exitCode = isWell ? 0 : 1;

async function fuzz(sample) {
  const begin = performance.now();
  const result = { format: sample.format, counts: {}, offenders: [], megabytes: 0, seconds: 0 };
  // a worker that hangs or dies is replaced by one that goes on after the file that did it
  for (let next = from; next < from + count; ) next = await runWorker(sample, next, result);
  result.seconds = (performance.now() - begin) / 1000;
  return result;
}

/** Runs one worker to its end, which may come early; gives the number to go on with. */
function runWorker(sample, next, result) {
  const shared = new SharedArrayBuffer(4 * (COUNTS + KINDS.length));
  const state = new Int32Array(shared);
  const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
    workerData: { sample, from: next, to: from + count, folder, shared },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const offend = (offender) => {
    if (result.offenders.length < KEPT_A_FORMAT) result.offenders.push(offender);
  };
  return new Promise((done) => {
    let death;
    let [seen, since] = [-1, performance.now()];
    const watch = setInterval(() => {
      if (state[BEGUN] !== seen) [seen, since] = [state[BEGUN], performance.now()];
      else if (performance.now() - since > HANG_SECONDS * 1000) {
        death = 'hang';
        void worker.terminate();
      }
    }, 100);
    worker.on('message', ({ number, stack }) => offend({ number, what: 'crash', stack }));
    worker.on('error', (error) => {
      death = `dead worker: ${error.message}`;
    });
    worker.on('exit', () => {
      clearInterval(watch);
      result.megabytes = Math.max(result.megabytes, state[ARRAY_MEGABYTES]);
      KINDS.forEach((kind, i) => {
        if (state[COUNTS + i] > 0) result.counts[kind] = (result.counts[kind] ?? 0) + state[COUNTS + i];
      });
      if (death) {
        offend({ number: state[NUMBER], what: death });
        result.counts.dead = (result.counts.dead ?? 0) + 1;
      }
      done(death ? Math.max(next, state[NUMBER]) + 1 : from + count);
    });
  });
}

function line({ format, counts, megabytes, seconds }) {
  const list = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, n]) => `${kind} ${n}`);
  return `${format.padEnd(12)} ${list.join(', ')}; buffers at most ${megabytes} MB; ${seconds.toFixed(1)} s`;
}
