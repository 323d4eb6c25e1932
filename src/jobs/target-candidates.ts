/** Which genes are looked at: those that differ most from the control. */
import type { DenseMatrix, Matrix } from '../data/index.js';
import { type Differences, wilcoxonScore } from '../target/index.js';

/** Differential expression of one group, over all genes. */
export interface GroupDifferences extends Differences {
  /** (nGenes), what `de` says. */
  readonly score: Float64Array;
  /** (nGenes), place by it, from 1, each once. */
  readonly rank: Int32Array;
}

export function withRanks(found: Differences): GroupDifferences {
  const score = wilcoxonScore(found);
  return { ...found, score, rank: ranksOf(score, found.logFoldChange) };
}

/** Places from 1, each once: the largest score first, of equal ones the largest |fold change|, then in order. */
export function ranksOf(score: ArrayLike<number>, logFoldChange: ArrayLike<number>): Int32Array {
  const ranks = new Int32Array(score.length);
  Array.from(ranks.keys())
    .sort((a, b) => score[b] - score[a] || Math.abs(logFoldChange[b]) - Math.abs(logFoldChange[a]) || a - b)
    .forEach((gene, place) => {
      ranks[gene] = place + 1;
    });
  return ranks;
}

/** The `most` genes of the best place in any of `groups`, rising. */
export function candidateGenes(groups: readonly GroupDifferences[], most: number): Int32Array {
  const nGenes = groups[0].rank.length;
  const genes = Int32Array.from({ length: nGenes }, (_, gene) => gene);
  if (most >= nGenes) return genes;
  const best = genes.map((gene) => groups.reduce((least, { rank }) => Math.min(least, rank[gene]), nGenes));
  return genes
    .sort((a, b) => best[a] - best[b] || a - b)
    .slice(0, most)
    .sort();
}

/** Some cells and genes, dense; `X` dense or CSR. */
export function denseCells(X: Matrix, rows: Int32Array, genes: Int32Array): DenseMatrix {
  const nCols = genes.length;
  const length = rows.length * nCols;
  const values = X.values instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  if (X.kind === 'dense') {
    rows.forEach((row, i) => {
      for (let j = 0; j < nCols; j++) values[i * nCols + j] = X.values[row * X.nCols + genes[j]];
    });
  } else {
    const place = new Int32Array(X.nCols).fill(-1);
    genes.forEach((gene, j) => {
      place[gene] = j;
    });
    rows.forEach((row, i) => {
      for (let at = X.indptr[row]; at < X.indptr[row + 1]; at++) {
        const j = place[X.indices[at]];
        if (j >= 0) values[i * nCols + j] = X.values[at];
      }
    });
  }
  return { kind: 'dense', nRows: rows.length, nCols, values };
}
