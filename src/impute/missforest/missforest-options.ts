/** Options of `missforest`; the defaults are those of scikit-learn's RandomForestRegressor. */
import { numberOption } from '../option.js';

export const missforestOptions = {
  missforestTrees: numberOption({
    default: 100,
    least: 1,
    most: 100_000,
    whole: true,
    summary: 'trees of every forest of missforest',
  }),
  missforestRounds: numberOption({
    default: 10,
    least: 1,
    most: 10_000,
    whole: true,
    summary: 'at most so many rounds of missforest over the genes',
  }),
  missforestNeighbours: numberOption<number | null>({
    default: 100,
    least: 0,
    whole: true,
    words: { all: null },
    summary: 'how many genes, the most correlated ones, a forest of missforest predicts a gene from, or all',
  }),
};
