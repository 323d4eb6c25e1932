/** `residual-variance`: whether a gene still goes with the genes it goes with in the control. */
import { choiceOption, numberOption } from '../../impute/option.js';
import type { TargetMethod } from '../method.js';

export const residualVarianceOptions = {
  residualVarianceNeighbours: numberOption({
    default: 20,
    least: 0,
    most: 200,
    whole: true,
    summary: 'genes that a gene is predicted from: those most correlated with it in the control',
  }),
  residualVarianceAround: choiceOption<'control' | 'group'>(['control', 'group'], {
    default: 'control',
    summary: "residuals about the control's regression (shifts count), or about the group's own mean",
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
      around: options.residualVarianceAround as 'control' | 'group',
      signal: run.signal,
    });
  },
};
