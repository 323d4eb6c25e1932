/**
 * Planted truth for methods of linear mechanisms: a random graph over N genes, x = f(xᵀW) + noise in causal order,
 * and groups of cells in which the mechanisms of one to three genes were replaced (hard) or scaled (soft).
 */
import { dense } from '../../data/index.js';
import { Random } from '../../random/index.js';
import type { TargetScreen } from '../screen.js';

export interface Planted {
  readonly screen: TargetScreen;
  /** Of each group. */
  readonly targets: readonly (readonly number[])[];
  /** (nGenes, nGenes): slope on row of column. */
  readonly slopes: Float64Array;
}

export interface PlantedOptions {
  readonly nGenes: number;
  readonly nEdges: number;
  readonly nGroups: number;
  readonly nCells?: number;
  readonly kind: 'hard' | 'soft' | 'none';
  readonly seed: number;
}

export function planted({ nGenes, nEdges, nGroups, nCells = 1000, kind, seed }: PlantedOptions): Planted {
  const random = Random.fromSeed(seed).split('planted');
  const order = random.permutation(nGenes);
  const slopes = new Float64Array(nGenes * nGenes);
  const share = nEdges / ((nGenes * (nGenes - 1)) / 2);
  for (let a = 0; a < nGenes; a++)
    for (let b = a + 1; b < nGenes; b++)
      if (random.bernoulli(share))
        slopes[order[a] * nGenes + order[b]] =
          (random.bernoulli(0.5) ? 1 : -1) * (0.5 + 1.5 * random.uniform());
  const cells = (hit: readonly number[], draws: Random) => {
    const scale =
      kind === 'soft' ? (draws.bernoulli(0.5) ? 0.2 + 0.3 * draws.uniform() : 2 + draws.uniform()) : 1;
    const values = new Float64Array(nCells * nGenes);
    for (let row = 0; row < nCells; row++)
      for (const gene of order) {
        let sum = 0;
        for (let from = 0; from < nGenes; from++)
          sum += values[row * nGenes + from] * slopes[from * nGenes + gene];
        const noise = 0.4 * draws.normal();
        const at = row * nGenes + gene;
        if (!hit.includes(gene)) values[at] = sum + noise;
        else values[at] = kind === 'hard' ? 2 * draws.uniform() - 1 : scale * sum + noise;
      }
    return dense(nCells, nGenes, values);
  };
  const targets = Array.from({ length: nGroups }, (_, k) =>
    kind === 'none'
      ? []
      : [...random.split('targets', k).sample(nGenes, Math.min(nGenes, 1 + random.integer(3)))],
  );
  return {
    slopes,
    targets,
    screen: {
      genes: Array.from({ length: nGenes }, (_, i) => `g${i}`),
      control: cells([], random.split('control')),
      groups: targets.map((hit, k) => ({ name: `group ${k}`, cells: cells(hit, random.split('cells', k)) })),
    },
  };
}

/** Mean over groups of the average precision, ties broken against the method by their expectation over orders. */
export function meanAveragePrecision(
  scores: readonly { readonly score: Float64Array }[],
  targets: readonly (readonly number[])[],
): number {
  const values = scores.map(({ score }, k) => {
    // As scikit-learn: tied genes come in together.
    const thresholds = [...new Set(score)].sort((a, b) => b - a);
    let [sum, before] = [0, 0];
    for (const threshold of thresholds) {
      const hits = targets[k].filter((gene) => score[gene] >= threshold).length;
      const called = score.filter((value) => value >= threshold).length;
      sum += ((hits - before) * hits) / called;
      before = hits;
    }
    return sum / targets[k].length;
  });
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Mean over groups of the area under the ROC curve; ties count one half. */
export function meanAuc(
  scores: readonly { readonly score: Float64Array }[],
  targets: readonly (readonly number[])[],
): number {
  const values = scores.map(({ score }, k) => {
    const hit = targets[k];
    const others = [...score.keys()].filter((gene) => !hit.includes(gene));
    let wins = 0;
    for (const a of hit)
      for (const b of others) wins += score[a] > score[b] ? 1 : score[a] === score[b] ? 0.5 : 0;
    return wins / hit.length / others.length;
  });
  return values.reduce((a, b) => a + b, 0) / values.length;
}
