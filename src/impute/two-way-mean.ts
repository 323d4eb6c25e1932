/**
 * Baseline: λ · mean over contexts + (1 − λ) · mean over actions (Squires et al. 2022, eq. S.10; λ = 0.5).
 *
 * Where only one of the two can be had, it answers alone and `fallback` names it: mixing it with itself would
 * pretend that both sides were known.
 */
import { meanOverActions, meanOverContexts, plainPrediction } from './averages.js';
import type { ImputerDescriptor } from './imputer.js';

export const twoWayMean: ImputerDescriptor = {
  name: 'two-way-mean',
  summary: 'mean over contexts and mean over actions, mixed by --lambda',
  baseline: true,
  create: (_tensor, { lambda }) => ({
    fit: (training) => ({
      predict: (context, action) => {
        const ofActions = meanOverActions(training, context, action);
        const ofContexts = meanOverContexts(training, context, action);
        const fallback = ofContexts.fallback || ofActions.fallback;
        const profile = fallback
          ? ofContexts.profile
          : ofContexts.profile.map((value, g) => lambda * value + (1 - lambda) * ofActions.profile[g]);
        const donors = fallback ? ofContexts.count : ofContexts.count + ofActions.count;
        const notes = [
          `λ = ${lambda}: ${ofContexts.count} contexts of the action, ${ofActions.count} actions of the context`,
        ];
        return plainPrediction(
          training,
          { context, action },
          { method: 'two-way-mean', profile, fallback, donors, notes },
        );
      },
    }),
  }),
};
