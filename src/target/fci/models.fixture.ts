/** Linear models with known graphs for the tests of this folder: exact correlations, no sampling. */
import { pseudoinverse } from '../../linalg/index.js';
import type { Random } from '../../random/index.js';
import { pearson } from '../../stats/index.js';

export interface LinearModel {
  /** Variables in causal order; the first `observed` of `order` are seen. */
  readonly size: number;
  readonly observed: readonly number[];
  /** (size, size): weight of i in j at (i, j), upper triangular. */
  readonly weights: Float64Array;
}

/** From edges [from, to, weight] with from < to. */
export function model(size: number, edges: [number, number, number?][], observed?: number[]): LinearModel {
  const weights = new Float64Array(size * size);
  for (const [from, to, weight = 0.8] of edges) weights[from * size + to] = weight;
  return { size, observed: observed ?? Array.from({ length: size }, (_, i) => i), weights };
}

/** Every edge with probability `density`, weights ±(0.5 … 1.2); `hidden` variables are not observed, in random order. */
export function randomModel(random: Random, size: number, hidden: number, density: number): LinearModel {
  const edges: [number, number, number][] = [];
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      if (!random.bernoulli(density)) continue;
      edges.push([i, j, (random.bernoulli(0.5) ? 1 : -1) * (0.5 + 0.7 * random.uniform())]);
    }
  }
  return model(size, edges, [...random.permutation(size)].slice(hidden));
}

/** Correlations of the observed variables with standard normal noise in each: (I − Wᵀ)⁻¹ (I − Wᵀ)⁻ᵀ, scaled. */
export function correlationOf({ size, observed, weights }: LinearModel): Float64Array {
  const effects = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    effects[i * size + i] = 1;
    for (let j = i + 1; j < size; j++) {
      for (let k = i; k < j; k++) effects[i * size + j] += effects[i * size + k] * weights[k * size + j];
    }
  }
  const covariance = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += effects[i * size + a] * effects[i * size + b];
    return sum;
  };
  return Float64Array.from(
    observed.flatMap((a) =>
      observed.map((b) => covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b))),
    ),
  );
}

/** Whether variable i is an ancestor of j, over the observed ones: (n, n). */
export function ancestors({ size, observed, weights }: LinearModel): boolean[][] {
  const reaches = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => weights[i * size + j] !== 0),
  );
  for (let k = 0; k < size; k++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) reaches[i][j] ||= reaches[i][k] && reaches[k][j];
  return observed.map((i) => observed.map((j) => reaches[i][j]));
}

/** Partial correlation of x and y given a list, from the inverse of the sub-matrix. */
export function partialOf(
  correlation: ArrayLike<number>,
  n: number,
  x: number,
  y: number,
  given: number[],
): number {
  const all = [x, y, ...given];
  const part = Float64Array.from(all.flatMap((i) => all.map((j) => correlation[i * n + j])));
  const inverse = pseudoinverse(part, all.length, all.length);
  const at = (i: number, j: number) => inverse[i * all.length + j];
  return -at(0, 1) / Math.sqrt(at(0, 0) * at(1, 1));
}

/** All subsets of a list. */
export function subsetsOf([first, ...rest]: number[]): number[][] {
  if (first === undefined) return [[]];
  const without = subsetsOf(rest);
  return without.concat(without.map((set) => [first, ...set]));
}

/** Pearson's correlations of the columns of a table. */
export function correlationOfRows(rows: readonly (readonly number[])[]): Float64Array {
  const n = rows[0].length;
  const columns = rows[0].map((_, j) => rows.map((row) => row[j]));
  return Float64Array.from({ length: n * n }, (_, at) =>
    pearson(columns[Math.floor(at / n)], columns[at % n]),
  );
}
