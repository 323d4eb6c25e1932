/** Baseline: the mean of what else was measured in the context, control included (Squires et al. 2022, eq. 2). */
import { meanOverActions as averageOf, plainPrediction } from './averages.js';
import type { ImputerDescriptor } from './imputer.js';

export const meanOverActions: ImputerDescriptor = {
  name: 'mean-over-actions',
  summary: 'mean of the other profiles of the context',
  baseline: true,
  create: () => ({
    fit: (training) => ({
      predict: (context, action) => {
        const { profile, count, fallback } = averageOf(training, context, action);
        const notes = [`mean of ${count} profiles`];
        return plainPrediction(
          training,
          { context, action },
          { method: 'mean-over-actions', profile, fallback, donors: count, notes },
        );
      },
    }),
  }),
};
