/**
 * Scores of all regimes (groups of perturbed cells) against the genes that were hit, summed up as in tables of causal
 * discovery.
 *
 * "Computed independently for each variable, averaged over all regimes" (Wu et al., section 4.2) can be read in two ways;
 * both are given. By node: for each gene, over the regimes, does its score tell those where it was hit from the others?
 * By regime: for each regime, over its genes, do those that were hit have the larger scores?
 */
import { ShapeError } from '../../errors.js';
import { averagePrecision, rocAuc } from './ranking.js';

export interface RegimeScores {
  /** (nGenes) */
  readonly score: ArrayLike<number>;
  /** Numbers of the genes that were hit. */
  readonly targets: readonly number[];
}

export interface TargetMetrics {
  readonly mapByNode: number;
  readonly aucByNode: number;
  readonly mapByRegime: number;
  readonly aucByRegime: number;
  /** Genes that were hit in some regimes and not in all: the others have no curve and are left out. */
  readonly nodes: number;
  readonly regimes: number;
}

/** Means over nodes, and over regimes, of what is defined; NaN where nothing is. Throws ShapeError. */
export function targetMetrics(regimes: readonly RegimeScores[]): TargetMetrics {
  const nGenes = regimes[0]?.score.length ?? 0;
  for (const { score } of regimes) {
    if (score.length !== nGenes) throw new ShapeError('scores of a regime', `${nGenes}`, `${score.length}`);
  }
  const hit = regimes.map(({ targets }) => {
    const row = new Uint8Array(nGenes);
    for (const target of targets) row[target] = 1;
    return row;
  });
  const ofNode = Array.from({ length: nGenes }, (_, gene) => ({
    truth: hit.map((row) => row[gene]),
    scores: regimes.map(({ score }) => score[gene]),
  })).filter(({ truth }) => truth.includes(1) && truth.includes(0));
  const ofRegime = regimes
    .map(({ score }, i) => ({ truth: hit[i], scores: score }))
    .filter(({ truth }) => truth.includes(1) && truth.includes(0));
  type Measure = typeof averagePrecision;
  const meanOver = (all: typeof ofNode | typeof ofRegime, measure: Measure) =>
    all.reduce((sum, { truth, scores }) => sum + measure(truth, scores), 0) / all.length;
  return {
    mapByNode: meanOver(ofNode, averagePrecision),
    aucByNode: meanOver(ofNode, rocAuc),
    mapByRegime: meanOver(ofRegime, averagePrecision),
    aucByRegime: meanOver(ofRegime, rocAuc),
    nodes: ofNode.length,
    regimes: ofRegime.length,
  };
}
