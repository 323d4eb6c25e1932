import { describe, expect, it } from 'vitest';
import { gemm } from '../../linalg/index.js';
import type { CellsOptions } from '../../simulate/index.js';
import { assignment } from '../../stats/index.js';
import { fitted, knownCells } from './mechanism.fixture.node.js';
import type { Likelihood } from './settings.js';

/** Which latent stands for which true one, with the mean of their absolute correlations. */
function matched(Z: Float64Array, estimate: ArrayLike<number>, d: number) {
  const n = Z.length / d;
  const standard = (values: ArrayLike<number>) => {
    const out = Float64Array.from(values);
    for (let j = 0; j < d; j++) {
      const column = Array.from({ length: n }, (_, i) => out[i * d + j]);
      const mean = column.reduce((a, b) => a + b) / n;
      const length = Math.hypot(...column.map((x) => x - mean));
      column.forEach((x, i) => {
        out[i * d + j] = (x - mean) / (length || 1);
      });
    }
    return out;
  };
  const products = gemm({ m: d, n: d, k: n, a: standard(Z), transposeA: true, b: standard(estimate) });
  const { columns } = assignment(
    products.map((x) => -Math.abs(x)),
    d,
    d,
  );
  return { columns, mcc: columns.reduce((sum, j, i) => sum + Math.abs(products[i * d + j]), 0) / d };
}

describe('planted truth', () => {
  it.each<[Likelihood, CellsOptions['counts'], number]>([
    ['negative-binomial', 'poisson', 0.8],
    ['gaussian', 'gaussian', 0.95],
  ])('%s: svae-bayes finds latents and edges, vae does not', async (likelihood, counts, share) => {
    const cells = knownCells({ perturbations: 40, genes: 60, counts });
    const of = async (name: string, epochs: number) => {
      const changed = { hidden: 64, epochs, klWarmUp: Math.round(epochs / 3), batchSize: 120, likelihood };
      const { model } = await fitted(name, { cells, changed });
      const { mean } = await model.encode(cells.X);
      return { ...matched(Float64Array.from(cells.Z.values), mean, 5), graph: model.graph() };
    };
    const [bayes, vae] = [await of('svae-bayes', 90), await of('vae', 20)];
    expect(bayes.mcc).toBeGreaterThan(0.85);
    expect(bayes.mcc).toBeGreaterThan(vae.mcc + 0.1);
    const right = cells.edges.filter((edge, at) => {
      const p = bayes.graph!.probability[at - (at % 5) + bayes.columns[at % 5]];
      return p >= 0.5 === (edge === 1);
    });
    expect(right.length / cells.edges.length).toBeGreaterThan(share);
  });
});
