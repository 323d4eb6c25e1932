/**
 * ONNX Runtime behind one interface. onnxruntime-node and onnxruntime-web offer the same classes
 * (onnxruntime-common); a `Runtime` is one of them with a device and a number of threads.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { DeviceError, NumericalError } from '../../errors.js';
import type { DType, Values } from '../graph/dtype.js';
import type { Shape } from '../graph/tensor.js';

export type Device = 'cpu' | 'webgpu' | 'cuda';

/** What this room uses of onnxruntime-node and onnxruntime-web. */
export interface OrtModule {
  readonly InferenceSession: Pick<typeof InferenceSession, 'create'>;
  readonly Tensor: new (type: DType, data: Values, dims: readonly number[]) => OrtTensor;
}

export interface RuntimeOptions {
  /** Default cpu. */
  readonly device?: Device;
  /** Threads of the CPU device; default: all cores. */
  readonly threads?: number;
}

/** An optimisation that is left out: it keeps the factors of products as float32, those of float64 too. */
export const LEFT_OUT = 'MatMulScaleFusion';

export class Runtime {
  constructor(
    readonly ort: OrtModule,
    readonly device: Device,
    readonly threads: number,
    /** The runtime's name of the device, as 'wasm' for the CPU in a browser. */
    readonly provider: string = device,
  ) {}

  /** Are tensors kept on the device between runs? CUDA's come back to the CPU: the runtime has no tensors for them. */
  get keepsOnDevice(): boolean {
    return this.device === 'webgpu';
  }

  /** Are outputs written to the arrays given for them? WebAssembly only reads those. */
  get fillsOutputs(): boolean {
    return this.provider === 'cpu';
  }

  /**
   * A session that runs `model`; outputs named in `onDevice` stay on the device. Throws DeviceError where the device
   * cannot be used.
   */
  async session(model: Uint8Array, onDevice: readonly string[] = []): Promise<InferenceSession> {
    const options: InferenceSession.SessionOptions = {
      executionProviders: [this.provider],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: this.threads,
      interOpNumThreads: 1,
      // what it has to say comes as an error; nothing is written to the terminal
      logSeverityLevel: 4,
      extra: { optimization: { disable_specified_optimizers: LEFT_OUT } },
      ...(this.keepsOnDevice && {
        preferredOutputLocation: Object.fromEntries(onDevice.map((name) => [name, 'gpu-buffer' as const])),
      }),
    };
    try {
      return await this.ort.InferenceSession.create(model, options);
    } catch (error) {
      const message = `the graph cannot be run on '${this.device}': ${textOf(error)}`;
      throw new DeviceError(this.device, ['cpu'], `${message}; use --device cpu`, { cause: error });
    }
  }

  tensor(dtype: DType, values: Values, shape: Shape): OrtTensor {
    return new this.ort.Tensor(dtype, values, shape);
  }
}

/** Runs a session; what the runtime says on failure becomes a NumericalError. */
export async function runSession(
  session: InferenceSession,
  feeds: Record<string, OrtTensor>,
  fetches: Record<string, OrtTensor | null>,
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await session.run(feeds, fetches);
  } catch (error) {
    throw new NumericalError(`a graph failed while running: ${textOf(error)}`, { cause: error });
  }
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
