/**
 * `latent-si`: synthetic interventions between latents. Profiles are encoded by the over-parameterised autoencoder,
 * the action is combined from other actions there as `si-a` does among genes, and the combination is decoded.
 */
import { autoencoderOf, FIRST_WEIGHTS } from '../autoencoder/index.js';
import { type LatentScreen, LatentScreens } from '../autoencoder/latent-screens.js';
import { fallbackAverage } from '../averages.js';
import type { FittedImputer, ImputerDescriptor, Prediction } from '../imputer.js';
import { pairGroups } from '../pair-groups.js';
import { actionAxis } from '../si/axis.js';
import { SyntheticInterventions } from '../si/synthetic-interventions.js';
import { Training } from '../training.js';

const METHOD = 'latent-si';

export const latentSi: ImputerDescriptor = {
  name: METHOD,
  costly: true,
  groups: (tensor, { latentGroups, seed }) => pairGroups(tensor, latentGroups, seed),
  summary: 'si-a between the latents of an over-parameterised autoencoder',
  dependsOn: { geneOrder: FIRST_WEIGHTS },
  create(tensor, options, resources) {
    const screens = new LatentScreens(tensor, options, autoencoderOf(METHOD, tensor, options, resources));
    const regressions = new WeakMap<LatentScreen, SyntheticInterventions>();
    const regressionOf = (screen: LatentScreen) => {
      const known = regressions.get(screen);
      if (known) return known;
      const made = new SyntheticInterventions(METHOD, actionAxis(screen.latents), screen.latents, options);
      regressions.set(screen, made);
      return made;
    };
    return {
      async fit(training) {
        const screen = await screens.of(training);
        const inner = regressionOf(screen).fit(new Training(screen.latents, training.hiddenPairs));
        return new FittedLatentSi(training, screen, inner);
      },
    };
  },
};

class FittedLatentSi implements FittedImputer {
  constructor(
    private readonly training: Training,
    private readonly screen: LatentScreen,
    private readonly inner: FittedImputer,
  ) {}

  predict(context: number, action: number): Prediction {
    const { training, screen } = this;
    const latent = this.inner.predict(context, action);
    // an average needs no detour: that of the profiles themselves answers
    const profile = latent.fallback
      ? fallbackAverage(training, context, action).profile
      : screen.space.decode(latent.profile, 1);
    const explain = () => {
      const why = latent.explain();
      return { ...why, notes: [...why.notes, screen.note] };
    };
    return { ...latent, profile, tau: latent.tau, rejected: latent.rejected, explain };
  }
}
