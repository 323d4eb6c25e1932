/** Baseline: the mean of the action over the other contexts (Squires et al. 2022, eq. S.9). */
import { meanOverContexts as averageOf, averagingImputer } from './averages.js';

export const meanOverContexts = averagingImputer(
  'mean-over-contexts',
  'mean of the action over the other contexts',
  averageOf,
);
