/**
 * The values that outlive a run: parameters, state of the optimiser, running statistics. Programs that share a store
 * see the same values; a program that updates them replaces them after its run.
 *
 * On the CPU of Node every value has two arrays: a run reads the one and writes the other, then they change places, so
 * nothing is allocated between runs and no output shares memory with an input. On WebGPU the tensors stay
 * there, and come back through a session of their own whose output is on the CPU, because reading a tensor of the
 * WebGPU device directly aborts the process.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { OptionError } from '../../errors.js';
import { ARRAYS, type Values, zerosOf } from '../graph/dtype.js';
import { graphError, input, type Shape, sizeOf, type Tensor } from '../graph/tensor.js';
import { writeOnnx } from '../onnx/index.js';
import { type Runtime, runSession } from './runtime.js';

interface Slot {
  readonly type: Tensor;
  /** What runs read. */
  front: OrtTensor;
  /** Where the next value goes; where the runtime does not fill arrays that are given, it makes them. */
  back: OrtTensor | null;
  reader?: Promise<InferenceSession>;
}

export class Store {
  readonly #slots = new Map<string, Slot>();
  #last: Promise<unknown> = Promise.resolve();
  #busy = false;

  constructor(readonly runtime: Runtime) {}

  get names(): readonly string[] {
    return [...this.#slots.keys()];
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  shape(name: string): Shape {
    return this.type(name).shape;
  }

  /** The graph's input whose value is kept. */
  type(name: string): Tensor {
    return this.#slot(name).type;
  }

  /** Keeps a copy of `values` as the value of the graph's input `type`. Throws GraphError where they do not fit. */
  set(type: Tensor, values: Values): void {
    if (!(values instanceof ARRAYS[type.dtype]) || values.length !== type.size) {
      throw graphError('store', `${values.constructor.name} of ${values.length} for '${type.name}', ${type}`);
    }
    if (this.#busy) throw graphError('store', `'${type.name}' set while a program runs; wait for it first`);
    const { runtime } = this;
    const tensor = (array: Values) => runtime.tensor(type.dtype, array, type.shape);
    this.#dispose(this.#slots.get(type.name));
    this.#slots.set(type.name, {
      type,
      front: tensor(values.slice() as Values),
      back: runtime.fillsOutputs ? tensor(zerosOf(type.dtype, sizeOf(type.shape))) : null,
    });
  }

  /** Overwrites a value that is there. Throws OptionError on an unknown name, GraphError on another size. */
  replace(name: string, values: Values): void {
    this.set(this.#slot(name).type, values);
  }

  /** A copy of a value, after the runs asked for before. Throws OptionError on an unknown name. */
  async get(name: string): Promise<Values> {
    this.#slot(name);
    return this.inTurn(() => this.#read(this.#slot(name)));
  }

  async #read(slot: Slot): Promise<Values> {
    if (slot.front.location === 'cpu') return (slot.front.data as Values).slice() as Values;
    const source = input('value', slot.type.shape, slot.type.dtype);
    slot.reader ??= this.runtime.session(writeOnnx({ copy: source }).bytes);
    const { copy } = await runSession(await slot.reader, { value: slot.front }, { copy: null });
    return (copy.data as Values).slice() as Values;
  }

  /** Does `work` after all that was asked for before: runs that share values never overlap. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      this.#busy = true;
      return work().finally(() => {
        this.#busy = false;
      });
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** For a run: what to read. */
  front(name: string): OrtTensor {
    return this.#slot(name).front;
  }

  /** For a run: where to write the next value. */
  back(name: string): OrtTensor | null {
    return this.#slot(name).back;
  }

  /** For a run: `next` was written. */
  advance(name: string, next: OrtTensor): void {
    const slot = this.#slot(name);
    if (slot.back === null) slot.front.dispose();
    else slot.back = slot.front;
    slot.front = next;
  }

  dispose(): void {
    for (const slot of this.#slots.values()) this.#dispose(slot);
    this.#slots.clear();
  }

  #dispose(slot: Slot | undefined): void {
    if (slot && slot.front.location !== 'cpu') slot.front.dispose();
    void slot?.reader?.then((session) => session.release());
  }

  #slot(name: string): Slot {
    const slot = this.#slots.get(name);
    if (!slot) throw new OptionError('value', name, `one of ${[...this.#slots.keys()].join(', ')}`);
    return slot;
  }
}
