/**
 * Dense float64 linear algebra in portable TypeScript. Matrices are row-major Float64Arrays with their sizes
 * beside them; results follow LAPACK's conventions and rank rules.
 */

export {
  cholesky,
  choleskyConditionEstimate,
  choleskySolve,
  symmetricNorm1,
} from './cholesky.js';
export { type SymmetricEigen, symmetricEigen } from './eigen.js';
export { type GemmOptions, gemm, gram } from './gemm.js';
export {
  type LeastSquares,
  leastSquares,
  matrixRank,
  pseudoinverse,
  type RankOptions,
} from './least-squares.js';
export { identity, type QrResult, qr } from './qr.js';
export { type Svd, singularValues, svd } from './svd.js';
export { solveTriangular, type TriangularOptions } from './triangular.js';
export { axpy, dot, norm2, transpose } from './vectors.js';
