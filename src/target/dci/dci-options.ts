/** Options of DCI. */
import { OptionError } from '../../errors.js';
import { choiceOption, numberOption, wordOption } from '../../impute/option.js';

/** Levels: of several, the edges that any of them finds stable count. */
const levels = (fallback: readonly number[], summary: string) =>
  wordOption<readonly number[]>({
    default: fallback,
    defaultWord: fallback.join(','),
    placeholder: '<α,…>',
    summary,
    parse: (name, word) => {
      const values = word.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
      if (values.some((value) => !(value >= 0 && value <= 1)))
        throw new OptionError(name, word, 'numbers from 0 to 1, with commas between');
      return values;
    },
  });

export const dciOptions = {
  dciDifference: choiceOption(['precision', 'kliep', 'complete'], {
    default: 'precision',
    summary: 'which pairs are looked at: of changed inverse covariance, by KLIEP, or all',
  }),
  dciAlphaDifference: levels([0.001, 0.01, 0.1, 1], 'levels of the first step; of KLIEP, its penalties'),
  dciAlphaSkeleton: levels([0.1, 0.5], 'levels of the tests that an edge is the same'),
  dciAlphaOrientation: levels([0.001, 0.01], 'levels of the tests that a residual variance is the same'),
  dciEdgeThreshold: numberOption({
    default: 0,
    least: 0,
    placeholder: '<θ>',
    summary: 'smallest |θ| of a pair, of KLIEP',
  }),
  dciMostGiven: numberOption({
    default: 3,
    least: 0,
    most: 6,
    whole: true,
    summary: 'genes conditioned on, at most',
  }),
  dciBootstraps: numberOption({
    default: 50,
    least: 1,
    most: 10_000,
    whole: true,
    summary: 'draws of stability selection',
  }),
  dciFraction: numberOption({
    default: 0.7,
    least: 0.1,
    most: 1,
    placeholder: '<share>',
    summary: 'share of the cells in a draw, without replacement',
  }),
  dciCombine: choiceOption(['mean', 'max'], {
    default: 'mean',
    summary: "of an edge's shares over all combinations of levels: the mean, or the largest (the authors')",
  }),
  dciSelection: numberOption<number | null>({
    default: null,
    least: 0,
    most: 1,
    words: { none: null },
    placeholder: '<share>',
    summary:
      "an edge counts one where found in more than this share of draws (the authors': 0.5), or none: its share",
  }),
  dciMostCells: numberOption({
    default: 1000,
    least: 20,
    whole: true,
    summary: 'cells drawn of the control and of a group, at most',
  }),
};
