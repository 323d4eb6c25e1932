/** `linear`: every candidate's change predicted by a linear model of other perturbations. */
import { numberOption } from '../../impute/option.js';
import type { TargetMethod } from '../method.js';

export const linearOptions = {
  linearDimensions: numberOption({
    default: 10,
    least: 1,
    most: 1000,
    whole: true,
    summary: 'principal components that stand for a gene',
  }),
  linearRidge: numberOption({ default: 0.1, least: 1e-12, summary: 'ridge on both sides' }),
};

export const linear: TargetMethod = {
  name: 'linear',
  summary: 'predicted change of each candidate nearest to the observed; needs perturbations named by genes',
  joint: true,
  mostGenes: 4000,
  leastCells: 2,
  options: linearOptions,
  async score(screen, options, run) {
    const { scoreByForwardModel } = await import('./forward-models.js');
    const { linearModel } = await import('./linear-model.js');
    const model = linearModel(options.linearRidge as number);
    return scoreByForwardModel(screen, 'linear', options.linearDimensions as number, model, run);
  },
};
