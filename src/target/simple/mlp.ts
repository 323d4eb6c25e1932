/** `mlp`: every candidate's change predicted by a multi-layer perceptron of other perturbations. */
import { numberOption } from '../../impute/option.js';
import type { TargetMethod } from '../method.js';

export const mlpOptions = {
  mlpDimensions: numberOption({
    default: 10,
    least: 1,
    most: 1000,
    whole: true,
    summary: 'principal components that stand for a gene',
  }),
  mlpWidth: numberOption({
    default: 64,
    least: 1,
    most: 4096,
    whole: true,
    summary: 'of its two hidden layers',
  }),
  mlpEpochs: numberOption({
    default: 300,
    least: 1,
    most: 1_000_000,
    whole: true,
    summary: 'times that all training perturbations are seen',
  }),
};

export const mlp: TargetMethod = {
  name: 'mlp',
  summary: 'the same by a multi-layer perceptron; needs perturbations named by genes',
  joint: true,
  mostGenes: 4000,
  leastCells: 2,
  options: mlpOptions,
  async score(screen, options, run) {
    const { scoreByForwardModel } = await import('./forward-models.js');
    const { mlpModel } = await import('./mlp-model.js');
    const model = mlpModel(options.mlpWidth as number, options.mlpEpochs as number, run);
    return scoreByForwardModel(screen, 'mlp', options.mlpDimensions as number, model, run);
  },
};
