/**
 * Arithmetic of latents: "king − man + woman" (Mikolov et al. 2013), style transfer of Lotfollahi et al. 2019.
 *
 *     ẑᶜᵃ = mean over source contexts b of  zᵇᵃ + mean over references r of (zᶜʳ − zᵇʳ)
 *
 * The references are the control, or all actions that were measured in both contexts.
 */
import { axpy } from '../../linalg/index.js';
import { averagePrediction, plainPrediction } from '../averages.js';
import type { FittedImputer, Prediction } from '../imputer.js';
import type { Training } from '../training.js';
import { alignmentNote } from './alignment.js';
import type { LatentReference } from './latent-options.js';
import type { LatentScreen } from './latent-screens.js';

export class FittedAnalogy implements FittedImputer {
  /** Of the context asked for last: mean difference to each other context over the references. */
  private offsets: { readonly context: number; readonly of: (Float64Array | null)[] } | undefined;

  constructor(
    private readonly method: string,
    private readonly training: Training,
    private readonly screen: LatentScreen,
    private readonly reference: LatentReference,
  ) {}

  predict(context: number, action: number): Prediction {
    const { training, screen } = this;
    const { latents, space } = screen;
    const target = { context, action };
    const latent = new Float64Array(space.width);
    const sources: string[] = [];
    if (context >= 0) {
      for (const pair of training.pairsOfAction(action)) {
        const source = latents.pairContext[pair];
        const offset = this.offset(context, source, action);
        if (!offset) continue;
        add(latent, latents.profile(pair), 1);
        add(latent, offset, 1);
        sources.push(latents.contexts[source]);
      }
    }
    const { method } = this;
    if (sources.length === 0) {
      const what = this.reference === 'control' ? 'the control' : 'an action that both contexts share';
      return averagePrediction(training, target, method, `no other context has the action and ${what}`);
    }
    const n = sources.length;
    const profile = space.decode(
      latent.map((value) => value / n),
      1,
    );
    const plain = plainPrediction(training, target, { method, profile, fallback: '', donors: n, notes: [] });
    return {
      ...plain,
      explain: () => ({
        ...plain.explain(),
        donorKind: 'context',
        donors: sources.map((name) => ({ name, weight: 1 / n })),
        notes: [screen.note, ...alignmentNote(training, latents, action)],
      }),
    };
  }

  /** Mean of zᶜʳ − zᵇʳ over the references r other than `action`; `null` without any, and of a context to itself. */
  private offset(context: number, source: number, action: number): Float64Array | null {
    const { training } = this;
    if (source === context) return null;
    if (training.pair(context, action) >= 0) return this.meanDifference(context, source, action);
    if (this.offsets?.context !== context) {
      this.offsets = { context, of: new Array(this.screen.latents.nContexts).fill(undefined) };
    }
    const { of } = this.offsets;
    if (of[source] === undefined) of[source] = this.meanDifference(context, source, action);
    return of[source];
  }

  private meanDifference(context: number, source: number, action: number): Float64Array | null {
    const { training, screen, reference } = this;
    const { latents } = screen;
    const difference = new Float64Array(latents.nGenes);
    let count = 0;
    for (const pair of training.pairsOfContext(context)) {
      const shared = latents.pairAction[pair];
      if (shared === action || (reference === 'control' && shared !== latents.control)) continue;
      const other = training.pair(source, shared);
      if (other < 0) continue;
      add(difference, latents.profile(pair), 1);
      add(difference, latents.profile(other), -1);
      count++;
    }
    return count > 0 ? difference.map((value) => value / count) : null;
  }
}

const add = (to: Float64Array, values: Float64Array, sign: number): void =>
  axpy(sign, values, 0, to, 0, to.length);
