/** Options of intervals, whichever method gives them. */
import { numberOption } from './option.js';

export const intervalOptions = {
  intervalLevel: numberOption({
    default: 0.9,
    least: 0.01,
    most: 0.999,
    placeholder: '<share>',
    summary: 'share of measured values that intervals should hold (columns lower, upper)',
  }),
};
