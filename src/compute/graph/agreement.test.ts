/**
 * The float32 value and derivative of every operation against float64, on each device at hand: always the CPU; WebGPU
 * where it works, as with Chromium's software adapter (VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json).
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Point, testRuntime } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { type Device, Program, type Runtime } from '../run/index.js';
import { nodeDevices, nodeRuntime } from '../run/node.node.js';
import { CASES, type Case } from './cases.fixture.js';
import { constant, type DType, input, mul, sum, valuesOf } from './index.js';

const SOFTWARE = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (!process.env.VK_ICD_FILENAMES && existsSync(SOFTWARE)) process.env.VK_ICD_FILENAMES = SOFTWARE;
const working = await nodeDevices();

describe.each<Device>(['cpu', 'webgpu', 'cuda'])('float32 on %s agrees with float64', (device) => {
  let opened: Promise<Runtime> | undefined;
  it.skipIf(!working.includes(device)).each(CASES)('%s', async (name, build, points) => {
    const reference = await valueAndDerivatives(await testRuntime(), 'float64', build, points);
    opened ??= nodeRuntime({ device, threads: 1 });
    const found = await valueAndDerivatives(await opened, 'float32', build, points);
    // WGSL asks of sin and cos no more than this absolute error
    const tolerance = device === 'webgpu' && /^(sin|cos)$/.test(name) ? 2 ** -10 : 5e-6;
    for (const [i, values] of found.entries()) {
      const scale = Math.max(1, ...reference[i].map(Math.abs));
      const errors = values.map((value, j) => Math.abs(value - reference[i][j]) / scale);
      expect(Math.max(0, ...errors), i === 0 ? 'value' : `derivative by input ${i - 1}`).toBeLessThan(
        tolerance,
      );
    }
  });
});

async function valueAndDerivatives(
  runtime: Runtime,
  dtype: DType,
  build: Case[1],
  points: readonly Point[],
): Promise<number[][]> {
  const inputs = points.map(({ shape }, i) => input(`in${i}`, shape, dtype));
  const y = build(...inputs);
  const weights = Array.from({ length: y.size }, (_, i) => Math.cos(1 + 2.3 * i));
  const derivatives = gradients(sum(mul(y, constant(weights, y.shape, dtype))), inputs);
  const outputs = Object.fromEntries([y, ...derivatives].map((tensor, i) => [`out${i}`, tensor]));
  const program = await Program.compile(runtime, { outputs });
  const at = program.inputs.map(({ name }) => [name, valuesOf(dtype, points[Number(name.slice(2))].values)]);
  const results = await program.run(Object.fromEntries(at));
  await program.dispose();
  return Object.keys(outputs).map((name) => Array.from(results[name] as Float32Array));
}
