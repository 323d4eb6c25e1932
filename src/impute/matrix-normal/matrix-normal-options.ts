/** Options of `matrix-normal`. */
import { numberOption } from '../option.js';

export const matrixNormalOptions = {
  matrixNormalPower: numberOption<number | 'auto' | 'log'>({
    default: 'auto',
    least: 0.1,
    most: 1,
    words: { auto: 'auto', log: 'log' },
    placeholder: '<λ>',
    summary: 'matrix-normal models x^λ: a power, log, or auto: 0.7 for intensities and counts, else 1',
  }),
  matrixNormalRounds: numberOption({
    default: 20,
    least: 1,
    most: 1000,
    whole: true,
    summary: 'rounds of expectation maximisation of matrix-normal',
  }),
  matrixNormalPrior: numberOption({
    default: 2,
    least: 0.01,
    most: 1e6,
    placeholder: '<ν>',
    summary: 'strength of the prior of its covariances, in contexts or actions',
  }),
  matrixNormalBalance: numberOption({
    default: 0.6,
    least: 0,
    most: 1,
    placeholder: '<γ>',
    summary: 'weight of a gene direction in learning them: its signal to this power (0: likelihood)',
  }),
  matrixNormalGroups: numberOption({
    default: 10,
    least: 2,
    most: 1000,
    whole: true,
    summary: 'groups of pairs that share covariances in leave-one-out',
  }),
};
