/**
 * An order of genes that comes from what was measured of them, not from where they stand in the file. Of sparse counts
 * many genes are alike in all that is known of a pair, and whichever is the first of them would be taken.
 */
import type { SetEvidence } from './known.js';
import { level } from './level.js';

export interface GeneOrder {
  readonly order: Int32Array;
  /** Those that nothing tells apart, two or more each. */
  readonly ties: readonly (readonly number[])[];
}

/** Genes by their moments in both sets and, as rare genes may have the same, by those they vary with. */
export function orderOf(sets: readonly [SetEvidence, SetEvidence]): GeneOrder {
  const { genes } = sets[0].moments;
  const own = sets.flatMap(({ moments: { mean, variance, skewness, kurtosis } }) => {
    return [mean, variance, skewness, kurtosis];
  });
  const ofOthers = sets.flatMap(({ linear: { correlation } }) =>
    own.map((values) =>
      values.map((_, j) => {
        let sum = 0;
        for (let k = 0; k < genes; k++) sum += correlation[j * genes + k] ** 3 * values[k];
        return sum;
      }),
    ),
  );
  const keys = [...own, ...ofOthers].map((values) => values.map(level));
  const compare = (a: number, b: number) => {
    const key = keys.find((values) => values[a] !== values[b]);
    return key ? key[a] - key[b] : 0;
  };
  const order = Int32Array.from({ length: genes }, (_, j) => j).sort(compare);
  const runs: number[][] = [];
  order.forEach((j, place) => {
    if (place > 0 && compare(order[place - 1], j) === 0) runs[runs.length - 1].push(j);
    else runs.push([j]);
  });
  return { order, ties: runs.filter(({ length }) => length > 1) };
}

/** In place, `(genes, genes)`: of every row, each of those that tie has their mean; a gene with itself is left out. */
export function shareAmong(ties: GeneOrder['ties'], matrix: Float64Array, genes: number): void {
  for (let i = 0; i < genes; i++) {
    for (const tied of ties) {
      const others = tied.filter((j) => j !== i);
      const mean = others.reduce((sum, j) => sum + matrix[i * genes + j], 0) / others.length;
      for (const j of others) matrix[i * genes + j] = mean;
    }
  }
}
