/** Kernel regression approached by EigenPro: for more pairs than can be factored. */
import { gemm } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { eigenPro } from '../../stats/index.js';
import type { ImputerOptions } from '../option-groups.js';
import type { Effects, PairList } from './effects.js';
import type { Kernel } from './kernel-matrix.js';
import type { Rows } from './rows.js';
import type { Solution } from './solution.js';

export function descentSolution(
  rows: Rows,
  effects: Effects,
  kernel: Kernel,
  options: ImputerOptions,
): Solution {
  const { tensor } = effects.training;
  const { nGenes } = tensor;
  const n = rows.pairs.length;
  const targets = new Float64Array(n * nGenes);
  rows.pairs.forEach((pair, i) => {
    effects.add(pair, 1, targets, i * nGenes);
  });
  const ridge = options.ntkRidge * kernel.atOne;
  const coefficients = eigenPro(
    {
      n,
      nOutputs: nGenes,
      targets,
      kernelRows(some, out) {
        kernel.between(chosen(rows.list, some), rows.list, out);
        some.forEach((row, i) => {
          out[i * n + row] += ridge;
        });
      },
    },
    { epochs: options.ntkEpochs, random: Random.fromSeed(options.seed).split('ntk eigenpro') },
  );
  return {
    solver: 'eigenpro',
    notes: [`approached in ${options.ntkEpochs} passes over the pairs`],
    predict(asked: PairList) {
      const m = asked.contexts.length;
      const profiles = new Float64Array(m * nGenes);
      asked.contexts.forEach((context, t) => {
        const base = effects.base(context);
        if (base >= 0) profiles.set(tensor.profile(base), t * nGenes);
      });
      const a = kernel.between(asked, rows.list);
      return { profiles: gemm({ m, n: nGenes, k: n, a, b: coefficients, c: profiles, beta: 1 }) };
    },
  };
}

const chosen = ({ contexts, actions }: PairList, rows: Int32Array): PairList => ({
  contexts: rows.map((row) => contexts[row]),
  actions: rows.map((row) => actions[row]),
});
