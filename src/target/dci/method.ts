/** `dci` in the list of methods: its work is imported when it is used. */
import type { TargetMethod } from '../method.js';
import { dciOptions } from './dci-options.js';

export const dci: TargetMethod = {
  name: 'dci',
  summary: 'difference causal inference: edges that changed, with stability selection',
  joint: false,
  mostGenes: 50,
  leastCells: 20,
  options: dciOptions,
  score: async (screen, options, run) => (await import('./dci.js')).dciScores(screen, options, run),
};
