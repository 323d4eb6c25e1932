/**
 * EigenPro: kernel regression without ridge by preconditioned stochastic gradient steps, for kernels whose matrix
 * is too large to factor.
 *
 * The leading eigenvectors of a subsample flatten the top of the spectrum, so that large batches make large steps
 * (Ma & Belkin 2017, arXiv:1703.10622; batch and step as in the 2019 paper, arXiv:1806.06144). Unlike theirs, here
 * in float64, and a step that turns out too long for the points outside the subsample is halved.
 */

import { DataError, NumericalError, OptionError, ShapeError } from '../errors.js';
import { gemm, symmetricEigen } from '../linalg/index.js';
import type { Random } from '../random/index.js';

export interface KernelProblem {
  /** Points. */
  readonly n: number;
  /** Right-hand sides. */
  readonly nOutputs: number;
  /** Writes these rows of the symmetric, positive semidefinite kernel into `out` (rows.length, n), row-major. */
  kernelRows(rows: Int32Array, out: Float64Array): void;
  /** (n, nOutputs). */
  readonly targets: Float64Array;
}

export interface EigenProOptions {
  /** Passes over the points. */
  readonly epochs: number;
  /** Chooses the subsample and the batches. */
  readonly random: Random;
  /** Points whose kernel is decomposed. Default 2000, at most all. */
  readonly subsample?: number;
  /** How far the leading eigenvalues are pulled down to the tail's: 0 not at all, 1 wholly. Default 0.95. */
  readonly alpha?: number;
  /** Points of a batch at least, where the memory allows. Default 1: as many as the step can use. */
  readonly minBatch?: number;
  /** Memory for kernel rows; when all fit they are asked for once only. Default 1 GiB. */
  readonly memoryBytes?: number;
  readonly onProgress?: (epochsDone: number, epochs: number) => void;
}

const MOST_HALVINGS = 20;
/** Directions that are flattened at least, where the subsample has so many. */
const FEWEST_DIRECTIONS = 5;

/**
 * Weights w (n, nOutputs) with K w ≈ targets, nearer with every epoch. Scaling the kernel scales the weights only.
 *
 * Throws `DataError` on a kernel or targets with NaN or infinity and on a kernel without a positive diagonal,
 * `OptionError` on options out of range, `ShapeError` when `targets` is too short, `NumericalError` when no step
 * length converges (the kernel is not positive semidefinite).
 */
export function eigenPro(problem: KernelProblem, options: EigenProOptions): Float64Array {
  const { n, nOutputs, targets } = problem;
  const { epochs, random } = options;
  checkOptions(options);
  if (targets.length < n * nOutputs) {
    throw new ShapeError('targets', `${n} × ${nOutputs} values`, String(targets.length));
  }
  if (n === 0 || nOutputs === 0) return new Float64Array(n * nOutputs);
  const size = targets.subarray(0, n * nOutputs).reduce((sum, y) => sum + y * y, 0);
  if (!Number.isFinite(size)) throw new DataError('the targets of EigenPro hold NaN or infinity');

  const memory = Math.floor((options.memoryBytes ?? 2 ** 30) / 8);
  const source = n * n <= memory / 2 ? { ...problem, kernelRows: rememberedRows(problem) } : problem;
  const m = Math.min(n, options.subsample ?? 2000);
  const sample = random.split('subsample').sample(n, m).sort();
  const mostInMemory = Math.max(1, Math.min(n, Math.floor(memory / 2 / (n + m))));
  const preconditioner = precondition(source, sample, options.alpha ?? 0.95, mostInMemory);
  const { beta, topEigenvalue } = preconditioner;

  const critical = beta / topEigenvalue + 1;
  const batch = Math.min(mostInMemory, Math.max(Math.floor(critical), options.minBatch ?? 1));
  const perBatch =
    batch < critical ? batch / beta : (0.99 * 2 * batch) / (beta + (batch - 1) * topEigenvalue);
  for (let halvings = 0; halvings <= MOST_HALVINGS; halvings++) {
    const step = perBatch / batch / 2 ** halvings;
    const weights = new Float64Array(n * nOutputs);
    let smallest = size;
    let residual = size;
    let epoch = 0;
    for (; epoch < epochs; epoch++) {
      const order = random.split('epoch', epoch).permutation(n);
      residual = runEpoch(source, preconditioner, order, batch, step, weights);
      if (!(residual <= Math.max(4 * smallest, 1e-8 * size))) break;
      smallest = Math.min(smallest, residual);
      options.onProgress?.(epoch + 1, epochs);
    }
    if (epoch === epochs && residual <= size) return weights;
  }
  throw new NumericalError(
    `EigenPro does not converge: the residual grows for every step length; is the kernel of ${n} points positive semidefinite?`,
  );
}

interface Preconditioner {
  /** (m), ascending. */
  readonly sample: Int32Array;
  readonly nDirections: number;
  /** (nDirections, m): unit eigenvectors of the subsample's kernel as rows. */
  readonly directions: Float64Array;
  /** (nDirections): what of each direction is taken back from a step. */
  readonly damping: Float64Array;
  /** Largest diagonal entry, and largest eigenvalue over n, of the preconditioned kernel. */
  readonly beta: number;
  readonly topEigenvalue: number;
}

