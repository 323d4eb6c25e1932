/** `utigsp` in the list of methods: its work is imported when it is used. */
import type { TargetMethod } from '../method.js';
import { utigspOptions } from './utigsp-options.js';

export const utigsp: TargetMethod = {
  name: 'utigsp',
  summary: 'unknown-target interventional greedy sparsest permutation: one causal graph for all groups',
  joint: true,
  mostGenes: 100,
  leastCells: 10,
  options: utigspOptions,
  score: async (screen, options, run) => (await import('./utigsp.js')).utigspScores(screen, options, run),
};
