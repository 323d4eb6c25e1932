/** Options of both BaCaDI methods. The defaults that are not the authors' are said in docs/methods/bacadi.md. */
import { choiceOption, numberOption, type OptionValues } from '../../impute/option.js';

const whole = (description: { default: number; least: number; most?: number; summary: string }) =>
  numberOption({ ...description, whole: true });

export const bacadiOptions = {
  bacadiLikelihood: choiceOption(['linear', 'dense'], {
    default: 'linear',
    summary: 'a gene of its parents: a sum, or a network (fully connected, slower)',
  }),
  bacadiNoise: choiceOption(['learned', 'fixed'], {
    default: 'learned',
    placeholder: '<how>',
    summary: 'variances of the genes; fixed: 0.1, and 0.5 where hit (the authors)',
  }),
  bacadiSteps: whole({ default: 500, least: 1, summary: 'steps of the particles (the authors: 3000)' }),
  bacadiParticles: whole({ default: 20, least: 1, most: 1000, summary: 'particles' }),
  bacadiSamples: whole({
    default: 16,
    least: 1,
    most: 10_000,
    summary: 'graphs and targets drawn for each derivative (the authors: 128)',
  }),
  bacadiAcyclicitySamples: whole({
    default: 32,
    least: 1,
    summary: 'of these, at most so many for the acyclicity constraint',
  }),
  bacadiLearningRate: numberOption({
    default: 0.02,
    least: 1e-8,
    most: 1,
    summary: 'of RMSprop (the authors: 0.005)',
  }),
  bacadiUnits: whole({ default: 5, least: 1, most: 256, summary: 'hidden units of the dense likelihood' }),
  bacadiTargetPenalty: numberOption({
    default: 1,
    least: 0,
    placeholder: '<λ>',
    summary: 'cost of a target',
  }),
  bacadiEdges: numberOption({ default: 2, least: 1e-6, summary: 'expected edges a gene, under the prior' }),
  bacadiControlCells: whole({ default: 200, least: 1, summary: 'at most so many cells of the control' }),
  bacadiCells: whole({ default: 20, least: 1, summary: 'at most so many cells of a group' }),
};

export type BacadiOptions = OptionValues<typeof bacadiOptions>;
