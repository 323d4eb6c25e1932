/** Linear algebra in Node: everything of `index.ts`, and a LAPACK in place of the portable kernels on demand. */

import { OptionError } from '../errors.js';
import { install, usePortable } from './backend.js';
import { lapackBackend } from './lapack/backend.node.js';
import { findLibrary, loadLibrary } from './lapack/library.node.js';

export * from './index.js';

export interface LapackOptions {
  /**
   * A shared library with BLAS and LAPACK, 'auto' to look for one under the usual names, or 'portable' to do
   * without. Default: the environment variable MECHANIST_BLAS, else 'auto'.
   */
  path?: string;
  /**
   * Threads it may compute with, where it lets itself be told. For the whole process: say 1 where several
   * workers compute side by side. Default: as the library likes, which is as many as there are cores, or as its
   * own environment variable says.
   */
  threads?: number;
}

/**
 * From now on the functions of this room, in this thread, compute with OpenBLAS, MKL, Accelerate or another
 * LAPACK; each worker thread chooses for itself. True when one is in use, false when none was found or wanted.
 *
 * Throws `FileError` when the library asked for by path is missing, cannot be loaded, lacks a routine or gives wrong
 * answers, `OptionError` on senseless threads. What was in use before then stays in use.
 */
export async function useLapack({ path, threads }: LapackOptions = {}): Promise<boolean> {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 1024)) {
    throw new OptionError('threads', threads, 'a whole number from 1 to 1024');
  }
  const wanted = path ?? (process.env.MECHANIST_BLAS || 'auto');
  if (wanted === 'portable') {
    usePortable();
    return false;
  }
  const library = wanted === 'auto' ? await findLibrary() : await loadLibrary(wanted);
  if (!library) return false;
  const backend = lapackBackend(library);
  if (threads !== undefined) library.setThreads(threads);
  install(backend);
  return true;
}
