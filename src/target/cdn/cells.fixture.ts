/** For the tests: cells of a chain a → b → c → …, the last hit where asked, and plain regressions to compare with. */
import { type DenseMatrix, dense } from '../../data/index.js';
import { leastSquares } from '../../linalg/index.js';
import { Random } from '../../random/index.js';

export interface ChainOptions {
  readonly cells?: number;
  readonly genes?: number;
  readonly seed?: number;
  /** Added to this gene, and so passed on to those after it. */
  readonly hit?: number;
  readonly shift?: number;
}

/** Each gene is 0.8 of the one before, plus N(0, 0.6²). */
export function chain({
  cells = 300,
  genes = 6,
  seed = 0,
  hit = -1,
  shift = 1.5,
}: ChainOptions = {}): DenseMatrix {
  const random = Random.fromSeed(seed);
  const values = new Float64Array(cells * genes);
  for (let c = 0; c < cells; c++) {
    for (let j = 0; j < genes; j++) {
      const before = j === 0 ? 0 : 0.8 * values[c * genes + j - 1];
      values[c * genes + j] = before + (j === 0 ? 1 : 0.6) * random.normal() + (j === hit ? shift : 0);
    }
  }
  return dense(cells, genes, values);
}

export const columnOf = ({ nRows, nCols, values }: DenseMatrix, j: number): number[] =>
  Array.from({ length: nRows }, (_, i) => Number(values[i * nCols + j]));

/** Residual sum of squares of gene `of` on a constant, the genes `on` and their squares, by least squares. */
export function residual(sets: readonly DenseMatrix[], of: number, on: readonly number[]): number {
  const y = sets.flatMap((set) => columnOf(set, of));
  const columns = on.map((j) => sets.flatMap((set) => columnOf(set, j)));
  const rows = y.map((_, i) => [1, ...columns.flatMap((x) => [x[i], x[i] ** 2])]);
  const width = rows[0].length;
  const { x } = leastSquares(Float64Array.from(rows.flat()), y.length, width, Float64Array.from(y), 1);
  return y.reduce(
    (sum, value, i) => sum + (value - rows[i].reduce((fit, v, k) => fit + v * x[k], 0)) ** 2,
    0,
  );
}

/** Columns in another order: gene j of the result is gene `order[j]`. */
export function permuted({ nRows, nCols, values }: DenseMatrix, order: ArrayLike<number>): DenseMatrix {
  const out = new Float64Array(nRows * nCols);
  for (let i = 0; i < nRows; i++) {
    for (let j = 0; j < nCols; j++) out[i * nCols + j] = Number(values[i * nCols + order[j]]);
  }
  return dense(nRows, nCols, out);
}
