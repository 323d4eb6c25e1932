/** The backend in portable TypeScript. Matrix products go through a small WebAssembly kernel where there is one. */

import type { Backend } from '../kernels.js';
import { cholesky } from './cholesky.js';
import { symmetricEigen } from './eigen.js';
import { gram, multiply } from './product.js';
import { qr } from './qr.js';
import { leastSquares, singularValues, svd } from './svd.js';
import { solveTriangular } from './triangular.js';

export const portable: Backend = {
  description: { name: 'portable' },
  multiply,
  gram,
  cholesky,
  solveTriangular,
  qr,
  svd,
  singularValues,
  symmetricEigen,
  leastSquares,
};
