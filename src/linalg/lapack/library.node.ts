/**
 * Finding a shared library with BLAS and LAPACK, and calling its Fortran subroutines through koffi.
 *
 * Libraries with 32-bit and with 64-bit integers are called alike: an integer is passed as eight bytes with its
 * sign extended, of which the former read the first four (all systems that Node runs on with a LAPACK are
 * little-endian, but for one; there `probe` refuses).
 */

import { existsSync } from 'node:fs';
import type { LibraryHandle } from 'koffi';
import { FileError } from '../../errors.js';

/** Names a system may have a LAPACK under, the fastest first. */
function candidates(): string[] {
  if (process.platform === 'win32') return ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll', 'mkl_rt.dll'];
  if (process.platform === 'darwin') {
    return [
      '/System/Library/Frameworks/Accelerate.framework/Accelerate',
      ...['/opt/homebrew', '/usr/local'].map((prefix) => `${prefix}/opt/openblas/lib/libopenblas.dylib`),
      'libopenblas.dylib',
    ];
  }
  return [
    ...['libopenblas.so.0', 'libopenblas.so', 'libopenblasp.so.0', 'libmkl_rt.so.2', 'libmkl_rt.so'],
    ...['libflexiblas.so.3', 'libopenblas64.so.0', 'libopenblas64_.so.0', 'liblapack.so.3', 'liblapack.so'],
  ];
}

/** How a subroutine may be spelt: by most compilers, in builds with 64-bit integers, in the wheels of SciPy. */
const subroutineNames = (name: string): string[] =>
  ['', 'scipy_'].flatMap((prefix) => ['_', '_64_', '64_', ''].map((suffix) => prefix + name + suffix));

/** The same of a function of OpenBLAS in C. With `_` after its name it would be another, for Fortran. */
const functionNames = (name: string): string[] =>
  ['', 'scipy_'].flatMap((prefix) => ['', '64_'].map((suffix) => prefix + name + suffix));

/** A Fortran subroutine. What it gives is its last integer argument marked as returned, 0 without one. */
export type Subroutine = (...args: (string | number | Float64Array | Int32Array)[]) => number;

export interface Library {
  /** As it was asked for. */
  path: string;
  /** What it says of itself. */
  configuration?: string;
  /** Bytes of its integers: 4 or 8. */
  integerBytes: number;
  threads(): number | undefined;
  /** Sets the threads for the whole process, where the library lets us. */
  setThreads(count: number): void;
  /**
   * The subroutine `name`. Its parameters, one letter each: `c` a character, `i` an integer, `d` a number, `p` an
   * array, `r` an integer that is returned.
   */
  subroutine(name: string, parameters: string): Subroutine;
}

/** Loaded libraries stay: the threads of one that is unloaded may still be about. */
const loaded = new Map<string, Library>();

/** The first of the usual libraries that works, or nothing. */
export async function findLibrary(): Promise<Library | undefined> {
  for (const path of candidates()) {
    try {
      return await loadLibrary(path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  }
  return undefined;
}

/** Loads the library at `path`. Throws `FileError` when it cannot be loaded, or is no LAPACK that works. */
export async function loadLibrary(path: string): Promise<Library> {
  const known = loaded.get(path);
  if (known) return known;
  const { default: koffi } = await import('koffi').catch((error: Error) => {
    throw unusable(path, `the package koffi is not installed (${error.message})`, error);
  });
  let handle: LibraryHandle;
  try {
    handle = koffi.load(path);
  } catch (error) {
    throw unusable(path, (error as Error).message, error);
  }
  const library = describe(path, handle);
  probe(library);
  loaded.set(path, library);
  return library;
}

function unusable(path: string, reason: string, cause?: unknown): FileError {
  const missing = /[/\\]/.test(path) && !existsSync(path);
  return new FileError(
    path,
    missing ? 'missing' : 'unreadable',
    `${path}: no BLAS and LAPACK to compute with: ${reason}; give the path of a shared library such as ` +
      "libopenblas.so.0, or 'portable' to do without",
    { cause },
  );
}

function describe(path: string, handle: LibraryHandle): Library {
  const say = firstOf(handle, functionNames('openblas_get_config'), 'str', []);
  const core = firstOf(handle, functionNames('openblas_get_corename'), 'str', []);
  const getters = [...functionNames('openblas_get_num_threads'), 'MKL_Get_Max_Threads'];
  const setters = [...functionNames('openblas_set_num_threads'), 'MKL_Set_Num_Threads'];
  const getThreads = firstOf(handle, getters, 'int', []);
  const setThreads = firstOf(handle, setters, 'void', ['int']);
  return {
    path,
    configuration: say && [say(), core?.()].filter(Boolean).join(', kernels for '),
    integerBytes: 4,
    threads: () => getThreads?.(),
    setThreads: (count) => setThreads?.(count),
    subroutine: (name, parameters) => subroutine(path, handle, name, parameters),
  };
}

type Foreign = ReturnType<LibraryHandle['func']>;

/** The first of these functions that the library has. */
function firstOf(
  handle: LibraryHandle,
  names: readonly string[],
  result: string,
  parameters: string[],
): Foreign | undefined {
  for (const name of names) {
    try {
      return handle.func(name, result, parameters);
    } catch {
      // Not there: the next.
    }
  }
  return undefined;
}

function subroutine(path: string, handle: LibraryHandle, name: string, parameters: string): Subroutine {
  const kinds = [...parameters];
  // Compilers pass the length of each character argument by value after all others.
  const lengths = kinds.filter((kind) => kind === 'c').map(() => 1);
  const types = [...kinds.map(() => 'void *'), ...lengths.map(() => 'size_t')];
  const call = firstOf(handle, subroutineNames(name), 'void', types);
  if (!call) throw unusable(path, `it has no ${name}`);
  const cells = kinds.map((kind) =>
    kind === 'c' ? new Uint8Array(1) : kind === 'd' ? new Float64Array(1) : new Int32Array(2),
  );
  const passed: unknown[] = [...cells, ...lengths];
  const returned = cells[kinds.lastIndexOf('r')];
  return (...args) => {
    for (let i = 0, next = 0; i < kinds.length; i++) {
      const cell = cells[i];
      if (kinds[i] === 'r') {
        cell.fill(0);
        continue;
      }
      const value = args[next++];
      if (typeof value === 'number') {
        cell[0] = value;
        if (kinds[i] === 'i') cell[1] = value < 0 ? -1 : 0;
      } else if (typeof value === 'string') cell[0] = value.charCodeAt(0);
      else passed[i] = value;
    }
    call(...passed);
    return returned ? returned[0] : 0;
  };
}

/**
 * Has it factor [[0, 1], [0, 2]] with pivoting: the order must come out as 2, 1 and the pivot as ∓√5. Notes how
 * wide its integers are. Throws `FileError` otherwise.
 */
function probe(library: Library): void {
  const factor = library.subroutine('dgeqp3', 'iipipppir');
  const a = Float64Array.of(0, 0, 1, 2);
  const order = new Int32Array(4);
  const work = new Float64Array(64);
  const info = factor(2, 2, a, 2, order, new Float64Array(2), work, work.length);
  library.integerBytes = order[1] === 0 ? 8 : 4;
  const pivots = order.filter((entry) => entry !== 0).join();
  if (info !== 0 || pivots !== '2,1' || Math.abs(Math.abs(a[0]) - Math.sqrt(5)) > 1e-14) {
    throw unusable(library.path, 'it gives wrong answers');
  }
}
