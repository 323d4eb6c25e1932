/** Options of the linear model. */
import { choiceOption, numberOption, switchOption } from '../option.js';

const ridge = (what: string) =>
  numberOption<number | 'auto'>({
    default: 'auto',
    least: 0,
    most: 1e12,
    words: { auto: 'auto' },
    summary: `ridge of ${what}, in observations; auto: by leave-one-out`,
  });

export const linearOptions = {
  linearContext: choiceOption(['effect', 'control', 'none'], {
    default: 'effect',
    summary: 'what stands for a context in linear: an effect, its control, nothing',
  }),
  linearCovariates: switchOption({ default: true, summary: 'use what is known of contexts, where given' }),
  linearInteractions: switchOption({ default: false, summary: 'effects of actions depend on covariates' }),
  linearContextRidge: ridge('effects of contexts'),
  linearActionRidge: ridge('effects of actions'),
  linearCovariateRidge: ridge('covariates and interactions'),
};
