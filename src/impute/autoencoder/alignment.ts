/**
 * Do signatures of an action point the same way in all contexts, and more so in the embedding than among genes?
 *
 * Belyaeva et al. 2021: the signature of a drug in a cell is what it adds to the control; its alignment is the mean
 * cosine between the signatures of different cells.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { cosine } from '../../stats/index.js';
import type { Training } from '../training.js';

export interface Alignment {
  readonly action: string;
  /** Contexts that have the action and the control. */
  readonly nContexts: number;
  /** Mean cosine between signatures of two contexts, among genes and in the embedding. */
  readonly original: number;
  readonly embedding: number;
}

/** Of every treated action that two or more contexts have beside a control; `latents` as of `LatentScreen`. */
export function alignments(training: Training, latents: OutcomeTensor): Alignment[] {
  return training.tensor.actions.flatMap((_, action) => alignmentOf(training, latents, action) ?? []);
}

/** Of one action; `null` for the control and where fewer than two contexts have signatures that are not zero. */
export function alignmentOf(training: Training, latents: OutcomeTensor, action: number): Alignment | null {
  const { tensor } = training;
  if (action === tensor.control) return null;
  const pairs = Array.from(training.pairsOfAction(action), (pair) => [
    pair,
    training.pair(tensor.pairContext[pair], tensor.control),
  ]).filter(([, control]) => control >= 0);
  if (pairs.length < 2) return null;
  const meanOver = (of: OutcomeTensor) =>
    meanCosine(
      pairs.map(([treated, control]) => {
        const base = of.profile(control);
        return of.profile(treated).map((value, i) => value - base[i]);
      }),
    );
  return {
    action: tensor.actions[action],
    nContexts: pairs.length,
    original: meanOver(tensor),
    embedding: meanOver(latents),
  };
}

/** The alignment of an action as a sentence; none where there is no alignment. */
export function alignmentNote(training: Training, latents: OutcomeTensor, action: number): string[] {
  const found = alignmentOf(training, latents, action);
  if (!found) return [];
  const [among, within] = [found.original.toFixed(3), found.embedding.toFixed(3)];
  const contexts = `signatures of the action in ${found.nContexts} contexts`;
  return [`${contexts}: mean cosine ${among} among genes, ${within} in the latent space`];
}

/** Mean cosine between two of `vectors`; those of length 0 have none. NaN where no two are left. */
function meanCosine(vectors: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  vectors.forEach((a, i) => {
    for (const b of vectors.slice(0, i)) {
      const between = cosine(a, b);
      if (Number.isNaN(between)) continue;
      sum += between;
      count++;
    }
  });
  return sum / count;
}
