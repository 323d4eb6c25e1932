/** ONNX Runtime in Node: native kernels on the CPU, and CUDA or WebGPU where this build and machine have them. */
import { availableParallelism } from 'node:os';
import { DeviceError } from '../../errors.js';
import { input } from '../graph/tensor.js';
import { writeOnnx } from '../onnx/index.js';
import { directRuntime } from './direct.node.js';
import { type Device, type OrtModule, Runtime, type RuntimeOptions, textOf } from './runtime.js';

export interface NodeRuntimeOptions extends RuntimeOptions {
  /** Use onnxruntime-node's own binding on the CPU, which copies all outputs, in any case. Default false. */
  readonly binding?: boolean;
}

const DEVICES: readonly Device[] = ['cpu', 'webgpu', 'cuda'];

/**
 * The runtime for a device, tried with a small graph before it is handed out. Throws DeviceError, which says what is
 * offered, where the device is not there or does not work.
 */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { device = 'cpu', threads = availableParallelism() } = options;
  const direct = device === 'cpu' && !options.binding ? await directRuntime() : undefined;
  if (direct) return new Runtime(direct, device, threads);
  const ort = await import('onnxruntime-node');
  ort.env.logLevel = 'error';
  const built = ort.listSupportedBackends().map(({ name }) => name);
  const offered = DEVICES.filter((name) => built.includes(name));
  if (!offered.includes(device)) {
    const message = `device '${device}' is not offered by this build of ONNX Runtime; it has ${offered.join(', ')}; use --device cpu`;
    throw new DeviceError(device, offered, message);
  }
  const runtime = new Runtime(ort as unknown as OrtModule, device, threads);
  if (device !== 'cpu') await tried(runtime);
  return runtime;
}

/** The devices that work on this machine. */
export async function nodeDevices(): Promise<Device[]> {
  const found: Device[] = [];
  for (const device of DEVICES) {
    await nodeRuntime({ device }).then(
      () => found.push(device),
      () => undefined,
    );
  }
  return found;
}

async function tried(runtime: Runtime): Promise<void> {
  try {
    const session = await runtime.session(writeOnnx({ y: input('x', [1]) }).bytes);
    await session.run({ x: runtime.tensor('float32', Float32Array.of(1), [1]) });
    await session.release();
  } catch (error) {
    const { device } = runtime;
    const reason = error instanceof DeviceError ? textOf(error.cause) : textOf(error);
    const message = `device '${device}' does not work on this machine: ${reason.split('\n')[0]}; use --device cpu`;
    throw new DeviceError(device, ['cpu'], message, { cause: error });
  }
}
