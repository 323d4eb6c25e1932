/** Options of `auto`. */
import { numberOption, wordOption } from '../option.js';

export const autoOptions = {
  autoMethods: wordOption({
    default: ['matrix-normal', 'si-a', 'two-way-mean', 'mean-over-actions'] as readonly string[],
    defaultWord: 'matrix-normal/si-a/two-way-mean/mean-over-actions',
    placeholder: '<names>',
    summary: 'estimators that auto weighs, joined by /',
    parse: (_, word) => word.split('/').map((name) => name.trim()),
  }),
  autoShrinkage: numberOption({
    default: 20,
    least: 0,
    most: 1e9,
    placeholder: '<pairs>',
    summary: 'pull of the common weights on those of a regime, in pairs',
  }),
  autoCalibration: numberOption({
    default: 400,
    least: 2,
    most: 1e6,
    whole: true,
    placeholder: '<pairs>',
    summary: 'most measured pairs that auto hides, one by one, to learn weights and intervals',
  }),
};
