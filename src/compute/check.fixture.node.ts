/** For the tests of this room: run a graph once, and compare its derivatives with central differences in float64. */
import { expect } from 'vitest';
import { gradients } from './grad/index.js';
import {
  constant,
  type DType,
  input,
  mul,
  type Shape,
  sum,
  type Tensor,
  type Values,
  valuesOf,
} from './graph/index.js';
import { nodeRuntime } from './run/node.node.js';
import { Program } from './run/program.js';
import type { Runtime } from './run/runtime.js';

let shared: Promise<Runtime> | undefined;

/** The runtime of the tests: one thread, so that files can be tested side by side. */
export function testRuntime(): Promise<Runtime> {
  shared ??= nodeRuntime({ threads: 1 });
  return shared;
}

/** The values of tensors that need no inputs. */
export async function evaluate(...tensors: readonly Tensor[]): Promise<number[][]> {
  const outputs = Object.fromEntries(tensors.map((tensor, i) => [`out${i}`, tensor]));
  const program = await Program.compile(await testRuntime(), { outputs });
  const results = await program.run();
  await program.dispose();
  return tensors.map((_, i) => Array.from(results[`out${i}`] as ArrayLike<number>, Number));
}

export interface Point {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
}

/** A point of the domain with values drawn evenly from [low, high]; the same ones for the same salt. */
export function point(shape: Shape, low = -1, high = 1, salt = 1): Point {
  const size = shape.reduce((product, n) => product * n, 1);
  // golden-ratio sequence: spread out, no ties
  const values = Array.from(
    { length: size },
    (_, i) => low + (high - low) * (((i + 1) * 0.6180339887 + salt * 0.37) % 1),
  );
  return { shape, values };
}

/**
 * Checks in float64 that the derivatives of `build`, weighted by fixed irregular numbers, agree with central
 * differences by every element of every point, to `tolerance` relative to the largest.
 */
export async function expectGradient(
  build: (...inputs: Tensor[]) => Tensor,
  points: readonly Point[],
  tolerance = 1e-7,
): Promise<void> {
  const runtime = await testRuntime();
  const inputs = points.map(({ shape }, i) => input(`in${i}`, shape, 'float64'));
  const value = weighted(build(...inputs));
  const derivatives = gradients(value, inputs);
  const outputs = Object.fromEntries(derivatives.map((tensor, i) => [`d${i}`, tensor]));
  const program = await Program.compile(runtime, { outputs: { value, ...outputs } });
  const at = points.map(({ values }) => Float64Array.from(values));
  const feeds = (arrays: readonly Float64Array[]) =>
    Object.fromEntries(program.inputs.map(({ name }) => [name, arrays[Number(name.slice(2))]]));
  const base = await program.run(feeds(at));
  for (let i = 0; i < points.length; i++) {
    const found = base[`d${i}`] as Float64Array;
    const expected = new Float64Array(found.length);
    for (let j = 0; j < found.length; j++) {
      const step = 1e-5 * Math.max(1, Math.abs(at[i][j]));
      const shifted = async (by: number) => {
        const moved = at.map((array) => array.slice());
        moved[i][j] += by;
        return ((await program.run(feeds(moved))).value as Float64Array)[0];
      };
      expected[j] = ((await shifted(step)) - (await shifted(-step))) / (2 * step);
    }
    const scale = Math.max(1, ...expected.map(Math.abs));
    for (let j = 0; j < found.length; j++) {
      const message = `derivative by element ${j} of input ${i}`;
      expect(Math.abs(found[j] - expected[j]) / scale, message).toBeLessThan(tolerance);
    }
  }
  await program.dispose();
}

/** Σ wᵢ yᵢ with weights that no symmetry of y hides behind. */
function weighted(y: Tensor): Tensor {
  const weights = Array.from({ length: y.size }, (_, i) => Math.cos(1 + 2.3 * i) + 0.1);
  return sum(mul(y, constant(weights, y.shape, 'float64')));
}

/** `numbers` as a constant. */
export const fixed = (
  numbers: readonly number[],
  shape: Shape = [numbers.length],
  dtype: DType = 'float64',
): Tensor => constant(valuesOf(dtype, numbers) as Values, shape, dtype);
