/** Reading simulated graphs: columns, moments, and what linear systems should give by their formula. */
import type { DenseMatrix } from '../../data/index.js';
import type { GraphRegime, GraphRegimes } from './index.js';

export const column = ({ values, nRows, nCols }: DenseMatrix, j: number): Float64Array =>
  Float64Array.from({ length: nRows }, (_, i) => values[i * nCols + j] as number);

export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
};

export function covarianceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  return meanOf(Float64Array.from(a, (value, i) => (value - ma) * (b[i] - mb)));
}

export const correlationOf = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  covarianceOf(a, b) / Math.sqrt(covarianceOf(a, a) * covarianceOf(b, b));

/**
 * Means and covariances of a linear graph that is not normalised, with roots N(0, 1): x = μ + L ε with ε independent,
 * node by node from parents to children.
 */
export function linearMoments(system: GraphRegimes, regime?: GraphRegime) {
  const { graph, weights, noise, settings } = system;
  const n = graph.length;
  const means = new Map<number, number>();
  const loadings = new Map<number, Float64Array>();
  const visit = (node: number): void => {
    if (means.has(node)) return;
    for (const parent of graph[node]) visit(parent);
    const target = regime ? regime.targets.indexOf(node) : -1;
    const loading = new Float64Array(n);
    let mean = 0;
    if (target >= 0 && regime!.kind === 'hard') {
      const [low, high] = settings.hardRange;
      mean = (low + high) / 2;
      loading[node] = (high - low) / Math.sqrt(12);
    } else {
      loading[node] = graph[node].length > 0 ? noise[node] : 1;
      graph[node].forEach((parent, p) => {
        mean += weights![node][p] * means.get(parent)!;
        for (let k = 0; k < n; k++) loading[k] += weights![node][p] * loadings.get(parent)![k];
      });
      if (target >= 0 && regime!.kind === 'scale') {
        mean *= regime!.amounts[target];
        for (let k = 0; k < n; k++) loading[k] *= regime!.amounts[target];
      } else if (target >= 0) {
        mean += regime!.amounts[target] * system.deviations[node];
      }
    }
    means.set(node, mean);
    loadings.set(node, loading);
  };
  for (let node = 0; node < n; node++) visit(node);
  const covariance = (a: number, b: number) =>
    loadings.get(a)!.reduce((sum, loading, k) => sum + loading * loadings.get(b)![k], 0);
  return { mean: (node: number) => means.get(node)!, covariance };
}
