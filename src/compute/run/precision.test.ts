import * as binding from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { input, matmul, mul, transpose } from '../graph/index.js';
import { directRuntime } from './direct.node.js';
import { Program } from './program.js';
import { type OrtModule, Runtime } from './runtime.js';

const direct = await directRuntime();
const modules: [string, OrtModule | undefined][] = [
  ['the binding', binding as unknown as OrtModule],
  ['the C interface', direct],
];

describe.each(modules)('float64 by %s', (_name, ort) => {
  it.skipIf(!ort)('keeps the factor of a product in full', async () => {
    const a = input('a', [1, 1, 2], 'float64');
    const b = input('b', [1, 1, 2], 'float64');
    const y = mul(matmul(mul(a, 1 / 3), transpose(b)), 1 / 7);
    const program = await Program.compile(new Runtime(ort!, 'cpu', 1), { outputs: { y } });
    const values = await program.run({ a: Float64Array.of(1, 1), b: Float64Array.of(1, 1) });
    expect(Math.abs((values.y as Float64Array)[0] - 2 / 21)).toBeLessThan(1e-16);
    await program.dispose();
  });
});
