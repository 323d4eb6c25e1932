/** Finding the missing pixels by regression on the known ones, with a kernel between pixels. */

import { NumericalError, OptionError } from '../errors.js';
import { cholesky, choleskyConditionEstimate, choleskySolve, gemm, symmetricNorm1 } from '../linalg/index.js';
import type { Random } from '../random/index.js';
import { eigenPro } from '../stats/index.js';
import { kernelBetween, type PixelKernel } from './cntk/index.js';

export const SOLVERS = ['auto', 'exact', 'eigenpro'] as const;
export type Solver = (typeof SOLVERS)[number];

export interface RegressionOptions {
  /** `exact`: by Cholesky; `eigenpro`: iteratively; `auto`: exact for up to 10,000 known pixels. Default. */
  readonly solver?: Solver;
  /** Added to the diagonal, as a share of its mean. Default 0: the known pixels are interpolated. */
  readonly ridge?: number;
  /** Passes of EigenPro. Default 100. */
  readonly epochs?: number;
  /** Of the batches of EigenPro. */
  readonly random: Random;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Known pixels whose kernel is factored by `auto`: 800 MB. */
const MOST_EXACT = 10_000;
/** … and on request: 3.2 GB. */
const MOST_FACTORED = 20_000;
/**
 * Shares of the diagonal that are tried one after the other when rounding decides the solution: with nearly all pixels
 * known the kernel is singular to working precision, and what it says of the others would be noise.
 */
const RESCUES = [0, 1e-11, 1e-9, 1e-7, 1e-5];
/** Rows of the kernel of missing and known pixels at a time. */
const ROWS_AT_A_TIME = 256;

export interface Regression {
  /** (missing.length, nOutputs). */
  readonly predicted: Float64Array;
  readonly solver: 'exact' | 'eigenpro';
  /** What was added to the diagonal, as a share of its mean, beyond what was asked for: rounding made it needed. */
  readonly rescue: number;
}

/**
 * What the kernel predicts at the pixels `missing` from `targets` (known.length, nOutputs) at the pixels `known`.
 *
 * Throws `OptionError` on options out of range, and when more pixels are to be solved for exactly than memory
 * allows; `NumericalError` when the kernel is not positive semidefinite, `DataError` on NaN.
 */
export function regress(
  kernel: PixelKernel,
  known: Int32Array,
  missing: Int32Array,
  targets: Float64Array,
  nOutputs: number,
  options: RegressionOptions,
): Regression {
  const { solver = 'auto', ridge = 0 } = options;
  if (!SOLVERS.includes(solver)) throw new OptionError('solver', solver, SOLVERS);
  if (!(ridge >= 0 && ridge < Number.POSITIVE_INFINITY)) {
    throw new OptionError('ridge', ridge, 'a number of at least 0');
  }
  const n = known.length;
  const exact = solver === 'exact' || (solver === 'auto' && n <= MOST_EXACT);
  if (exact && n > MOST_FACTORED) {
    const advice = 'use the solver eigenpro, or a smaller size';
    throw new OptionError(
      'solver',
      solver,
      `for so many known pixels (${n}, at most ${MOST_FACTORED})`,
      advice,
    );
  }
  const diagonal = ridge > 0 || exact ? meanDiagonal(kernel, known) : 0;
  const { weights, rescue } = exact
    ? solveExactly(kernel, known, targets, nOutputs, ridge, diagonal)
    : { weights: solveByEigenPro(kernel, known, targets, nOutputs, ridge * diagonal, options), rescue: 0 };
  const predicted = new Float64Array(missing.length * nOutputs);
  for (let from = 0; from < missing.length; from += ROWS_AT_A_TIME) {
    const some = missing.subarray(from, from + ROWS_AT_A_TIME);
    const a = kernelBetween(kernel, some, known);
    gemm({ m: some.length, n: nOutputs, k: n, a, b: weights, c: predicted, cOffset: from * nOutputs });
  }
  return { predicted, solver: exact ? 'exact' : 'eigenpro', rescue };
}

function meanDiagonal(kernel: PixelKernel, pixels: Int32Array): number {
  let sum = 0;
  const pixel = new Int32Array(1);
  for (const one of pixels) {
    pixel[0] = one;
    sum += kernelBetween(kernel, pixel, pixel)[0];
  }
  return sum / pixels.length;
}

function solveExactly(
  kernel: PixelKernel,
  known: Int32Array,
  targets: Float64Array,
  nOutputs: number,
  ridge: number,
  diagonal: number,
): { weights: Float64Array; rescue: number } {
  const n = known.length;
  const matrix = new Float64Array(n * n);
  for (const rescue of RESCUES) {
    kernelBetween(kernel, known, known, matrix);
    for (let i = 0; i < n; i++) matrix[i * n + i] += (ridge + rescue) * diagonal;
    const norm = symmetricNorm1(matrix, n);
    if (cholesky(matrix, n) >= 0) continue;
    if (choleskyConditionEstimate(matrix, n, norm) < n * Number.EPSILON) continue;
    return { weights: choleskySolve(matrix, n, targets.slice(), nOutputs), rescue };
  }
  throw new NumericalError(
    `the kernel of the ${n} known pixels is not positive definite, even with ${RESCUES.at(-1)} of its diagonal added; ` +
      'use a larger ridge, or a larger kernel size',
  );
}

function solveByEigenPro(
  kernel: PixelKernel,
  known: Int32Array,
  targets: Float64Array,
  nOutputs: number,
  added: number,
  { epochs = 100, random, onProgress }: RegressionOptions,
): Float64Array {
  const n = known.length;
  const kernelRows = (rows: Int32Array, out: Float64Array) => {
    kernelBetween(
      kernel,
      Int32Array.from(rows, (row) => known[row]),
      known,
      out,
    );
    rows.forEach((row, i) => {
      out[i * n + row] += added;
    });
  };
  return eigenPro({ n, nOutputs, kernelRows, targets }, { epochs, random, onProgress });
}
