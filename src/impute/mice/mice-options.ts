/** Options of `mice`; the defaults are those of scikit-learn's IterativeImputer. */
import { numberOption, switchOption } from '../option.js';

export const miceOptions = {
  miceRounds: numberOption({
    default: 10,
    least: 0,
    most: 10_000,
    whole: true,
    summary: 'at most so many rounds of mice over the genes',
  }),
  miceTolerance: numberOption({
    default: 1e-3,
    least: 0,
    placeholder: '<x>',
    summary: 'mice stops when a round changes the profile by less than this, relative to the largest value',
  }),
  miceStandardise: switchOption({
    default: false,
    summary: 'on: mice gives every gene unit variance first, so that it does not depend on the unit',
  }),
};
