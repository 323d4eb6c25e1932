/** For the tests of layers: run one with parameters that are given or drawn, and check all its derivatives. */
import { expect } from 'vitest';
import { Random } from '../../random/index.js';
import { testRuntime } from '../check.fixture.node.js';
import { gradients } from '../grad/index.js';
import { constant, mul, sum, type Tensor, type Values, valuesOf } from '../graph/index.js';
import { Program, Store } from '../run/index.js';
import { drawNoise, Scope, type ScopeOptions } from './scope.js';

export type Nested = number | boolean | readonly Nested[];

/** Nested lists as one, row by row. */
export const flat = (nested: Nested): number[] =>
  Array.isArray(nested) ? nested.flatMap(flat) : [Number(nested)];

/** sin(1.7 i + salt): what `S` gives in the calls of PyTorch beside the expected values. */
export const wave = (size: number, salt = 0): number[] =>
  Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + salt));

/** The same numbers, to `tolerance`. */
export function expectClose(found: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  expect(found).toHaveLength(expected.length);
  const errors = found.map((value, i) => Math.abs(value - expected[i]));
  expect(errors.filter((error) => !(error < tolerance))).toEqual([]);
}

export interface LayerOptions extends ScopeOptions {
  /** By name; all that the network asks for. Default: its own first values. */
  readonly weights?: Readonly<Record<string, Nested>>;
  readonly seed?: number;
  /** Training runs one after the other. Default 1. */
  readonly runs?: number;
  /** What is fed to the inputs in each run. */
  readonly inputs?: (run: number) => Readonly<Record<string, Values>>;
}

export interface LayerRun {
  /** The last result. */
  readonly y: number[];
  readonly scope: Scope;
  readonly values: (name: string) => Promise<number[]>;
}

/** Builds a network in a scope of its own (float64 by default) and runs it. */
export async function runLayer(
  build: (scope: Scope) => Tensor,
  options: LayerOptions = {},
): Promise<LayerRun> {
  const scope = new Scope({ dtype: 'float64', ...options });
  const output = build(scope);
  const store = new Store(await testRuntime());
  const random = Random.fromSeed(options.seed ?? 0);
  for (const [name, { tensor }] of options.weights ? scope.owned : []) {
    expect(Object.keys(options.weights!), 'names of parameters').toContain(name);
    store.set(tensor, valuesOf(tensor.dtype, flat(options.weights![name])));
  }
  scope.initialise(store, random.split('weights'));
  const program = await Program.compile(store, { outputs: { output }, updates: scope.updates });
  let y: number[] = [];
  for (let run = 0; run < (options.runs ?? 1); run++) {
    const noise = random.split('noise', run);
    const feeds = scope.noises.map((source) => {
      const values = valuesOf(scope.dtype, new Float64Array(source.tensor.size));
      drawNoise(source.noise, values, noise);
      return [source.tensor.name, values];
    });
    y = Array.from(
      (await program.run({ ...Object.fromEntries(feeds), ...options.inputs?.(run) })).output as Float64Array,
    );
  }
  await program.dispose();
  return { y, scope, values: async (name) => Array.from((await store.get(name)) as Float64Array) };
}

/**
 * Checks in float64 the derivatives by every element of `inputs` and of every parameter against central differences,
 * relative to the largest of each tensor; and that float32 gives the same derivatives, relative to the largest of all.
 */
export async function expectLayerGradient(
  build: (scope: Scope, inputs: readonly Tensor[]) => Tensor,
  shapes: readonly (readonly number[])[],
  options: ScopeOptions & { readonly tolerance?: number } = {},
): Promise<void> {
  const inexact = await derivatives(build, shapes, { ...options, dtype: 'float32' });
  const exact = await derivatives(build, shapes, { ...options, dtype: 'float64' });
  const largest = Math.max(...Object.values(exact.gradients).flat().map(Math.abs));
  for (const [name, found] of Object.entries(exact.gradients)) {
    const expected = await exact.differences(name);
    const scale = Math.max(1e-3, ...expected.map(Math.abs));
    found.forEach((value, i) => {
      const message = `derivative by element ${i} of '${name}'`;
      expect(Math.abs(value - expected[i]) / scale, message).toBeLessThan(options.tolerance ?? 1e-6);
      const single = Math.abs(value - inexact.gradients[name][i]) / largest;
      expect(single, `${message} in float32`).toBeLessThan(2e-5);
    });
  }
  await Promise.all([exact.dispose(), inexact.dispose()]);
}

async function derivatives(
  build: (scope: Scope, inputs: readonly Tensor[]) => Tensor,
  shapes: readonly (readonly number[])[],
  options: ScopeOptions,
) {
  const scope = new Scope(options);
  // inputs of the network are parameters here, so that they are drawn and moved like them
  const source = new Scope(scope, 'x', undefined);
  const inputs = shapes.map((shape, i) => source.parameter(`${i}`, shape, () => {}));
  const y = build(scope, inputs);
  const weights = Array.from({ length: y.size }, (_, i) => Math.cos(1 + 2.3 * i) + 0.1);
  const value = sum(mul(y, constant(weights, y.shape, scope.dtype)));
  const by = [...inputs, ...scope.parameters];
  const named = Object.fromEntries(by.map((tensor) => [tensor.name, tensor]));
  const found = gradients(value, by);
  const outputs = Object.fromEntries(found.map((tensor, i) => [`d ${by[i].name}`, tensor]));
  const program = await Program.compile(await testRuntime(), { outputs: { value, ...outputs } });
  const at: Record<string, Values> = {};
  for (const { name, size } of program.inputs) {
    const random = Random.fromSeed(1).split(name);
    const noise = scope.noises.find(({ tensor }) => tensor.name === name);
    const drawn = new Float64Array(size);
    if (noise) drawNoise(noise.noise, drawn, random);
    else random.fill(drawn, () => (name.endsWith('running_var') ? 1 : 0) + 0.6 * random.normal());
    // the same point in both precisions
    at[name] = valuesOf(
      scope.dtype,
      Float32Array.from(name.endsWith('running_var') ? drawn.map(Math.abs) : drawn),
    );
  }
  const base = await program.run(at);
  const valueAt = async (name: string, i: number, shift: number) => {
    const moved = (at[name] as Float64Array).slice();
    moved[i] += shift;
    return ((await program.run({ ...at, [name]: moved })).value as Float64Array)[0];
  };
  return {
    gradients: Object.fromEntries(
      by.map(({ name }) => [name, Array.from(base[`d ${name}`] as Float64Array)]),
    ),
    differences: async (name: string) => {
      const step = 1e-5;
      const result: number[] = [];
      for (let i = 0; i < named[name].size; i++) {
        const unused = at[name] === undefined;
        result.push(
          unused ? 0 : ((await valueAt(name, i, step)) - (await valueAt(name, i, -step))) / (2 * step),
        );
      }
      return result;
    },
    dispose: () => program.dispose(),
  };
}
