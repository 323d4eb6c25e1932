/**
 * Dense float64 linear algebra. Matrices are row-major Float64Arrays with their sizes beside them; results follow
 * LAPACK's conventions and rank rules. In portable TypeScript, unless a LAPACK is installed in its place:
 * `useLapack` of `mechanist/linalg/node`.
 */

export { linalgBackend, usePortable } from './backend.js';
export {
  cholesky,
  choleskyConditionEstimate,
  choleskySolve,
  symmetricNorm1,
} from './cholesky.js';
export { symmetricEigen } from './eigen.js';
export { gemm, gram } from './gemm.js';
export type { BackendDescription, LeastSquares, QrResult, Svd, SymmetricEigen } from './kernels.js';
export { leastSquares, matrixRank, pseudoinverse } from './least-squares.js';
export type { GemmOptions } from './product.js';
export { identity, qr } from './qr.js';
export type { RankOptions } from './rank.js';
export { singularValues, svd } from './svd.js';
export { solveTriangular, type TriangularOptions } from './triangular.js';
export { axpy, dot, norm2, transpose } from './vectors.js';
