/**
 * The kernels behind the public functions of this room: those in portable TypeScript, or those of a LAPACK
 * once `useLapack` (in `index.node.ts`) has installed it. The choice holds for the thread it is made in.
 */

import type { Backend, BackendDescription } from './kernels.js';
import { portable } from './portable/index.js';

let current: Backend = portable;

/** The kernels in use. */
export const backend = (): Backend => current;

/** From now on the public functions of this room, in this thread, compute with `kernels`. */
export function install(kernels: Backend): void {
  current = kernels;
}

/** Back to portable TypeScript. */
export const usePortable = (): void => install(portable);

/** Which kernels the functions of this room compute with, in this thread. */
export const linalgBackend = (): BackendDescription => current.description;
