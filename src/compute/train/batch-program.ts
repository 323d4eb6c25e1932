/**
 * One graph for batches of one size, with the arrays that its inputs are written into at every run: nothing large is
 * allocated between runs.
 */

import type { Random } from '../../random/index.js';
import { type DType, graphError, input, type Tensor, type Values, zerosOf } from '../graph/index.js';
import { drawNoise, type Noise, Scope } from '../nn/index.js';
import { minimise, type Optimiser } from '../optim/index.js';
import { Program, type Store } from '../run/index.js';
import type { Numbers } from './averages.js';
import type { Field } from './rows.js';

/** The symbolic inputs of a batch: each field `(rows, …)` and each scheduled scalar `()`, by name. */
export type Batch = Readonly<Record<string, Tensor>>;

export interface Built {
  /** What is lowered, a mean over the rows of the batch `()`. */
  readonly loss: Tensor;
  /** Further means over the rows `()`, by name. */
  readonly metrics?: Readonly<Record<string, Tensor>>;
}

export type Build = (scope: Scope, batch: Batch) => Built;

export interface BatchParts {
  readonly build: Build;
  readonly fields: readonly Field[];
  readonly scalars: readonly string[];
  readonly dtype: 'float32' | 'float64';
  readonly rows: number;
  /** Trains with it; without it the graph only evaluates. */
  readonly optimiser?: Optimiser;
}

const LEARNING_RATE = 'learning_rate';
const fieldInput = (name: string) => `batch.${name}`;
const scalarInput = (name: string) => `scalar.${name}`;
const outputOf = (name: string) => `result.${name}`;

/** The graph alone: what it asks its scope for, and what comes out. Throws GraphError. */
function buildBatch(parts: BatchParts) {
  const { build, fields, scalars, dtype, rows, optimiser } = parts;
  const scope = new Scope({ training: optimiser !== undefined, dtype });
  const batch = Object.fromEntries([
    ...fields.map((field) => [
      field.name,
      input(fieldInput(field.name), [rows, ...field.shape], field.dtype),
    ]),
    ...scalars.map((name) => [name, input(scalarInput(name), [], dtype)]),
  ]);
  const { loss, metrics = {} } = build(scope, batch);
  for (const name of ['loss', LEARNING_RATE]) {
    if (name in metrics) throw graphError('train', `a metric cannot be named '${name}'`);
  }
  const results: Record<string, Tensor> = { loss, ...metrics };
  for (const [name, tensor] of Object.entries(results)) {
    if (tensor.size !== 1) throw graphError('train', `'${name}' is ${tensor}; one number is needed`);
  }
  const names = Object.keys(results);
  if (optimiser) results[LEARNING_RATE] = minimise(loss, scope, optimiser).learningRate;
  const outputs = Object.entries(results).map(([name, tensor]) => [outputOf(name), tensor]);
  return { scope, outputs: Object.fromEntries(outputs) as Record<string, Tensor>, results: names };
}

interface NoiseArray {
  readonly noise: Noise;
  readonly values: Values;
}

export class BatchProgram {
  /** Names of what a run gives, without the learning rate. */
  readonly results: readonly string[];
  readonly #program: Program;
  readonly #parts: BatchParts;
  readonly #arrays: Record<string, Values>;
  readonly #noises: readonly NoiseArray[];

  private constructor(
    program: Program,
    parts: BatchParts,
    noises: Scope['noises'],
    results: readonly string[],
  ) {
    this.results = results;
    this.#program = program;
    this.#parts = parts;
    const array = ({ name, dtype, size }: { name: string; dtype: DType; size: number }) =>
      [name, zerosOf(dtype, size) as Values] as const;
    this.#arrays = Object.fromEntries(program.inputs.map(array));
    this.#noises = noises
      .filter(({ tensor }) => tensor.name in this.#arrays)
      .map(({ tensor, noise }) => ({ noise, values: this.#arrays[tensor.name] }));
  }

  /** `initial`: the stream from which parameters are drawn that the store lacks. */
  static async compile(store: Store, parts: BatchParts, initial: Random): Promise<BatchProgram> {
    const { scope, outputs, results } = buildBatch(parts);
    scope.initialise(store, initial);
    const updates = parts.optimiser ? scope.updates : undefined;
    const name = parts.optimiser ? 'training' : 'evaluation';
    const program = await Program.compile(store, { outputs, updates, name });
    return new BatchProgram(program, parts, scope.noises, results);
  }

  /** Runs on rows order[start] … of the fields; the noise is drawn from streams under `random`. */
  async run(order: Int32Array, start: number, scalars: Numbers, random: Random): Promise<Numbers> {
    const { fields, rows } = this.#parts;
    for (const field of fields) {
      const out = this.#arrays[fieldInput(field.name)];
      if (out) field.gather(order, start, rows, out);
    }
    for (const [name, value] of Object.entries(scalars)) {
      const out = this.#arrays[scalarInput(name)];
      if (out) out[0] = value;
    }
    this.#noises.forEach(({ noise, values }, i) => {
      drawNoise(noise, values, random.split(i));
    });
    const results = await this.#program.run(this.#arrays);
    const prefix = outputOf('').length;
    return Object.fromEntries(
      Object.entries(results).map(([name, values]) => [name.slice(prefix), Number(values[0])]),
    );
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
