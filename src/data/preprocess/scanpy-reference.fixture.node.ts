/** Runs `scanpy_reference.py` where Python with numpy and pandas is installed. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Random } from '../../random/index.js';
import type { DenseMatrix } from '../matrix.js';
import { dense, sparse } from '../matrix.js';

const PYTHON = process.env.MECHANIST_PYTHON ?? '/usr/bin/python3';
const script = fileURLToPath(new URL('./scanpy_reference.py', import.meta.url));

export const hasPython = spawnSync(PYTHON, ['-c', 'import numpy, pandas']).status === 0;

export function reference<T>(task: Record<string, unknown>, matrix: DenseMatrix): T {
  const x = Array.from({ length: matrix.nRows }, (_, i) => [
    ...matrix.values.subarray(i * matrix.nCols, (i + 1) * matrix.nCols),
  ]);
  const run = spawnSync(PYTHON, [script], { input: JSON.stringify({ ...task, x }), encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as T;
}

/** Overdispersed counts of genes with very different means, one gene of zeros and one constant gene. */
export function simulatedCounts(nCells: number, nGenes: number, seed: number): DenseMatrix {
  const random = Random.fromSeed(seed);
  const values = new Float64Array(nCells * nGenes);
  for (let gene = 0; gene < nGenes; gene++) {
    const mean = Math.exp(1.5 * random.normal() - 0.5);
    const dispersion = 0.1 + (gene % 7 === 0 ? 2 * random.gamma(1) : 0);
    for (let cell = 0; cell < nCells; cell++) {
      values[cell * nGenes + gene] =
        gene === 1 ? 0 : gene === 2 ? 3 : random.negativeBinomial(mean, dispersion);
    }
  }
  return dense(nCells, nGenes, values);
}

/** The same numbers as CSR (or, transposed twice over, whatever the test wants). */
export function toCsr(matrix: DenseMatrix) {
  const indptr = new Int32Array(matrix.nRows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < matrix.nRows; i++) {
    for (let j = 0; j < matrix.nCols; j++) {
      const value = matrix.values[i * matrix.nCols + j];
      if (value === 0) continue;
      indices.push(j);
      values.push(value);
    }
    indptr[i + 1] = values.length;
  }
  return sparse(
    'csr',
    matrix.nRows,
    matrix.nCols,
    indptr,
    Int32Array.from(indices),
    Float64Array.from(values),
  );
}
