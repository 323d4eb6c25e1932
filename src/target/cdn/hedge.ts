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
import { type Moments, seenIn } from './moments.js';

/** Of the second opinion where all genes are counted. */
const WEIGHT = 0.5;
/** A gene is counted if so many control cells have one and the same value of it. */
const TIED = 0.05;

/** `(nGenes)` */
export function hedged(logits: ArrayLike<number>, control: Moments, perturbed: Moments): Float64Array {
  const { genes, cells } = control;
  let counted = 0;
  for (let i = 0; i < genes; i++) {
    const tied = cells - seenIn(control, i);
    if (tied > 1 && tied >= TIED * cells && control.variance[i] > 0) counted++;
  }
  const weight = (WEIGHT * counted) / genes;
  if (weight === 0) return Float64Array.from(logits);
  // as `de` has them: scanpy does not correct for ties either, so genes that few cells have come later
  const z = perturbed.sorted.map((runs, i) => rankSum(runs, control.sorted[i]).z);
  const { place } = changesOf(Float64Array.from(z), () => true, 1);
  return Float64Array.from(logits, (logit, i) => logit - weight * Math.log(place[i]));
}
