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
  /** Turns asked for that are not over. */
  #turns = 0;
  #disposed = false;

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

  /**
   * Keeps a copy of `values` as the value of the graph's input `type`. Throws GraphError where they do not fit, and
   * while runs asked for before are not over.
   */
  set(type: Tensor, values: Values): void {
    this.#checkKept();
    if (!fits(type, values)) throw graphError('store', `${textOfValues(values)} for '${type.name}', ${type}`);
    if (this.#turns > 0) {
      throw graphError('store', `'${type.name}' set while a program runs or waits to; wait for it first`);
    }
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
    this.#checkKept();
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

  /**
   * Does `work` after all that was asked for before: runs that share values never overlap, and none is overtaken by
   * `set`. Throws GraphError after `dispose`.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#checkKept();
    this.#turns++;
    return this.afterTurns(() =>
      work().finally(() => {
        this.#turns--;
      }),
    );
  }

  /** Does `work`, which neither reads nor writes values, after all that was asked for before. */
  afterTurns<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
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

  /** Frees the values once the runs asked for before are over; others are refused from now on. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    void this.afterTurns(async () => {
      for (const slot of this.#slots.values()) this.#dispose(slot);
      this.#slots.clear();
    });
  }

  #checkKept(): void {
    if (this.#disposed) throw graphError('store', 'the store was disposed of');
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

/** Do `values` fill a tensor of this type? */
export const fits = ({ dtype, size }: Tensor, values: unknown): values is Values =>
  values instanceof ARRAYS[dtype] && values.length === size;

/** What was found in place of values that fit. */
export const textOfValues = (values: unknown): string =>
  ArrayBuffer.isView(values)
    ? `${values.constructor.name} of ${(values as Values).length}`
    : values === null
      ? 'null'
      : typeof values;
