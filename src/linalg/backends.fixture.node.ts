/** The backends that the tests of this room run on. */

import { afterAll, beforeAll, describe } from 'vitest';
import { install, usePortable } from './backend.js';
import type { Backend } from './kernels.js';
import { lapackBackend } from './lapack/backend.node.js';
import { findLibrary, loadLibrary } from './lapack/library.node.js';
import { portable } from './portable/index.js';

const path = process.env.MECHANIST_BLAS ?? 'auto';

/** The LAPACK of this machine, or the one that MECHANIST_BLAS names; none with MECHANIST_BLAS=portable. */
export const library =
  path === 'portable' ? undefined : await (path === 'auto' ? findLibrary() : loadLibrary(path));

/** Called for the smallest problems too. */
export const lapack: Backend | undefined =
  library && lapackBackend(library, { multiplications: 0, cholesky: 0, decomposition: 0 });

/** Registers `tests` once for each backend; where there is no LAPACK they show as skipped. */
export function onEachBackend(tests: () => void): void {
  for (const [name, backend] of [
    ['portable', portable],
    ['LAPACK', lapack],
  ] as const) {
    describe.skipIf(!backend)(name, () => {
      beforeAll(() => backend && install(backend));
      afterAll(usePortable);
      tests();
    });
  }
}
