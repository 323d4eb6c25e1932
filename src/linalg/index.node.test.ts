/** Choosing a backend: what is found, what is refused, and that each thread has its own. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isMechanistError } from '../errors.js';
import { library } from './backends.fixture.node.js';
import { gemm, linalgBackend, svd, useLapack, usePortable } from './index.node.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
  vi.doUnmock('koffi');
  usePortable();
});

const troubleOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => value,
    (error: unknown) =>
      isMechanistError(error, 'FileError') ? { trouble: 'trouble' in error && error.trouble } : error,
  );

describe('without a library', () => {
  it('the portable kernels are in use, and asked for they stay', async () => {
    expect(linalgBackend()).toEqual({ name: 'portable' });
    expect(await useLapack({ path: 'portable' })).toBe(false);
    vi.stubEnv('MECHANIST_BLAS', 'portable');
    expect(await useLapack()).toBe(false);
    expect(linalgBackend()).toEqual({ name: 'portable' });
  });

  it.each([
    ['/nowhere/libopenblas.so.0', 'missing'],
    ['libthere-is-none-of-this-name.so', 'unreadable'],
    [fileURLToPath(import.meta.url), 'unreadable'],
    ['/', 'unreadable'],
    ['libopenblas\0.so', 'unreadable'],
  ])('%s is refused, and what was in use stays', async (path, trouble) => {
    expect(await troubleOf(useLapack({ path }))).toEqual({ trouble });
    vi.stubEnv('MECHANIST_BLAS', path.replace('\0', ''));
    if (!path.includes('\0')) expect(await troubleOf(useLapack())).toEqual({ trouble });
    expect(linalgBackend().name).toBe('portable');
  });

  it.skipIf(process.platform !== 'linux')(
    'a library that is no LAPACK is refused by name of what it lacks',
    async () => {
      await expect(useLapack({ path: 'libm.so.6' })).rejects.toThrow(/libm\.so\.6: .*no dgeqp3.*'portable'/);
    },
  );

  it.each([0, -1, 1.5, Number.NaN, 1e9])('%f threads are refused', async (threads) => {
    const refused = await useLapack({ threads }).catch((error: unknown) =>
      isMechanistError(error, 'OptionError'),
    );
    expect(refused).toBe(true);
  });

  it('does without where koffi is not installed, and says so where a library was named', async () => {
    vi.resetModules();
    vi.doMock('koffi', () => {
      throw new Error('Cannot find package');
    });
    const fresh = await import('./index.node.js');
    expect(await fresh.useLapack({ path: 'auto' })).toBe(false);
    expect(fresh.linalgBackend().name).toBe('portable');
    await expect(fresh.useLapack({ path: 'libopenblas.so.0' })).rejects.toThrow(/koffi is not installed/);
  });
});

describe.skipIf(!library)('with a library', () => {
  it('it is found, described, told its threads, and left again', async () => {
    const before = library!.threads();
    expect(await useLapack({ path: library!.path, threads: 1 })).toBe(true);
    const { name, library: path, threads } = linalgBackend();
    expect([name, path]).toEqual(['lapack', library!.path]);
    if (before !== undefined) {
      expect(threads).toBe(1);
      await useLapack({ path: library!.path, threads: before });
      expect(linalgBackend().threads).toBe(before);
    }
    usePortable();
    expect(linalgBackend()).toEqual({ name: 'portable' });
  });

  it('reads and writes memory that is shared, or that WebAssembly owns', async () => {
    await useLapack({ path: library!.path });
    const n = 12;
    const shared = new Float64Array(new SharedArrayBuffer(8 * n * n)).fill(2);
    const owned = new Float64Array(new WebAssembly.Memory({ initial: 1 }).buffer, 64, n * n).fill(3);
    const c = new Float64Array(new SharedArrayBuffer(8 * n * n));
    gemm({ m: n, n, k: n, a: shared, b: owned, c });
    expect(c.every((value) => value === 6 * n)).toBe(true);
  });

  // Workers load compiled files: this is tried as it is built.
  const built = fileURLToPath(new URL('../../dist/linalg/index.node.js', import.meta.url));
  it.skipIf(!existsSync(built))('several workers load it side by side, compute and end', async () => {
    const n = 60;
    const a = Float64Array.from({ length: n * n }, (_, at) => Math.sin(at * at));
    const expected = svd(a, n, n).s;
    const program = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { useLapack, linalgBackend, svd } = await import(workerData.module);
      const before = linalgBackend().name;
      await useLapack({ path: workerData.path, threads: 1 });
      let s;
      for (let round = 0; round < 20; round++) s = svd(workerData.a, ${n}, ${n}).s;
      parentPort.postMessage({ before, after: linalgBackend().name, s });
    `;
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    for (let time = 0; time < 2; time++) {
      const answers = await Promise.all(
        Array.from({ length: 3 }, () => {
          const workerData = { module: new URL(`file://${built}`).href, path: library!.path, a };
          const worker = new Worker(url, { workerData });
          return new Promise<{ before: string; after: string; s: Float64Array }>((done, fail) => {
            worker.on('error', fail);
            worker.on('message', (answer) => worker.on('exit', () => done(answer)));
          });
        }),
      );
      for (const { before, after, s } of answers) {
        expect([before, after]).toEqual(['portable', 'lapack']);
        for (let i = 0; i < n; i++) expect(s[i]).toBeCloseTo(expected[i], 10);
      }
    }
    expect(linalgBackend().name).toBe('portable');
  });
});
