/** ONNX Runtime in Node: native kernels on the CPU, and CUDA or WebGPU where this build and machine have them. */
import { type ExecFileException, execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { DeviceError, OptionError } from '../../errors.js';
import { add } from '../graph/elementwise.js';
import { input } from '../graph/tensor.js';
import { writeOnnx } from '../onnx/index.js';
import { directRuntime } from './direct.node.js';
import { type Device, type OrtModule, Runtime, type RuntimeOptions } from './runtime.js';

export interface NodeRuntimeOptions extends RuntimeOptions {
  /** Use onnxruntime-node's own binding on the CPU, which copies all outputs, in any case. Default false. */
  readonly binding?: boolean;
}

const DEVICES: readonly Device[] = ['cpu', 'webgpu', 'cuda'];

/**
 * The runtime for a device, tried with a small graph before it is handed out. Throws DeviceError, which says what is
 * offered, where the device is not there or does not work, OptionError on threads that are no whole number ≥ 1.
 */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const { device = 'cpu', threads = availableParallelism() } = options;
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new OptionError('threads', threads, 'a whole number ≥ 1');
  const direct = device === 'cpu' && !options.binding ? await directRuntime() : undefined;
  if (direct) return new Runtime(direct, device, threads);
  const ort = await import('onnxruntime-node');
  ort.env.logLevel = 'fatal';
  const built = ort.listSupportedBackends().map(({ name }) => name);
  const offered = DEVICES.filter((name) => built.includes(name));
  if (!offered.includes(device)) {
    const message = `device '${device}' is not offered by this build of ONNX Runtime; it has ${offered.join(', ')}; use --device cpu`;
    throw new DeviceError(device, offered, message);
  }
  if (device !== 'cpu') await tried(device);
  return new Runtime(ort as unknown as OrtModule, device, threads);
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

/** Runs one small graph on the device in another process: a driver may abort it, or write to its terminal. */
async function tried(device: Device): Promise<void> {
  const model = Buffer.from(writeOnnx({ y: add(input('x', [1]), 1) }).bytes).toString('base64');
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
  const { error, stdout } = await new Promise<{ error: ExecFileException | null; stdout: string }>((done) => {
    const options = { timeout: TRIAL_MS };
    execFile(process.execPath, ['-e', TRIAL, runtime, device, model], options, (error, stdout) =>
      done({ error, stdout }),
    );
  });
  if (!error) return;
  // without the place in the runtime's source
  const said = stdout.split('\n')[0].replace(/^\/.* was false\. /, '');
  const reason = said || `its trial ended with ${error.signal ?? error.code}`;
  const message = `device '${device}' does not work on this machine: ${reason}; use --device cpu`;
  throw new DeviceError(device, ['cpu'], message, { cause: error });
}

const TRIAL_MS = 60_000;
const TRIAL = `
  const [runtime, device, model] = process.argv.slice(1);
  const { InferenceSession, Tensor, env } = require(runtime);
  env.logLevel = 'fatal';
  InferenceSession.create(Buffer.from(model, 'base64'), { executionProviders: [device] })
    .then((session) => session.run({ x: new Tensor('float32', [1], [1]) }))
    .catch((error) => { console.log(error.message); process.exitCode = 1; });`;
