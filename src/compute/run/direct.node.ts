/**
 * The same native ONNX Runtime, called through its C interface instead of onnxruntime-node's binding.
 *
 * The binding copies every output of every run into a new array, although it was given arrays to write to; for a
 * training step, whose outputs are all parameters and moments, that is a third of the time. Here a run reads and writes
 * the arrays of JavaScript themselves. The library is the one that onnxruntime-node brings; koffi is optional, and
 * without it the binding does the same work with the copies.
 *
 * The C interface is a table of function pointers that only grows: positions are those of version 11
 * (onnxruntime_c_api.h, `OrtApi`), which the runtime promises to keep.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type Koffi from 'koffi';
import type { InferenceSession } from 'onnxruntime-common';
import { type DType, ONNX_TYPES, type Values } from '../graph/dtype.js';
import { LEFT_OUT, type OrtModule } from './runtime.js';

type Pointer = bigint;
type Call = (...args: unknown[]) => unknown;

/** Position in OrtApi, result and arguments. */
const FUNCTIONS = {
  errorMessage: [2, 'const char *', ['void *']],
  createEnv: [3, 'void *', ['int', 'const char *', 'void *']],
  createSessionFromArray: [8, 'void *', ['void *', 'void *', 'size_t', 'void *', 'void *']],
  run: [9, 'void *', ['void *', 'void *', 'void *', 'void *', 'size_t', 'void *', 'size_t', 'void *']],
  createSessionOptions: [10, 'void *', ['void *']],
  setLogSeverity: [22, 'void *', ['void *', 'int']],
  setOptimizationLevel: [23, 'void *', ['void *', 'int']],
  setIntraOpThreads: [24, 'void *', ['void *', 'int']],
  createTensor: [49, 'void *', ['void *', 'void *', 'size_t', 'void *', 'size_t', 'int', 'void *']],
  createCpuMemoryInfo: [69, 'void *', ['int', 'int', 'void *']],
  releaseStatus: [93, 'void', ['void *']],
  releaseSession: [95, 'void', ['void *']],
  releaseValue: [96, 'void', ['void *']],
  releaseSessionOptions: [100, 'void', ['void *']],
  addSessionConfigEntry: [130, 'void *', ['void *', 'const char *', 'const char *']],
} as const;
type Api = Record<keyof typeof FUNCTIONS, Call>;

const API_VERSION = 11;
const LOG_FATAL = 4;
const OPTIMISE_ALL = 99;
const ARENA = 1;
const DEFAULT_MEMORY = 0;

let shared: Promise<OrtModule | undefined> | undefined;

/** The runtime by its C interface, one a thread, or `undefined` where koffi or the library is missing. */
export function directRuntime(): Promise<OrtModule | undefined> {
  shared ??= load();
  return shared;
}

async function load(): Promise<OrtModule | undefined> {
  const library = libraryOfBinding();
  if (library === undefined) return undefined;
  try {
    const { default: koffi } = await import('koffi');
    return moduleOf(loadApi(koffi, library), koffi.address);
  } catch {
    return undefined;
  }
}

function libraryOfBinding(): string | undefined {
  const name = {
    linux: 'libonnxruntime.so.1',
    darwin: 'libonnxruntime.1.dylib',
    win32: 'onnxruntime.dll',
  } as Record<string, string | undefined>;
  const file = name[process.platform];
  const bin = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', 'bin');
  if (file === undefined || !existsSync(bin)) return undefined;
  return readdirSync(bin)
    .map((folder) => join(bin, folder, process.platform, process.arch, file))
    .find((path) => existsSync(path));
}

/** Koffi unloads a library when nothing refers to it any more, functions or not. */
const loaded: unknown[] = [];

function loadApi(koffi: typeof Koffi, library: string): Api {
  const handle = koffi.load(library);
  loaded.push(handle);
  const base = handle.func('void *OrtGetApiBase()')() as Pointer;
  const getApi = koffi.decode(koffi.decode(base, 'void *'), koffi.proto('void *', ['uint32_t'])) as Call;
  const table = getApi(API_VERSION) as Pointer | null;
  if (table === null) throw new Error(`no interface of version ${API_VERSION}`);
  const functions = Object.entries(FUNCTIONS).map(([name, [position, result, args]]) => {
    const pointer = koffi.decode(table, position * 8, 'void *');
    return [name, koffi.decode(pointer, koffi.proto(result, [...args])) as Call];
  });
  return Object.fromEntries(functions) as Api;
}

