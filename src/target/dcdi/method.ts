/** `dcdi-g` and `dcdi-dsf` in the list of methods: their work is imported when they are used. */
import type { TargetMethod } from '../method.js';
import { dcdiOptions } from './dcdi-options.js';

const dcdi = (name: string, summary: string, density: 'gaussian' | 'flow'): TargetMethod => ({
  name,
  summary,
  joint: true,
  mostGenes: 100,
  leastCells: 2,
  options: dcdiOptions,
  score: async (screen, options, run) =>
    (await import('./dcdi.js')).dcdiScores(density, screen, options, run),
});

export const dcdiGaussian = dcdi(
  'dcdi-g',
  'differentiable causal discovery, Gaussian densities (Brouillard et al. 2020)',
  'gaussian',
);

export const dcdiFlow = dcdi(
  'dcdi-dsf',
  'differentiable causal discovery, deep sigmoidal flows (Brouillard et al. 2020)',
  'flow',
);
