/** Against the exact solution by Cholesky, and what must not change it. */

import { describe, expect, it } from 'vitest';
import { isMechanistError } from '../errors.js';
import { cholesky, choleskySolve } from '../linalg/index.js';
import { Random } from '../random/index.js';
import { type EigenProOptions, eigenPro, type KernelProblem } from './eigenpro.js';

/** Gaussian kernel of points in the plane plus `ridge` on the diagonal. */
function problemOf(
  n: number,
  nOutputs: number,
  ridge: number,
  scale = 1,
): KernelProblem & { kernel: Float64Array } {
  const random = Random.fromSeed(3);
  const points = random.fillNormal(new Float64Array(2 * n));
  const targets = random.fillNormal(new Float64Array(n * nOutputs));
  const kernel = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const square = (points[2 * i] - points[2 * j]) ** 2 + (points[2 * i + 1] - points[2 * j + 1]) ** 2;
      kernel[i * n + j] = scale * (Math.exp(-square / 2) + (i === j ? ridge : 0));
    }
  }
  return { n, nOutputs, targets, kernel, kernelRows: rowsOf(kernel, n) };
}

const rowsOf =
  (kernel: Float64Array, n: number): KernelProblem['kernelRows'] =>
  (rows, out) => {
    rows.forEach((row, i) => {
      out.set(kernel.subarray(row * n, (row + 1) * n), i * n);
    });
  };

function exact({ kernel, n, targets, nOutputs }: ReturnType<typeof problemOf>): Float64Array {
  const factor = kernel.slice();
  expect(cholesky(factor, n)).toBe(-1);
  return choleskySolve(factor, n, targets.slice(), nOutputs);
}

function distance(a: Float64Array, b: Float64Array): number {
  const size = (x: Float64Array) => Math.hypot(...x);
  return size(a.map((value, i) => value - b[i])) / size(b);
}

const options = (more: Partial<EigenProOptions> = {}): EigenProOptions => ({
  epochs: 200,
  random: Random.fromSeed(1),
  ...more,
});

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('eigenPro', () => {
  it.each([
    ['the whole kernel as subsample', {}],
    ['a subsample of a fifth', { subsample: 60 }],
    ['little memory: small batches, rows made again', { subsample: 60, memoryBytes: 40_000 }],
    ['batches larger than the critical size', { minBatch: 150 }],
    ['weak preconditioning', { alpha: 0.5, subsample: 100, epochs: 150 }],
  ])('converges to the exact solution with %s', (_, more) => {
    const problem = problemOf(300, 3, 0.5);
    expect(distance(eigenPro(problem, options(more)), exact(problem))).toBeLessThan(1e-7);
  });

  it('gets nearer with every doubling of the epochs', () => {
    const problem = problemOf(200, 1, 0.05);
    const solution = exact(problem);
    const distances = [5, 10, 20, 40, 80].map((epochs) =>
      distance(eigenPro(problem, options({ epochs, subsample: 100 })), solution),
    );
    expect(distances).toEqual([...distances].sort((a, b) => b - a));
    expect(distances[4]).toBeLessThan(distances[0] / 20);
  });

  it('gives the same bits for the same seed, others for another', () => {
    const problem = problemOf(80, 2, 0.1);
    const run = (seed: number) =>
      eigenPro(problem, options({ epochs: 3, random: Random.fromSeed(seed), subsample: 40 }));
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('scales its weights against the scale of the kernel', () => {
    const run = (scale: number) => eigenPro(problemOf(60, 1, 0.1, scale), options({ epochs: 20 }));
    const unit = run(1);
    expect(
      distance(
        run(1e-9).map((w) => w * 1e-9),
        unit,
      ),
    ).toBeLessThan(1e-9);
    expect(
      distance(
        run(1e9).map((w) => w * 1e9),
        unit,
      ),
    ).toBeLessThan(1e-9);
  });

  it('halves a step that is too long for a point outside the subsample', () => {
    const n = 60;
    const problem = problemOf(n, 1, 0.5);
    const sample = Random.fromSeed(1).split('subsample').sample(n, 10);
    const outside = [...Array(n).keys()].find((i) => !sample.includes(i)) as number;
    problem.kernel[outside * n + outside] = 12;
    const weights = eigenPro(problem, options({ subsample: 10, epochs: 2000 }));
    expect(distance(weights, exact(problem))).toBeLessThan(1e-6);
  });

  it('solves for none, one and two points', () => {
    expect(eigenPro(problemOf(0, 2, 1), options())).toEqual(new Float64Array(0));
    expect(eigenPro(problemOf(3, 0, 1), options())).toEqual(new Float64Array(0));
    for (const n of [1, 2]) {
      const problem = problemOf(n, 1, 1);
      expect(distance(eigenPro(problem, options()), exact(problem))).toBeLessThan(1e-9);
    }
  });

  it('counts the epochs', () => {
    const seen: number[] = [];
    eigenPro(
      problemOf(20, 1, 1),
      options({ epochs: 3, onProgress: (done, total) => seen.push(done / total) }),
    );
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
  });

  it('refuses what it cannot work with', () => {
    const problem = problemOf(10, 1, 1);
    const tagOf = (run: () => unknown) => {
      const error = errorOf(run);
      return isMechanistError(error) ? error.tag : error;
    };
    expect(tagOf(() => eigenPro(problem, options({ epochs: 0 })))).toBe('OptionError');
    expect(tagOf(() => eigenPro(problem, options({ alpha: 2 })))).toBe('OptionError');
    expect(tagOf(() => eigenPro(problem, options({ memoryBytes: 0 })))).toBe('OptionError');
    expect(tagOf(() => eigenPro({ ...problem, nOutputs: 2 }, options()))).toBe('ShapeError');
    expect(
      tagOf(() => eigenPro({ ...problem, targets: problem.targets.map(() => Number.NaN) }, options())),
    ).toBe('DataError');
    const constant = (value: number) => ({
      ...problem,
      kernelRows: (_: Int32Array, out: Float64Array) => void out.fill(value),
    });
    expect(tagOf(() => eigenPro(constant(0), options()))).toBe('DataError');
    expect(tagOf(() => eigenPro(constant(Number.NaN), options()))).toBe('DataError');
    const indefinite = Float64Array.of(1, 10, 10, 1);
    const pair = { n: 2, nOutputs: 1, targets: Float64Array.of(1, -1), kernelRows: rowsOf(indefinite, 2) };
    expect(tagOf(() => eigenPro(pair, options()))).toBe('NumericalError');
  });
});
