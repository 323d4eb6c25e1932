/** Options of drug neighbours. */
import { choiceOption, numberOption } from './option.js';

export const dnppOptions = {
  dnppNeighbours: numberOption({
    default: 10,
    least: 1,
    most: 1e9,
    whole: true,
    summary: 'so many similar actions are averaged in dnpp',
  }),
  dnppBase: choiceOption(['context-mean', 'control', 'none'], {
    default: 'context-mean',
    summary: 'what profiles are compared around in dnpp',
  }),
};
