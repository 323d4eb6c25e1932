/**
 * The reference context: the one whose effects describe the actions.
 *
 * By default the one of which most is visible, so that few actions lack a description. Of several complete contexts
 * one that the hidden pair is not of: the action of that pair is then described as well.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { OptionError } from '../../errors.js';
import type { Effects } from './effects.js';

/** Position of the named context, −1 without a name. Throws OptionError for a name that the data do not have. */
export function namedReference(tensor: OutcomeTensor, name: string | null): number {
  if (name === null) return -1;
  const context = tensor.contexts.indexOf(name);
  if (context < 0) throw new OptionError('--ntk-reference', name, tensor.contexts);
  return context;
}

/** The named context, else the first of those with most visible effects. */
export function referenceOf(effects: Effects, named: number): number {
  if (named >= 0) return named;
  let [best, most] = [0, -1];
  for (let context = 0; context < effects.training.tensor.nContexts; context++) {
    const visible = effects.pairsOfContext(context).length;
    if (visible > most) [best, most] = [context, visible];
  }
  return best;
}
