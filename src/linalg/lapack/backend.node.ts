/**
 * The backend that calls a LAPACK. Row-major A is column-major Aᵀ, so most routines are asked for the transposed
 * problem, on the same numbers in the same place; only QR and least squares need a true transpose.
 *
 * Problems so small that the call costs more than it saves stay with the portable kernels, as do those whose
 * sizes the library's integers cannot hold.
 */

import { NumericalError } from '../../errors.js';
import type { Backend, LeastSquares } from '../kernels.js';
import { portable } from '../portable/index.js';
import { mirrorLower } from '../portable/product.js';
import { rankOf } from '../rank.js';
import { transpose } from '../vectors.js';
import type { Library, Subroutine } from './library.node.js';

/** From where on the call costs no more than it saves: about where both are measured to take the same time. */
export interface Thresholds {
  /** Multiplications of a matrix product or a triangular solve. */
  multiplications: number;
  /** Rows of a matrix to be factored by Cholesky. */
  cholesky: number;
  /** Rows or columns, whichever are more, of a matrix to be decomposed by any other method. */
  decomposition: number;
}

const measured: Thresholds = { multiplications: 500, cholesky: 16, decomposition: 5 };

/** The largest integer of most libraries. */
const LARGEST = 2 ** 31 - 1;

export function lapackBackend(library: Library, thresholds: Thresholds = measured): Backend {
  const dgemm = library.subroutine('dgemm', 'cciiidpipidpi');
  const dgemv = library.subroutine('dgemv', 'ciidpipidpi');
  const dsyrk = library.subroutine('dsyrk', 'cciidpidpi');
  const dtrsm = library.subroutine('dtrsm', 'cccciidpipi');
  const dpotrf = library.subroutine('dpotrf', 'cipir');
  const dgeqrf = library.subroutine('dgeqrf', 'iipippir');
  const dgeqp3 = library.subroutine('dgeqp3', 'iipipppir');
  const dorgqr = library.subroutine('dorgqr', 'iiipippir');
  const dgesdd = library.subroutine('dgesdd', 'ciipippipipipr');
  const dsyevd = library.subroutine('dsyevd', 'ccipippipir');
  const dgelsd = library.subroutine('dgelsd', 'iiipipipdppipr');
  const scratch = new Scratch();

  /** Is it worth a call, and can the library count what it takes? */
  const suits = (m: number, n: number, least: number, workspace = 0): boolean =>
    Math.min(m, n) > 0 && Math.max(m, n) >= least && Math.max(m, n, workspace) <= LARGEST;

  const done = (info: number, what: string, m: number, n: number): void => {
    if (info === 0) return;
    throw new NumericalError(`${what} of a ${m} × ${n} matrix did not converge (LAPACK's info is ${info})`);
  };

  const backend: Backend = {
    get description() {
      const { path, configuration } = library;
      return { name: 'lapack' as const, library: path, configuration, threads: library.threads() };
    },

    multiply(product) {
      const { m, n, k, alpha, beta, a, b, c, lda, ldb, ldc, transposeA, transposeB } = product;
      const largest = Math.max(m, n, k, lda, ldb, ldc);
      // With alpha 0 BLAS would not look at A and B, and so hide their NaN.
      if (m * n * k < Math.max(1, thresholds.multiplications) || largest > LARGEST || alpha === 0) {
        portable.multiply(product);
        return;
      }
      const left = a.subarray(product.aOffset);
      const right = b.subarray(product.bOffset);
      const out = c.subarray(product.cOffset);
      // Cᵀ = op(B)ᵀ op(A)ᵀ, and what is transposed here is not there.
      if (n === 1) {
        const [rows, columns] = transposeA ? [m, k] : [k, m];
        const step = transposeB ? 1 : ldb;
        if (beta === 0) for (let i = 0; i < m; i++) out[i * ldc] = 0;
        dgemv(transposeA ? 'N' : 'T', rows, columns, alpha, left, lda, right, step, beta || 1, out, ldc);
      } else if (m === 1) {
        const [rows, columns] = transposeB ? [k, n] : [n, k];
        const step = transposeA ? lda : 1;
        if (beta === 0) out.fill(0, 0, n);
        dgemv(transposeB ? 'T' : 'N', rows, columns, alpha, right, ldb, left, step, beta || 1, out, 1);
      } else {
        const [tb, ta] = [transposeB ? 'T' : 'N', transposeA ? 'T' : 'N'];
        dgemm(tb, ta, n, m, k, alpha, right, ldb, left, lda, beta, out, ldc);
      }
    },

    gram(rows, nRows, nCols) {
      const worth = nRows * nRows * nCols >= Math.max(1, thresholds.multiplications);
      if (!worth || Math.max(nRows, nCols) > LARGEST) return portable.gram(rows, nRows, nCols);
      const c = new Float64Array(nRows * nRows);
      dsyrk('U', 'T', nRows, nCols, 1, rows, nCols, 0, c, nRows);
      return mirrorLower(c, nRows);
    },

    cholesky(a, n) {
      if (!suits(n, n, thresholds.cholesky)) return portable.cholesky(a, n);
      const info = dpotrf('U', n, a, n);
      if (info !== 0) return info - 1;
      for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n);
      return -1;
    },

    solveTriangular(t, n, b, nRhs, lower, transposed) {
      if (n * n * nRhs < Math.max(1, thresholds.multiplications) || Math.max(n, nRhs) > LARGEST) {
        portable.solveTriangular(t, n, b, nRhs, lower, transposed);
        return;
      }
      // Xᵀ Tᵀ = Bᵀ, and what is lower here is upper there.
      dtrsm('R', lower ? 'U' : 'L', transposed ? 'T' : 'N', 'N', nRhs, n, 1, t, n, b, nRhs);
    },

    qr(a, m, n, pivot) {
      if (!suits(m, n, thresholds.decomposition)) return portable.qr(a, m, n, pivot);
      const k = Math.min(m, n);
      const taus = new Float64Array(k);
      const columns = transpose(a, m, n);
      let order: Int32Array | undefined;
      if (pivot) {
        const words = library.integerBytes / 4;
        const pivots = new Int32Array(n * words);
        scratch.with((work, size) => dgeqp3(m, n, columns, m, pivots, taus, work, size));
        order = Int32Array.from({ length: n }, (_, j) => pivots[j * words] - 1);
      } else {
        scratch.with((work, size) => dgeqrf(m, n, columns, m, taus, work, size));
      }
      const r = upperOfColumns(columns, m, n, k);
      scratch.with((work, size) => dorgqr(m, k, k, columns, m, taus, work, size));
      const q = transpose(columns, k, m);
      return order ? { q, r, order } : { q, r };
    },

    svd(a, m, n) {
      if (!suits(m, n, thresholds.decomposition, 8 * m * n + 64 * (m + n))) return portable.svd(a, m, n);
      const k = Math.min(m, n);
      const s = new Float64Array(k);
      const u = new Float64Array(m * k);
      const vt = new Float64Array(k * n);
      // Aᵀ = V S Uᵀ: left and right change places.
      const info = singular(dgesdd, scratch, 'S', a.slice(), m, n, s, vt, u, k);
      done(info, 'the singular value decomposition', m, n);
      return { u, s, vt };
    },

    singularValues(a, m, n) {
      if (!suits(m, n, thresholds.decomposition, 8 * m * n + 64 * (m + n)))
        return portable.singularValues(a, m, n);
      const s = new Float64Array(Math.min(m, n));
      const unused = new Float64Array(1);
      done(
        singular(dgesdd, scratch, 'N', a.slice(), m, n, s, unused, unused, 1),
        'the singular values',
        m,
        n,
      );
      return s;
    },

    symmetricEigen(a, n, vectors) {
      if (!suits(n, n, thresholds.decomposition, 2 * n * n + 64 * n))
        return portable.symmetricEigen(a, n, vectors);
      const values = new Float64Array(n);
      const matrix = a.slice();
      const job = vectors ? 'V' : 'N';
      const integers = scratch.integers(3 + 5 * n);
      const info = scratch.with((work, size) =>
        dsyevd(job, 'U', n, matrix, n, values, work, size, integers, size < 0 ? -1 : 3 + 5 * n),
      );
      done(info, 'the eigenvalues', n, n);
      return vectors ? { values, vectors: matrix } : { values };
    },

    leastSquares(a, m, n, b, nRhs, rcond) {
      const workspace = 8 * m * n + (m + n) * (64 + nRhs);
      if (nRhs === 0 || !suits(m, n, thresholds.decomposition, workspace)) {
        return portable.leastSquares(a, m, n, b, nRhs, rcond);
      }
      // dgelsd has a rule of its own for these.
      if (rcond <= 0 || rcond >= 1) return bySvd(backend, a, m, n, b, nRhs, rcond);
      const columns = transpose(a, m, n);
      const lead = Math.max(m, n);
      const right = new Float64Array(lead * nRhs);
      for (let i = 0; i < m; i++) for (let j = 0; j < nRhs; j++) right[j * lead + i] = b[i * nRhs + j];
      const s = new Float64Array(Math.min(m, n));
      const rank = new Int32Array(2);
      const integers = scratch.integers(integersOfDgelsd(Math.min(m, n)));
      const info = scratch.with((work, size) =>
        dgelsd(m, n, nRhs, columns, m, right, lead, s, rcond, rank, work, size, integers),
      );
      done(info, 'the singular values', m, n);
      const x = new Float64Array(n * nRhs);
      for (let i = 0; i < n; i++) for (let j = 0; j < nRhs; j++) x[i * nRhs + j] = right[j * lead + i];
      return { x, rank: rank[0], singularValues: s };
    },
  };
  return backend;
}

