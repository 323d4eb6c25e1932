/** `residual-variance`: whether a gene still goes with the genes it goes with in the control. */
import { choiceOption, numberOption } from '../../impute/option.js';
import type { TargetMethod } from '../method.js';
import type { Counted } from './residual-change.js';

export const residualVarianceOptions = {
  residualVarianceNeighbours: numberOption({
    default: 20,
    least: 0,
    most: 200,
    whole: true,
    summary: 'genes that a gene is predicted from: those most correlated with it in the control',
  }),
  residualVarianceCounts: choiceOption<Counted>(['shift-and-spread', 'spread'], {
    default: 'shift-and-spread',
    placeholder: '<what>',
    summary:
      'changes of the mean and of the variance that is left (shift-and-spread), or of the latter alone',
  }),
};

export const residualVariance: TargetMethod = {
  name: 'residual-variance',
  summary: 'change of the variance that correlated genes leave unexplained',
  joint: false,
  mostGenes: 5000,
  leastCells: 2,
  options: residualVarianceOptions,
  async score(screen, options, run) {
    const { residualVarianceChanges } = await import('./residual-variance-changes.js');
    return residualVarianceChanges(screen, {
      neighbours: options.residualVarianceNeighbours as number,
      counts: options.residualVarianceCounts as Counted,
      signal: run.signal,
    });
  },
};
