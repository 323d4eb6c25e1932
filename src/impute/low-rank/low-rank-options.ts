/** Options of the methods of low rank. */
import { choiceOption, numberOption, switchOption } from '../option.js';

export const softImputeOptions = {
  softImputeUnfolding: choiceOption(['auto', 'contexts', 'actions'], {
    default: 'auto',
    summary: 'rows of the matrix of soft-impute; auto: by held-out error',
  }),
  softImputeLambda: numberOption<number | 'auto'>({
    default: 'auto',
    least: 0,
    most: 1,
    words: { auto: 'auto' },
    placeholder: '<share>',
    summary: 'threshold, as a share of the largest singular value; auto: by held-out error',
  }),
};

export const lowRankOptions = {
  lowRankCentre: choiceOption(['additive', 'genes'], {
    default: 'additive',
    summary: 'what soft-impute and parafac shrink to: effects of context and action, or gene means',
  }),
};

export const parafacOptions = {
  parafacRank: numberOption<number | 'auto'>({
    default: 'auto',
    least: 0,
    most: 200,
    whole: true,
    words: { auto: 'auto' },
    summary: 'components of parafac; auto: by held-out error',
  }),
  parafacRidge: numberOption({
    default: 1,
    least: 1e-9,
    most: 1e9,
    summary: 'ridge of all three factors, for data of mean square 1',
  }),
  parafacStarts: numberOption({
    default: 3,
    least: 1,
    most: 1000,
    whole: true,
    summary: 'random starts of parafac; the best fit is kept',
  }),
  parafacStandardise: switchOption({
    default: true,
    summary: 'give every gene the same variance in parafac',
  }),
};
