import { describe, expect, it } from 'vitest';
import { gradients } from '../grad/index.js';
import { nodeRuntime } from '../run/node.node.js';
import { Program } from '../run/program.js';
import { constant, gather, input, mul, scatterAdd, sum, valuesOf } from './index.js';

/** Ones added at few places many times over: the sums are the numbers of repeats, exactly. */
describe('adding by index with two threads loses nothing', () => {
  it.each([
    ['a product', 8, 1024, 512],
    ['a product', 105, 4096, 64],
    ['element by element', 3, 1_500_000, 2],
  ])('as %s: %i rows, %i indices, width %i', async (_how, rows, count, width) => {
    const runtime = await nodeRuntime({ threads: 2 });
    const indices = input('indices', [count], 'int64');
    const ones = input('ones', [count, width]);
    const program = await Program.compile(runtime, {
      outputs: { sums: scatterAdd([rows, width], ones, indices) },
    });
    const feeds = {
      indices: BigInt64Array.from({ length: count }, (_, i) => BigInt(i % rows)),
      ones: new Float32Array(count * width).fill(1),
    };
    const expected = Array.from({ length: rows * width }, (_, at) => {
      const row = Math.floor(at / width);
      return Math.floor(count / rows) + (row < count % rows ? 1 : 0);
    });
    for (let run = 0; run < 5; run++) {
      expect(Array.from((await program.run(feeds)).sums as Float32Array)).toEqual(expected);
    }
    await program.dispose();
  });

  it('counts negative indices from the end, as gather does', async () => {
    const table = input('table', [3, 1]);
    const read = gather(table, constant(valuesOf('int64', [-1, 0, -1]), [3], 'int64'));
    const weights = constant([1, 10, 100], [3, 1]);
    const [derivative] = gradients(sum(mul(read, weights)), [table]);
    const program = await Program.compile(await nodeRuntime({ threads: 1 }), {
      outputs: { read, derivative },
    });
    const { read: values, derivative: slopes } = await program.run({ table: Float32Array.of(5, 6, 7) });
    expect(values).toEqual(Float32Array.of(7, 5, 7));
    expect(slopes).toEqual(Float32Array.of(10, 0, 101));
  });
});
