/** Options of both DCDI methods. The defaults that are not the authors' are said in docs/methods/dcdi.md. */
import { choiceOption, numberOption, type OptionValues } from '../../impute/option.js';

const whole = (description: { default: number; least: number; most?: number; summary: string }) =>
  numberOption({ ...description, whole: true });

export const dcdiOptions = {
  dcdiSteps: whole({
    default: 4000,
    least: 100,
    summary: 'steps of training (the authors: at most 1,000,000)',
  }),
  dcdiLearningRate: numberOption({
    default: 0.006,
    least: 1e-8,
    most: 1,
    summary: 'of RMSprop (the authors: 0.001)',
  }),
  dcdiBatch: whole({ default: 64, least: 2, most: 100_000, summary: 'cells a step' }),
  dcdiLayers: whole({ default: 2, least: 0, most: 8, summary: "hidden layers of every gene's network" }),
  dcdiUnits: whole({ default: 16, least: 1, most: 1024, summary: 'units of each' }),
  dcdiFlowLayers: whole({ default: 2, least: 1, most: 8, summary: 'layers of the flow of dcdi-dsf' }),
  dcdiFlowUnits: whole({ default: 16, least: 1, most: 256, summary: 'sigmoids of each' }),
  dcdiEdgePenalty: numberOption({ default: 0.1, least: 0, placeholder: '<λ>', summary: 'cost of edges' }),
  dcdiTargetPenalty: numberOption<number | 'bic'>({
    default: 'bic',
    least: 0,
    words: { bic: 'bic' },
    placeholder: '<λ>',
    summary: 'cost of a target; bic: by the cells of its group (the authors: 1e-8)',
  }),
  dcdiWindow: whole({ default: 100, least: 1, summary: 'steps between its updates' }),
  dcdiMultipliers: choiceOption(['scheduled', 'validated'], {
    default: 'scheduled',
    placeholder: '<how>',
    summary: "how the acyclicity constraint grows: with the steps, or by the authors' rules",
  }),
  dcdiMu: numberOption({
    default: 0.001,
    least: 1e-300,
    placeholder: '<μ>',
    summary: 'its first weight (the authors: 1e-8)',
  }),
};

export type DcdiOptions = OptionValues<typeof dcdiOptions>;
