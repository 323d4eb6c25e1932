/**
 * Instances of the HDF5 library: one a file, reused when nothing went wrong, thrown away when something did.
 *
 * Why not one for all: a failed HDF5 call leaves identifiers, memory and open descriptors behind, and an abort
 * of the WebAssembly code leaves the whole module unusable. With one instance a file (about 20 ms for a new
 * one), a damaged file can never spoil another.
 */
import { fstatSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { guardHeaps } from './heap-guard.js';
import type { Wasm } from './wasm.js';

/** An instance whose memory has grown beyond this is not kept: WebAssembly memory never shrinks. */
const KEEP_HEAP_BYTES = 256 * 2 ** 20;
const KEEP_INSTANCES = 2;

type Factory = (options: object) => Promise<Wasm>;
let factory: Promise<Factory> | undefined;
const idle: Wasm[] = [];

export async function acquire(): Promise<Wasm> {
  const kept = idle.pop();
  if (kept) return kept;
  factory ??= loadFactory();
  const silent = () => {};
  const wasm = await (await factory)({ noInitialRun: true, print: silent, printErr: silent });
  wasm.activate_throwing_error_handler();
  guardHeaps(wasm.FS, (stream) => fstatSync(stream.nfd).size);
  // the library looks here only when a dataset needs a filter that it does not have
  const plugins = createRequire(import.meta.url).resolve('h5wasm-plugins');
  wasm.insert_plugin_search_path(join(dirname(plugins), 'plugins'), 0);
  return wasm;
}

/** Gives an instance back after its file was closed; `clean` says that no call on it has failed. */
export function release(wasm: Wasm, clean: boolean): void {
  if (clean && idle.length < KEEP_INSTANCES && wasm.HEAPU8.length <= KEEP_HEAP_BYTES) {
    idle.push(wasm);
    return;
  }
  for (const stream of wasm.FS.streams) {
    if (!stream || stream.fd <= 2) continue;
    try {
      wasm.FS.close(stream);
    } catch {
      // already closed by the library; the descriptor is gone either way
    }
  }
}

/** h5wasm exports one ready-made module; the factory behind it stands in the file beside. */
async function loadFactory(): Promise<Factory> {
  const entry = import.meta.resolve('h5wasm/node');
  const module: { default: Factory } = await import(new URL('./hdf5_util.js', entry).href);
  return module.default;
}
