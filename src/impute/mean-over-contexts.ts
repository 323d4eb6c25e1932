/** Baseline: the mean of the action over the other contexts (Squires et al. 2022, eq. S.9). */
import { meanOverContexts as averageOf, plainPrediction } from './averages.js';
import type { ImputerDescriptor } from './imputer.js';

export const meanOverContexts: ImputerDescriptor = {
  name: 'mean-over-contexts',
  summary: 'mean of the action over the other contexts',
  baseline: true,
  create: () => ({
    fit: (training) => ({
      predict: (context, action) => {
        const { profile, count, fallback } = averageOf(training, context, action);
        const notes = [`mean of ${count} profiles`];
        return plainPrediction(
          training,
          { context, action },
          { method: 'mean-over-contexts', profile, fallback, donors: count, notes },
        );
      },
    }),
  }),
};
