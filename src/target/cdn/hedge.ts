/**
 * A second opinion where cells are counted. The network knows simulated counts; of real ones it is surer than it should be
 * of the many genes of which it says next to nothing, and puts them in an order that owes to the simulator. What a
 * perturbation of single cells does first is to change the count of the gene itself, so the place of the gene by
 * differential expression alone is a good opinion, which asks for no simulation. The two are pooled, as opinions are that
 * may both be wrong (logarithmic pool, Genest and Zidek 1986): logit − w · log(place). Where the network has something to
 * say it is not overruled; where it has nothing the order is that of `de`. Simulated counts are ranked as well as
 * without, so w was taken as large as that allows; simulated values would lose, and are left as they are.
 */
import { rankSum } from '../../stats/index.js';
import { changesOf } from './changes.js';
import type { Moments } from './moments.js';

/** Of the second opinion where all genes are counted. */
const WEIGHT = 0.5;
/** A gene is counted if so many control cells have its lowest value, and two at least: rounded values share others, too. */
const TIED = 0.05;

/** Of the second opinion on cells that are like these. */
export function weightOfHedge({ genes, cells, sorted, variance }: Moments): number {
  let counted = 0;
  for (let i = 0; i < genes; i++) {
    const lowest = sorted[i].starts[1];
    if (lowest > 1 && lowest >= TIED * cells && variance[i] > 0) counted++;
  }
  return (WEIGHT * counted) / Math.max(genes, 1);
}

/** `(nGenes)` */
export function hedged(
  logits: ArrayLike<number>,
  weight: number,
  control: Moments,
  perturbed: Moments,
): Float64Array {
  if (weight === 0) return Float64Array.from(logits);
  // as `de` has them: scanpy does not correct for ties either, so genes that few cells have come later
  const z = perturbed.sorted.map((runs, i) => rankSum(runs, control.sorted[i]).z);
  const { place } = changesOf(Float64Array.from(z), () => true, 1);
  return Float64Array.from(logits, (logit, i) => logit - weight * Math.log(place[i]));
}
