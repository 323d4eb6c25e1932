/** Options of `ntk`. */
import { choiceOption, numberOption, wordOption } from '../option.js';

/** What is known of a pair before its profile is: see `prior-of.ts`. */
export const NTK_PRIORS = [
  'reference',
  'reference-one-hot',
  'one-hot',
  'one-hot-context',
  'one-hot-action',
  'fingerprint',
  'features',
  'random',
  'identity',
] as const;
export type NtkPrior = (typeof NTK_PRIORS)[number];

export const ntkOptions = {
  ntkPrior: choiceOption(NTK_PRIORS, {
    default: 'reference',
    placeholder: '<prior>',
    summary: `feature prior: ${NTK_PRIORS.join(', ')}`,
  }),
  ntkReference: wordOption<string | null>({
    default: null,
    placeholder: '<context>',
    summary: 'reference context of the prior; default: the one with most visible actions',
    parse: (_, word) => word,
  }),
  ntkDepth: numberOption({
    default: 1,
    least: 1,
    most: 1000,
    whole: true,
    summary: 'hidden layers of the infinitely wide network',
  }),
  ntkSlope: numberOption({
    default: 0,
    least: 0,
    most: 1,
    placeholder: '<b>',
    summary: 'slope of the activation below zero: 0 ReLU, 0.01 leaky ReLU',
  }),
  ntkIdentity: numberOption({
    default: 1.5,
    least: 0,
    placeholder: '<x>',
    summary: 'weight of the identity appended to the prior',
  }),
  ntkUnit: choiceOption(['data', 'norm'], {
    default: 'data',
    placeholder: '<unit>',
    summary: "the identity's unit: the data's own, or the mean norm of what is known of actions",
  }),
  ntkContextWeight: numberOption({
    default: 0.75,
    least: 0,
    placeholder: '<x>',
    summary: 'weight of the context beside the action in the prior',
  }),
  ntkRidge: numberOption({
    default: 0,
    least: 0,
    placeholder: '<λ>',
    summary: "ridge, as a share of the kernel's diagonal",
  }),
  ntkSubtract: choiceOption(['control', 'none'], {
    default: 'control',
    placeholder: '<what>',
    summary: 'regress profile − control where there is a control, or the profiles as they are',
  }),
  ntkSolver: choiceOption(['auto', 'cholesky', 'eigenpro'], {
    default: 'auto',
    placeholder: '<how>',
    summary: 'auto: cholesky up to 5000 pairs, eigenpro beyond',
  }),
  ntkEpochs: numberOption({
    default: 100,
    least: 1,
    most: 1_000_000,
    whole: true,
    summary: 'passes over the pairs of eigenpro',
  }),
};
