/** ONNX Runtime in a browser: WebAssembly with threads and SIMD, or WebGPU. */
import { DeviceError } from '../../errors.js';
import { type OrtModule, Runtime, type RuntimeOptions } from './runtime.js';

export interface WebRuntimeOptions extends RuntimeOptions {
  readonly device?: 'cpu' | 'webgpu';
  /** Folder with the `.wasm` and `.mjs` files of onnxruntime-web; default: beside its script. */
  readonly wasmPath?: string;
}

/**
 * The runtime of a page or its worker. Threads need cross-origin isolation; without it there is one. Throws
 * DeviceError where WebGPU is asked for and the browser has none.
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const { device = 'cpu', threads = globalThis.navigator?.hardwareConcurrency ?? 1, wasmPath } = options;
  const ort = await import('onnxruntime-web/webgpu');
  const isolated = globalThis.crossOriginIsolated === true;
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = isolated ? threads : 1;
  if (wasmPath !== undefined) ort.env.wasm.wasmPaths = wasmPath;
  if (device === 'webgpu' && !(await hasWebGpu())) {
    const message =
      "device 'webgpu' is not offered: this browser gives no WebGPU adapter; use the device 'cpu'";
    throw new DeviceError('webgpu', ['cpu'], message);
  }
  return new Runtime(
    ort as unknown as OrtModule,
    device,
    ort.env.wasm.numThreads,
    device === 'cpu' ? 'wasm' : device,
  );
}

async function hasWebGpu(): Promise<boolean> {
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: { requestAdapter(): Promise<unknown> } };
  return (await gpu?.requestAdapter().catch(() => null)) != null;
}