/** What an empty array, which has no address, is given instead. */
const NOTHING = Buffer.alloc(8);

/** The memory of an array. V8 keeps small arrays inside the heap, where they move, until their buffer is asked for. */
function fixedAddress(data: Values): ArrayBufferView {
  return data.buffer.byteLength > 0 ? data : NOTHING;
}

function moduleOf(api: Api, address: (memory: Buffer) => Pointer): OrtModule {
  /** Throws what the runtime says; takes its status away. */
  const check = (status: unknown): void => {
    if (status === null) return;
    const message = api.errorMessage(status) as string;
    api.releaseStatus(status);
    throw new Error(message);
  };
  /** The pointer that `call` writes to its last argument. */
  const made = (call: Call, ...args: unknown[]): Pointer => {
    const out = new BigUint64Array(1);
    check(call(...args, out));
    return out[0];
  };
  const env = made(api.createEnv, LOG_FATAL, 'mechanist');
  const memory = made(api.createCpuMemoryInfo, ARENA, DEFAULT_MEMORY);
  const values = new FinalizationRegistry<Pointer>((value) => api.releaseValue(value));
  // a run holds its session until it is over, so none is under way in one that is collected
  const sessions = new FinalizationRegistry<Pointer>((session) => api.releaseSession(session));

  class DirectTensor {
    readonly location = 'cpu';
    readonly handle: Pointer;

    constructor(
      readonly type: DType,
      readonly data: Values,
      readonly dims: readonly number[],
    ) {
      const shape = BigInt64Array.from(dims, BigInt);
      this.handle = made(
        api.createTensor,
        memory,
        fixedAddress(data),
        data.byteLength,
        shape,
        dims.length,
        ONNX_TYPES[type],
      );
      values.register(this, this.handle, this);
    }

    dispose(): void {
      if (values.unregister(this)) api.releaseValue(this.handle);
    }
  }

  class DirectSession {
    #session: Pointer | undefined;
    /** Names as C texts, which must stay where they are. */
    readonly #names = new Map<string, Buffer>();
    constructor(session: Pointer) {
      this.#session = session;
      sessions.register(this, session, this);
    }

    async run(feeds: Record<string, DirectTensor>, fetches: Record<string, DirectTensor>) {
      // let timers and signals have their turn, as the binding does
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#session === undefined) throw new Error('the session was released');
      const [inputs, outputs] = [feeds, fetches].map((tensors) => ({
        names: BigUint64Array.from(Object.keys(tensors), (name) => this.#address(name)),
        values: BigUint64Array.from(Object.values(tensors), ({ handle }) => handle),
        count: Object.keys(tensors).length,
      }));
      const { names, values, count } = inputs;
      check(api.run(this.#session, null, names, values, count, outputs.names, outputs.count, outputs.values));
      return fetches;
    }

    async release(): Promise<void> {
      if (this.#session !== undefined && sessions.unregister(this)) api.releaseSession(this.#session);
      this.#session = undefined;
    }

    #address(name: string): Pointer {
      const text = this.#names.get(name) ?? Buffer.from(`${name}\0`);
      this.#names.set(name, text);
      return address(text);
    }
  }

  const create = async (model: Uint8Array, options: InferenceSession.SessionOptions) => {
    const settings = made(api.createSessionOptions);
    try {
      check(api.setLogSeverity(settings, LOG_FATAL));
      check(api.setOptimizationLevel(settings, OPTIMISE_ALL));
      check(api.setIntraOpThreads(settings, options.intraOpNumThreads ?? 0));
      check(api.addSessionConfigEntry(settings, 'optimization.disable_specified_optimizers', LEFT_OUT));
      return new DirectSession(made(api.createSessionFromArray, env, model, model.length, settings));
    } finally {
      api.releaseSessionOptions(settings);
    }
  };
  return { InferenceSession: { create }, Tensor: DirectTensor } as unknown as OrtModule;
}
