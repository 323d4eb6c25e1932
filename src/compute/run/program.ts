/**
 * A graph ready to run: inputs in, outputs out, state read from a store and written back to it.
 *
 *   const x = input('x', [3]);
 *   const program = await Program.compile(runtime, { outputs: { y: mul(x, 2) } });
 *   const { y } = await program.run({ x: Float32Array.of(1, 2, 3) });
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { type Values, zerosOf } from '../graph/dtype.js';
import { graphError, sameShape, type Tensor } from '../graph/tensor.js';
import { writeOnnx } from '../onnx/index.js';
import { type Runtime, runSession } from './runtime.js';
import { fits, Store, textOfValues } from './store.js';

export interface ProgramParts {
  /** What the caller gets, by name. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** State and its next value: an input of the graph, kept in the store under its name, replaced at every run. */
  readonly updates?: Iterable<readonly [state: Tensor, next: Tensor]>;
  /** Shown by viewers. */
  readonly name?: string;
}

export class Program {
  readonly #session: InferenceSession;
  readonly #store: Store;
  /** What the caller feeds. */
  readonly inputs: readonly Tensor[];
  readonly #inputNames: ReadonlySet<string>;
  /** As the store had it when this was compiled. */
  readonly #state: readonly Tensor[];
  /** Name of an output → name of the state it replaces. */
  readonly #next: ReadonlyMap<string, string>;
  readonly #results: ReadonlyMap<string, OrtTensor | null>;
  readonly #fed = new Map<string, { readonly values: Values; readonly feed: OrtTensor }>();
  #disposed = false;

  private constructor(session: InferenceSession, store: Store, parts: ReturnType<typeof plan>) {
    this.#session = session;
    this.#store = store;
    const { runtime } = store;
    this.inputs = parts.model.inputs.filter((tensor) => !store.has(tensor.name));
    this.#inputNames = new Set(this.inputs.map(({ name }) => name));
    const kept = parts.model.inputs.filter((tensor) => store.has(tensor.name));
    this.#state = kept.map(({ name }) => store.type(name));
    this.#next = parts.next;
    this.#results = new Map(
      Object.entries(parts.outputs).map(([name, { dtype, shape, size }]) => [
        name,
        runtime.fillsOutputs ? runtime.tensor(dtype, zerosOf(dtype, size), shape) : null,
      ]),
    );
  }

  /**
   * Writes the graph and loads it. Inputs whose names the store has are read from there. Throws GraphError where an
   * update does not fit its state, DeviceError where the device cannot run it.
   */
  static async compile(target: Runtime | Store, parts: ProgramParts): Promise<Program> {
    const store = target instanceof Store ? target : new Store(target);
    const planned = plan(parts, store);
    const session = await store.runtime.session(planned.model.bytes, planned.onDevice);
    return new Program(session, store, planned);
  }

  /**
   * Runs once. `inputs` holds row-major values in the input's type; the outputs are the caller's own. Calls wait for
   * each other, also those of other programs over the same store; until then the inputs must stay as they are. Throws
   * GraphError on a missing, unknown or wrong input, or where a value of the store now has another shape or type;
   * NumericalError where the runtime fails.
   */
  async run(inputs: Readonly<Record<string, Values>> = {}): Promise<Record<string, Values>> {
    if (this.#disposed) throw graphError('run', 'the program was disposed of');
    if (typeof inputs !== 'object' || inputs === null) {
      throw graphError('run', `the inputs are ${textOfValues(inputs)}; give an array for each, by name`);
    }
    return this.#store.inTurn(() => this.#run(inputs));
  }

  async #run(inputs: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
    const store = this.#store;
    const unknown = Object.keys(inputs).find((name) => !this.#inputNames.has(name));
    if (unknown !== undefined) {
      const known = [...this.#inputNames].map((name) => `'${name}'`).join(', ') || 'none';
      const where = store.has(unknown) ? 'is kept in the store' : 'is not needed';
      throw graphError('run', `input '${unknown}' ${where}; the program takes ${known}`);
    }
    const feeds: Record<string, OrtTensor> = {};
    for (const tensor of this.inputs) feeds[tensor.name] = this.#feed(tensor, inputs[tensor.name]);
    for (const state of this.#state) {
      checkSame(state, store.type(state.name));
      feeds[state.name] = store.front(state.name);
    }
    const fetches: Record<string, OrtTensor | null> = Object.fromEntries(this.#results);
    for (const [output, state] of this.#next) fetches[output] = store.back(state);

    const results = await runSession(this.#session, feeds, fetches);
    for (const [output, state] of this.#next) store.advance(state, results[output] as OrtTensor);
    return Object.fromEntries(
      [...this.#results.keys()].map((name) => [name, (results[name].data as Values).slice() as Values]),
    );
  }

  /** Wraps the caller's array; the same array as last time needs no new wrapping. */
  #feed(tensor: Tensor, given: Values | undefined): OrtTensor {
    const values = checked(tensor, given);
    const last = this.#fed.get(tensor.name);
    if (last?.values === values) return last.feed;
    last?.feed.dispose();
    const feed = this.#store.runtime.tensor(tensor.dtype, values, tensor.shape);
    this.#fed.set(tensor.name, { values, feed });
    return feed;
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#store.afterTurns(() => this.#session.release());
  }
}

/** Outputs that carry state have names that no caller uses. */
const nextName = (state: string) => `${state}⁺`;

function plan({ outputs, updates = [], name }: ProgramParts, store: Store) {
  const next = new Map<string, string>();
  const all: Record<string, Tensor> = { ...outputs };
  for (const [state, value] of updates) {
    if (!store.has(state.name))
      throw graphError('program', `state '${state.name}' has no value in the store`);
    if (!sameShape(state.shape, value.shape) || state.dtype !== value.dtype) {
      throw graphError('program', `the next value of '${state.name}' is ${value}, the state is ${state}`);
    }
    const output = nextName(state.name);
    if (next.has(output)) throw graphError('program', `two updates of '${state.name}'`);
    if (Object.hasOwn(outputs, output)) {
      throw graphError('program', `an output is named '${output}', as the next value of '${state.name}' is`);
    }
    next.set(output, state.name);
    all[output] = value;
  }
  if (Object.keys(all).length === 0) throw graphError('program', 'without outputs and updates');
  const model = writeOnnx(all, name);
  for (const tensor of model.inputs) {
    if (store.has(tensor.name)) checkSame(tensor, store.type(tensor.name));
  }
  // tensors of other types cannot stay on WebGPU; they come to the CPU, where their operators run
  const onDevice = [...next.keys()].filter((output) => /^(float32|int32)$/.test(all[output].dtype));
  return { model, next, outputs, onDevice };
}

function checkSame(tensor: Tensor, kept: Tensor): void {
  if (kept === tensor || (sameShape(kept.shape, tensor.shape) && kept.dtype === tensor.dtype)) return;
  throw graphError('program', `input '${tensor.name}' is ${tensor}, the store has ${kept}`);
}

function checked(tensor: Tensor, values: Values | undefined): Values {
  if (values === undefined) throw graphError('run', `no values for input '${tensor.name}', ${tensor}`);
  if (fits(tensor, values)) return values;
  throw graphError('run', `input '${tensor.name}' is ${tensor}, found ${textOfValues(values)}`);
}