/** dgesdd of the transpose of the row-major (m, n) matrix `a`, which is overwritten. */
function singular(
  dgesdd: Subroutine,
  scratch: Scratch,
  job: 'S' | 'N',
  a: Float64Array,
  m: number,
  n: number,
  s: Float64Array,
  u: Float64Array,
  vt: Float64Array,
  ldvt: number,
): number {
  const integers = scratch.integers(8 * Math.min(m, n));
  const ldu = job === 'S' ? n : 1;
  return scratch.with((work, size) => dgesdd(job, n, m, a, n, s, u, ldu, vt, ldvt, work, size, integers));
}

function bySvd(
  { svd, multiply }: Backend,
  a: Float64Array,
  m: number,
  n: number,
  b: Float64Array,
  nRhs: number,
  rcond: number,
): LeastSquares {
  const { u, s, vt } = svd(a, m, n);
  const rank = rankOf(s, rcond);
  const common = {
    alpha: 1,
    beta: 0,
    transposeA: true,
    transposeB: false,
    aOffset: 0,
    bOffset: 0,
    cOffset: 0,
  };
  const projected = new Float64Array(rank * nRhs);
  const ld = { ldb: nRhs, ldc: nRhs };
  multiply({ ...common, ...ld, m: rank, n: nRhs, k: m, a: u, lda: s.length, b, c: projected });
  for (let i = 0; i < rank; i++) for (let j = i * nRhs; j < (i + 1) * nRhs; j++) projected[j] /= s[i];
  const x = new Float64Array(n * nRhs);
  multiply({ ...common, ...ld, m: n, n: nRhs, k: rank, a: vt, lda: n, b: projected, c: x });
  return { x, rank, singularValues: s };
}

