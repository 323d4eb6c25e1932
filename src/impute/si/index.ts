/** `si-a` and `si-c`: synthetic interventions along actions and along contexts. */
import type { ImputerDescriptor } from '../imputer.js';
import { actionAxis, contextAxis } from './axis.js';
import { SyntheticInterventions } from './synthetic-interventions.js';

export const siA: ImputerDescriptor = {
  name: 'si-a',
  summary: 'synthetic interventions: the action as a combination of other actions',
  create: (tensor, options) => new SyntheticInterventions('si-a', actionAxis(tensor), tensor, options),
};

export const siC: ImputerDescriptor = {
  name: 'si-c',
  summary: 'synthetic interventions: the context as a combination of other contexts',
  create: (tensor, options) => new SyntheticInterventions('si-c', contextAxis(tensor), tensor, options),
};
