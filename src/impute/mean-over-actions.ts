/** Baseline: the mean of what else was measured in the context, control included (Squires et al. 2022, eq. 2). */
import { meanOverActions as averageOf, averagingImputer } from './averages.js';

export const meanOverActions = averagingImputer(
  'mean-over-actions',
  'mean of the other profiles of the context',
  averageOf,
);
