import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileError } from '../errors.js';
import { keepPart, PartStore } from './parts.node.js';

// workers load compiled files: the pool is tried as it is built
const built = (name: string) => import(new URL(`../../dist/jobs/${name}`, import.meta.url).href);
const { runParts } = (await built('pool.node.js')) as typeof import('./pool.node.js');

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mechanist-parts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as FileError,
  );

describe('PartStore', () => {
  it('keeps numbers, NaN, typed arrays and names exactly', async () => {
    const store = await PartStore.open(at('exact'), { job: 1 }, false);
    const part = {
      scores: [{ rmse: Number.NaN, tau: -0, name: 'µ', rejected: null }],
      profiles: Float64Array.of(0.1, Number.POSITIVE_INFINITY),
      single: Float32Array.of(0.1),
    };
    await keepPart(store.folder, 3, part);
    expect(await store.read(3)).toEqual(part);
    expect((await readdir(store.folder)).sort()).toEqual(['000003.part', 'job.json']);
  });

  it('goes on only with the same job, and then knows what is finished', async () => {
    const first = await PartStore.open(at('again'), { seed: 1 }, false);
    await keepPart(first.folder, 0, 'zero');
    await keepPart(first.folder, 7, 'seven');
    await writeFile(join(first.folder, '000008.part.tmp'), 'half');
    const second = await PartStore.open(at('again'), { seed: 1 }, true);
    expect([...second.done].sort()).toEqual([0, 7]);
    expect(await second.read(7)).toBe('seven');
    expect(await caught(PartStore.open(at('again'), { seed: 2 }, true))).toMatchObject({
      trouble: 'changed',
    });
    expect(await second.read(0)).toBe('zero');
    expect([...(await PartStore.open(at('again'), { seed: 1 }, false)).done]).toEqual([]);
    expect(await caught(PartStore.open(at('nowhere'), {}, true))).toMatchObject({ trouble: 'missing' });
  });

  it('refuses a part that is damaged, and says what to do', async () => {
    const store = await PartStore.open(at('damaged'), {}, false);
    await writeFile(at('damaged', '000001.part'), '');
    const error = await caught(store.read(1));
    expect(error).toMatchObject({ tag: 'FileError', trouble: 'unreadable' });
    expect(error?.message).toContain('without --resume');
  });

  it('is gone when the job is complete', async () => {
    const store = await PartStore.open(at('complete'), {}, false);
    await store.remove();
    expect(await readdir(folder)).not.toContain('complete');
  });
});

describe('runParts', () => {
  let job: URL;
  beforeAll(async () => {
    const text = `
      import { appendFileSync } from 'node:fs';
      export function prepare({ log, fail }) {
        return (part) => {
          appendFileSync(log, part + '\\n');
          if (part === fail) throw Object.assign(new Error('part ' + part + ' cannot'), { tag: 'DataError', exitCode: 2 });
          return { part, square: part * part };
        };
      }`;
    await writeFile(at('job.mjs'), text);
    job = pathToFileURL(at('job.mjs'));
  });

  describe.each([1, 2, 3])('with %i threads', (threads) => {
    const open = (name: string, resume = false) => PartStore.open(at(`${name}-${threads}`), {}, resume);

    it('runs every part once and keeps its result', async () => {
      const store = await open('every');
      const log = at(`log-${threads}`);
      const progress: number[] = [];
      await runParts(job, { log }, 6, store, { threads, onProgress: (done) => progress.push(done) });
      const done = (await readFile(log, 'utf8')).trimEnd().split('\n').map(Number);
      expect(done.sort()).toEqual([0, 1, 2, 3, 4, 5]);
      expect(progress).toEqual([0, 1, 2, 3, 4, 5, 6]);
      for (let part = 0; part < 6; part++)
        expect(await store.read(part)).toEqual({ part, square: part ** 2 });
    });

    it('leaves out what is finished', async () => {
      await keepPart((await open('some')).folder, 2, 'before');
      const store = await open('some', true);
      const log = at(`some-log-${threads}`);
      await runParts(job, { log }, 4, store, { threads });
      expect((await readFile(log, 'utf8')).trimEnd().split('\n').sort()).toEqual(['0', '1', '3']);
      expect(await store.read(2)).toBe('before');
    });

    it('passes on the error of a part as what it is', async () => {
      const failing = runParts(job, { log: at('log'), fail: 1 }, 3, await open('fail'), { threads });
      await expect(failing).rejects.toMatchObject({ tag: 'DataError', message: 'part 1 cannot' });
    });

    it('stops when told to, and says how to go on', async () => {
      const stopped = runParts(job, { log: at('log') }, 50, await open('stop'), {
        threads,
        signal: AbortSignal.abort(),
      });
      await expect(stopped).rejects.toMatchObject({ tag: 'InterruptedError', message: /--resume/ });
    });

    it('has nothing to do for a job without parts', async () => {
      await runParts(job, { log: at('log') }, 0, await open('none'), { threads });
    });
  });
});
