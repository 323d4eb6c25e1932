/**
 * Kernel regression solved exactly: a prediction is a weighted sum of visible effects, w = K⁻¹ k.
 *
 * The weights cost n² a target and no pass over the genes; one product with all profiles then makes the predictions.
 */
import { gemm, transpose } from '../../linalg/index.js';
import type { BorderedCholesky } from './bordered-cholesky.js';
import type { Effects, PairList } from './effects.js';
import type { Kernel } from './kernel-matrix.js';
import type { Rows } from './rows.js';
import type { Solution } from './solution.js';

export function exactSolution(
  rows: Rows,
  effects: Effects,
  kernel: Kernel,
  factor: BorderedCholesky,
  rescue: number,
): Solution {
  const { tensor } = effects.training;
  const { nPairs, nGenes } = tensor;
  const n = rows.pairs.length;
  const notes =
    rescue > 0
      ? [`some pairs are too alike: a ridge of ${rescue} of the diagonal keeps the kernel solvable`]
      : [];
  return {
    solver: 'cholesky',
    notes,
    predict(targets: PairList) {
      const m = targets.contexts.length;
      const solved = factor.solve(kernel.between(rows.list, targets), m);
      const weights = transpose(solved, n, m);
      const ofPairs = new Float64Array(m * nPairs);
      for (let t = 0; t < m; t++) {
        const own = ofPairs.subarray(t * nPairs, (t + 1) * nPairs);
        rows.pairs.forEach((pair, i) => {
          const weight = weights[t * n + i];
          own[pair] += weight;
          const base = effects.base(rows.list.contexts[i]);
          if (base >= 0) own[base] -= weight;
        });
        const base = effects.base(targets.contexts[t]);
        if (base >= 0) own[base] += 1;
      }
      const profiles = gemm({ m, n: nGenes, k: nPairs, a: ofPairs, b: tensor.profiles });
      return { profiles, weights };
    },
  };
}