function precondition(
  problem: KernelProblem,
  sample: Int32Array,
  alpha: number,
  mostInMemory: number,
): Preconditioner {
  const m = sample.length;
  const kernel = subsampledKernel(problem, sample, mostInMemory);
  const diagonal = Float64Array.from({ length: m }, (_, i) => kernel[i * m + i]);
  const largest = diagonal.reduce((a, b) => Math.max(a, b), 0);
  if (!(largest > 0)) {
    throw new DataError(
      'the kernel of EigenPro has no positive diagonal entry: nothing can be fitted with it',
    );
  }
  const { values, vectors } = symmetricEigen(kernel, m);
  const eigenvalue = (j: number) => values[m - 1 - j] / m;
  const floor = eigenvalue(0) * m * Number.EPSILON;

  // The rule counts eigenvalues of the kernel scaled to a largest entry of 1/2, as the authors'.
  const mostBatch = Math.min(m, Math.max(m / 5, mostInMemory));
  const counts = (j: number) => ((2 * largest) / eigenvalue(j)) ** alpha < mostBatch - 1;
  let q = 0;
  while (q < m && eigenvalue(q) > floor && (q < FEWEST_DIRECTIONS || counts(q))) q++;
  const tail = eigenvalue(q - 1);
  const nDirections = q - 1;

  const directions = new Float64Array(nDirections * m);
  const damping = new Float64Array(nDirections);
  for (let j = 0; j < nDirections; j++) {
    const direction = vectors.subarray((m - 1 - j) * m, (m - j) * m);
    directions.set(direction, j * m);
    const kept = (tail / eigenvalue(j)) ** alpha;
    damping[j] = (1 - kept) / (eigenvalue(j) * m);
    for (let i = 0; i < m; i++) diagonal[i] -= (1 - kept) * eigenvalue(j) * m * direction[i] ** 2;
  }
  const beta = diagonal.reduce((a, b) => Math.max(a, b), largest * Number.EPSILON);
  return {
    sample,
    nDirections,
    directions,
    damping,
    beta,
    topEigenvalue: eigenvalue(0) ** (1 - alpha) * tail ** alpha,
  };
}

/** One pass; the sum of squares of the residuals met on the way. */
function runEpoch(
  { n, nOutputs, kernelRows, targets }: KernelProblem,
  { sample, nDirections, directions, damping }: Preconditioner,
  order: Int32Array,
  batch: number,
  step: number,
  weights: Float64Array,
): number {
  const m = sample.length;
  const rows = new Float64Array(batch * n);
  const sampled = new Float64Array(batch * m);
  let residual = 0;
  for (let from = 0; from < n; from += batch) {
    const points = order.subarray(from, from + batch);
    const b = points.length;
    kernelRows(points, rows);
    const gradient = gemm({ m: b, n: nOutputs, k: n, a: rows, b: weights });
    points.forEach((point, i) => {
      for (let c = 0; c < nOutputs; c++) {
        const g = gradient[i * nOutputs + c] - targets[point * nOutputs + c];
        gradient[i * nOutputs + c] = g;
        residual += g * g;
        weights[point * nOutputs + c] -= step * g;
      }
      for (let j = 0; j < m; j++) sampled[i * m + j] = rows[i * n + sample[j]];
    });
    const onSample = gemm({ m, n: nOutputs, k: b, a: sampled, b: gradient, transposeA: true });
    const along = gemm({ m: nDirections, n: nOutputs, k: m, a: directions, b: onSample });
    for (let j = 0; j < nDirections; j++) {
      for (let c = 0; c < nOutputs; c++) along[j * nOutputs + c] *= step * damping[j];
    }
    const back = gemm({ m, n: nOutputs, k: nDirections, a: directions, b: along, transposeA: true });
    sample.forEach((point, i) => {
      for (let c = 0; c < nOutputs; c++) weights[point * nOutputs + c] += back[i * nOutputs + c];
    });
  }
  return residual;
}

/** (m, m) of the points of the subsample, asked for in parts. */
function subsampledKernel({ n, kernelRows }: KernelProblem, sample: Int32Array, most: number): Float64Array {
  const m = sample.length;
  const kernel = new Float64Array(m * m);
  const rows = new Float64Array(Math.min(most, m) * n);
  for (let from = 0; from < m; from += most) {
    const points = sample.subarray(from, from + most);
    kernelRows(points, rows);
    for (let i = 0; i < points.length; i++) {
      for (let j = 0; j < m; j++) kernel[(from + i) * m + j] = rows[i * n + sample[j]];
    }
  }
  return kernel;
}

function rememberedRows({ n, kernelRows }: KernelProblem): KernelProblem['kernelRows'] {
  const all = new Float64Array(n * n);
  kernelRows(
    Int32Array.from({ length: n }, (_, i) => i),
    all,
  );
  return (rows, out) => {
    rows.forEach((row, i) => {
      out.set(all.subarray(row * n, (row + 1) * n), i * n);
    });
  };
}

function checkOptions({
  epochs,
  subsample = 1,
  alpha = 0.95,
  minBatch = 1,
  memoryBytes = 1,
}: EigenProOptions) {
  for (const [name, value] of Object.entries({ epochs, subsample, minBatch })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new OptionError(name, value, 'a whole number of at least 1');
    }
  }
  if (!(alpha >= 0 && alpha <= 1)) throw new OptionError('alpha', alpha, 'a number from 0 to 1');
  if (!(memoryBytes > 0)) throw new OptionError('memoryBytes', memoryBytes, 'a number above 0');
}
