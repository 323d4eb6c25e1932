/**
 * Baseline: control of the context + mean shift that the action made elsewhere (Squires et al. 2022, eq. S.11
 * and S.12). The shift is averaged over the contexts in which both the action and the control were measured.
 *
 * An action seen nowhere else has no known shift, and a context without control has nothing to shift: both are
 * answered by an average and marked. (The authors' program takes a zero effect for the first.)
 */
import { averagePrediction, plainPrediction } from './averages.js';
import type { ImputerDescriptor } from './imputer.js';

export const fixedEffect: ImputerDescriptor = {
  name: 'fixed-effect',
  summary: 'control of the context plus the mean shift of the action elsewhere',
  baseline: true,
  needsControl: true,
  create: (tensor) => ({
    fit: (training) => ({
      predict: (context, action) => {
        const base = training.pair(context, tensor.control);
        const donors = Array.from(training.pairsOfAction(action)).filter(
          (pair) => training.pair(tensor.pairContext[pair], tensor.control) >= 0,
        );
        if (base < 0 || donors.length === 0) {
          const why =
            base < 0 ? 'the context has no control' : 'the action was measured nowhere beside a control';
          return averagePrediction(training, { context, action }, 'fixed-effect', why);
        }
        const profile = Float64Array.from(tensor.profile(base));
        for (const pair of donors) {
          const treated = tensor.profile(pair);
          const control = tensor.profile(training.pair(tensor.pairContext[pair], tensor.control));
          for (let g = 0; g < profile.length; g++) profile[g] += (treated[g] - control[g]) / donors.length;
        }
        const notes = [`shift averaged over ${donors.length} contexts`];
        return plainPrediction(
          training,
          { context, action },
          { method: 'fixed-effect', profile, fallback: '', donors: donors.length, notes },
        );
      },
    }),
  }),
};