/** The (k, n) upper trapezoid of the column-major (m, n) matrix `a`. */
function upperOfColumns(a: Float64Array, m: number, n: number, k: number): Float64Array {
  const r = new Float64Array(k * n);
  for (let i = 0; i < k; i++) for (let j = i; j < n; j++) r[i * n + j] = a[j * m + i];
  return r;
}

/** liwork of dgelsd as its documentation has it, for the smallest leaf of the tree that a build may use. */
function integersOfDgelsd(k: number): number {
  const levels = Math.max(0, Math.floor(Math.log2(Math.max(1, k))) + 1);
  return Math.max(1, 3 * k * levels + 11 * k);
}

/** Working memory between calls; more than is kept is given back. */
class Scratch {
  private kept = new Float64Array(0);

  /** Asks the routine how much it wants, then runs it with that. Returns what it returned. */
  with(call: (work: Float64Array, size: number) => number): number {
    const wanted = new Float64Array(1);
    call(wanted, -1);
    const size = Math.max(1, Math.ceil(wanted[0]));
    let work = this.kept;
    if (work.length < size) {
      work = new Float64Array(size);
      if (size <= 2 ** 23) this.kept = work;
    }
    return call(work, size);
  }

  /** Room for `count` integers of either width. */
  integers(count: number): Int32Array {
    return new Int32Array(2 * count);
  }
}
