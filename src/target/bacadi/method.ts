/** `bacadi-e` and `bacadi-m` in the list of methods: their work is imported when they are used. */
import type { TargetMethod } from '../method.js';
import { bacadiOptions } from './bacadi-options.js';

const bacadi = (name: string, summary: string, weigh: 'alike' | 'by density'): TargetMethod => ({
  name,
  summary,
  joint: true,
  mostGenes: 100,
  leastCells: 2,
  options: bacadiOptions,
  score: async (screen, options, run) =>
    (await import('./bacadi.js')).bacadiScores(weigh, screen, options, run),
});

export const bacadiEmpirical = bacadi(
  'bacadi-e',
  'Bayesian causal discovery with unknown interventions, particles alike (Hägele et al. 2023)',
  'alike',
);

export const bacadiMixture = bacadi(
  'bacadi-m',
  'Bayesian causal discovery with unknown interventions, particles by density (Hägele et al. 2023)',
  'by density',
);
