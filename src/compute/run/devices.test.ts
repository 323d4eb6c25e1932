import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { add, cast, input, mul } from '../graph/index.js';
import { nodeDevices, nodeRuntime } from './node.node.js';
import { Program } from './program.js';
import { Store } from './store.js';

const SOFTWARE = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (!process.env.VK_ICD_FILENAMES && existsSync(SOFTWARE)) process.env.VK_ICD_FILENAMES = SOFTWARE;
const working = await nodeDevices();
const BUILT = new URL('../../../dist/compute/index.node.js', import.meta.url);
const isBuilt = existsSync(fileURLToPath(BUILT));

describe('devices', () => {
  it('has the CPU', () => expect(working[0]).toBe('cpu'));

  it.each(['webgpu', 'cuda'] as const)('%s works, or says why not', async (device) => {
    if (working.includes(device)) return expect((await nodeRuntime({ device })).device).toBe(device);
    const message = expect.stringMatching(new RegExp(`device '${device}' .*: .*; use --device cpu$`));
    await expect(nodeRuntime({ device })).rejects.toMatchObject({ tag: 'DeviceError', message });
  });

  it('names what there is for a device that there is not', async () => {
    const message = expect.stringMatching(/'tpu' is not offered.*it has cpu/);
    const runtime = nodeRuntime({ device: 'tpu' as 'cpu' });
    await expect(runtime).rejects.toMatchObject({ tag: 'DeviceError', message });
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %s threads', async (threads) => {
    await expect(nodeRuntime({ threads })).rejects.toMatchObject({ tag: 'OptionError' });
  });

  it('refuses a model that is none', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    const session = runtime.session(Uint8Array.from({ length: 40 }, (_, i) => i * 7));
    await expect(session).rejects.toMatchObject({ tag: 'DeviceError' });
  });

  it.skipIf(!isBuilt)('keeps the terminal quiet where a device does not work', () => {
    const script = `import { nodeRuntime } from '${BUILT}';
      for (const device of ['webgpu', 'cuda']) await nodeRuntime({ device }).catch((e) => console.log(e.tag));`;
    const env = { ...process.env, VK_ICD_FILENAMES: '/nowhere' };
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
  });

  it.skipIf(!isBuilt)('works in several worker threads at a time', async () => {
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import('${BUILT}').then(async ({ input, mul, nodeRuntime, Program, sum }) => {
        const program = await Program.compile(await nodeRuntime({ threads: 1 }), {
          outputs: { y: sum(mul(input('x', [1000]), workerData)) },
        });
        let y;
        for (let i = 0; i < 50; i++) ({ y } = await program.run({ x: new Float32Array(1000).fill(1) }));
        await program.dispose();
        parentPort.postMessage(y[0]);
      });`;
    const results = [1, 2, 3, 4].map(
      (workerData) =>
        new Promise((done, fail) => {
          const worker = new Worker(script, { eval: true, workerData });
          worker.once('message', done).once('error', fail);
        }),
    );
    expect(await Promise.all(results)).toEqual([1000, 2000, 3000, 4000]);
  });
});

describe.skipIf(!working.includes('webgpu'))('a store on WebGPU', () => {
  it('keeps state of every type there, and copies it back', async () => {
    const store = new Store(await nodeRuntime({ device: 'webgpu' }));
    const states = (['float32', 'int32', 'int64', 'float64', 'bool'] as const).map((dtype) =>
      input(dtype, [3], dtype),
    );
    const given = {
      float32: Float32Array.of(1, 2, 3),
      int32: Int32Array.of(1, 2, 3),
      int64: BigInt64Array.of(1n, 2n, 3n),
      float64: Float64Array.of(1, 2, 3),
      bool: Uint8Array.of(0, 1, 1),
    };
    for (const state of states) store.set(state, given[state.dtype]);
    const next = states.map((state) =>
      state.dtype === 'bool' ? cast(add(cast(state, 'float32'), 1), 'bool') : mul(add(state, 1), 2),
    );
    const program = await Program.compile(store, {
      outputs: {},
      updates: states.map((s, i) => [s, next[i]]),
    });
    for (let i = 0; i < 3; i++) await program.run();
    // ((1 + 1) · 2 + 1) · 2 …
    expect(await store.get('float32')).toEqual(Float32Array.of(22, 30, 38));
    expect(await store.get('int32')).toEqual(Int32Array.of(22, 30, 38));
    expect(await store.get('int64')).toEqual(BigInt64Array.of(22n, 30n, 38n));
    expect(await store.get('float64')).toEqual(Float64Array.of(22, 30, 38));
    expect(await store.get('bool')).toEqual(Uint8Array.of(1, 1, 1));
    await program.dispose();
    store.dispose();
  });
});

describe.skipIf(!isBuilt)('the built package', () => {
  it('points at the caller’s line', () => {
    const script = `const g = await import('${BUILT}');
      const wrong = () => g.matmul(g.ones([2, 3]), g.ones([2, 3]));
      try { wrong(); } catch (error) { console.log(error.at); }`;
    const folder = mkdtempSync(join(tmpdir(), 'mechanist-test-'));
    try {
      const file = join(folder, 'wrong.mjs');
      writeFileSync(file, script);
      const ran = spawnSync(process.execPath, [file], { encoding: 'utf8' });
      expect(ran.stdout.trim()).toBe(`${file}:2`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
