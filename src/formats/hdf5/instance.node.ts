/**
 * Instances of the HDF5 library: one a file, reused when nothing went wrong, thrown away when something did.
 *
 * Why not one for all: a failed HDF5 call leaves identifiers, memory and open descriptors behind, and an abort
 * of the WebAssembly code leaves the whole module unusable. With one instance a file (compiled once, then some
 * 10 ms each), a damaged file can never spoil another.
 */
import { fstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { guardHeaps } from './heap-guard.js';
import type { Wasm } from './wasm.js';

/** An instance whose memory has grown beyond this is not kept: WebAssembly memory never shrinks. */
const KEEP_HEAP_BYTES = 256 * 2 ** 20;
const KEEP_INSTANCES = 2;

type Factory = (options: object) => Promise<Wasm>;
type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => object;
interface Library {
  readonly factory: Factory;
  /** The compiled code, `undefined` when this version of h5wasm holds it in a way we do not know. */
  readonly code?: WebAssembly.Module;
}

let library: Promise<Library> | undefined;
const idle: Wasm[] = [];

export async function acquire(): Promise<Wasm> {
  const kept = idle.pop();
  if (kept) return kept;
  library ??= load();
  const { factory, code } = await library;
  const silent = () => {};
  let errno = 0;
  const wasm = await factory({
    noInitialRun: true,
    print: silent,
    printErr: silent,
    instantiateWasm:
      code &&
      ((imports: WebAssembly.Imports, receive: Receive) => {
        // the lzf plugin asks for this symbol when it fails, and without it the whole module aborts
        imports.env!.__errno_location = () => errno;
        // the library notes when an object was changed; with a clock that stands, the same data are the same bytes
        imports.env!.emscripten_date_now = () => 0;
        return receive(new WebAssembly.Instance(code, imports), code);
      }),
  });
  errno = wasm._malloc(4);
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

/**
 * h5wasm exports one ready-made module; the factory behind it stands in the file beside, and in it, as base64,
 * the code, which is compiled here once for all instances.
 */
async function load(): Promise<Library> {
  const url = new URL('./hdf5_util.js', import.meta.resolve('h5wasm/node'));
  const [module, source] = await Promise.all([import(url.href), readFile(url, 'latin1')]);
  const { default: factory } = module as { default: Factory };
  const start = source.indexOf(';base64,AGFzbQ');
  if (start < 0) return { factory };
  const text = source.slice(start + 8, source.indexOf('"', start));
  return { factory, code: await WebAssembly.compile(Buffer.from(text, 'base64')) };
}
