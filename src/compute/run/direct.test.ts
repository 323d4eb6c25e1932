import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { add, constant, gather, input, matmul, mul, sum, tanh, type Values } from '../graph/index.js';
import { directRuntime } from './direct.node.js';
import { nodeRuntime } from './node.node.js';
import { Program } from './program.js';
import { Runtime } from './runtime.js';
import { Store } from './store.js';

const ort = await directRuntime();

describe.skipIf(!ort)('the C interface of ONNX Runtime', () => {
  const direct = () => new Runtime(ort!, 'cpu', 1);

  it('gives the bits of the binding, step after step', async () => {
    const x = input('x', [5, 300]);
    const w = input('w', [300, 40]);
    const step = input('step', []);
    const next = add(mul(w, 0.9), mul(tanh(matmul(w, matmul(input('q', [40, 5]), matmul(x, w)))), 0.01));
    const run = async (runtime: Runtime) => {
      const store = new Store(runtime);
      store.set(
        w,
        Float32Array.from({ length: 12000 }, (_, i) => Math.sin(i)),
      );
      store.set(step, Float32Array.of(0));
      const program = await Program.compile(store, {
        outputs: { norm: sum(mul(w, w)) },
        updates: [
          [w, next],
          [step, add(step, 1)],
        ],
      });
      const feeds = {
        x: Float32Array.from({ length: 1500 }, (_, i) => Math.cos(i)),
        q: Float32Array.from({ length: 200 }, (_, i) => Math.cos(3 * i)),
      };
      const norms: Values[] = [];
      for (let i = 0; i < 20; i++) norms.push((await program.run(feeds)).norm);
      await program.dispose();
      return [...norms, await store.get('w'), await store.get('step')];
    };
    const ours = await run(direct());
    expect(ours).toEqual(await run(await nodeRuntime({ threads: 1, binding: true })));
    expect(ours.at(-1)).toEqual(Float32Array.of(20));
  });

  it('keeps small arrays in place while memory is collected', async () => {
    const x = input('x', [2]);
    const program = await Program.compile(direct(), { outputs: { y: mul(x, 2) } });
    for (let i = 0; i < 2000; i++) {
      const values = Float32Array.of(i, -i);
      const garbage = Array.from({ length: 200 }, () => new Float32Array(8));
      expect((await program.run({ x: values })).y).toEqual(Float32Array.of(2 * i, -2 * i));
      expect(garbage.length).toBe(200);
    }
  });

  it('tells what the runtime says', async () => {
    const session = ort!.InferenceSession.create(new Uint8Array(7), {});
    await expect(session).rejects.toThrow(/protobuf/i);
    const program = await Program.compile(direct(), {
      outputs: { y: gather(input('x', [3]), input('i', [1], 'int64')) },
    });
    const run = program.run({ x: Float32Array.of(1, 2, 3), i: BigInt64Array.of(7n) });
    await expect(run).rejects.toMatchObject({ tag: 'NumericalError', message: expect.stringContaining('7') });
    expect((await program.run({ x: Float32Array.of(1, 2, 3), i: BigInt64Array.of(1n) })).y).toEqual(
      Float32Array.of(2),
    );
  });

  it('is loaded once a thread', async () => {
    expect(await directRuntime()).toBe(await directRuntime());
    expect((await nodeRuntime()).ort).toBe((await nodeRuntime()).ort);
  });

  it('frees the sessions that nobody holds any more, and none that runs', async () => {
    setFlagsFromString('--expose-gc');
    const collect = async () => {
      (runInNewContext('gc') as () => void)();
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const megabytes = 8;
    const values = new Float32Array((megabytes * 2 ** 20) / 4).fill(1);
    const table = input('table', [values.length]);
    const lost = async () => {
      const y = sum(mul(table, constant(values, [values.length])));
      const program = await Program.compile(direct(), { outputs: { y } });
      const run = program.run({ table: values });
      await collect();
      return run;
    };
    const used: number[] = [];
    for (let i = 0; i < 12; i++) {
      expect((await lost()).y).toEqual(Float32Array.of(values.length));
      // what is found dead in one collection is freed after it: one more sees the memory gone
      for (let again = 0; again < 4; again++) await collect();
      used.push(process.memoryUsage().rss / 2 ** 20);
    }
    // ten sessions that are kept hold 80 MB of constants alone
    expect(used[11] - used[1]).toBeLessThan(5 * megabytes);
  });

  it('takes empty tensors', async () => {
    const program = await Program.compile(direct(), { outputs: { y: sum(input('x', [0, 3]), 0) } });
    expect((await program.run({ x: new Float32Array(0) })).y).toEqual(new Float32Array(3));
  });
});
