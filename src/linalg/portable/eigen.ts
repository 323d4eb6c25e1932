/** Eigenvalues and eigenvectors of symmetric matrices: tridiagonal first, then implicit QR. */

import type { SymmetricEigen } from '../kernels.js';
import { formQ } from './householder.js';
import { workspace } from './rows.js';
import { roomForStrips, Strips } from './strips.js';
import { tridiagonalise } from './tridiagonal.js';
import { diagonaliseTridiagonal } from './tridiagonal-qr.js';

export function symmetricEigen(a: Float64Array, n: number, vectors: boolean): SymmetricEigen {
  const { d, e, q } = tridiagonalise(a, n);
  if (!vectors) {
    diagonaliseTridiagonal({ d, e }, () => {});
    return { values: d.sort() };
  }
  const strips = new Strips(workspace(roomForStrips(n, n)), bordered(formQ(q), n), n, n);
  diagonaliseTridiagonal({ d, e }, (sweep) => strips.rotate(sweep));
  const order = Array.from(d.keys()).sort((i, j) => d[i] - d[j]);
  return { values: Float64Array.from(order, (i) => d[i]), vectors: strips.columnsAsRows(order) };
}

/** diag(1, Q) for `q` (n − 1, n − 1). */
export function bordered(q: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  if (n > 0) out[0] = 1;
  for (let i = 1; i < n; i++) out.set(q.subarray((i - 1) * (n - 1), i * (n - 1)), i * n + 1);
  return out;
}
