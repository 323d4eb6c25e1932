/**
 * The reference context: the one whose effects describe the actions.
 *
 * By default that with the most measured actions, so that few of them lack a description. It is chosen by what was
 * measured and stays the same while single pairs are hidden; where most of it is hidden, the next one takes its place.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { OptionError } from '../../errors.js';
import type { Effects } from './effects.js';

/** Of a context's pairs this share must be visible for it to describe the actions. */
const LEAST_VISIBLE = 0.5;

/** Contexts in the order of preference. Throws OptionError for a name that the data do not have. */
export function referenceCandidates(tensor: OutcomeTensor, name: string | null): number[] {
  if (name !== null) {
    const context = tensor.contexts.indexOf(name);
    if (context < 0) throw new OptionError('--ntk-reference', name, tensor.contexts);
    return [context];
  }
  const counts = tensor.pairsOfContext.map((pairs) => pairs.length);
  return [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
}

/** The first candidate of which enough is visible, else the first of which anything is; −1: there is none. */
export function referenceOf(effects: Effects, candidates: readonly number[]): number {
  const { pairsOfContext } = effects.training.tensor;
  const visible = (context: number) => effects.pairsOfContext(context).length;
  const enough = (context: number) =>
    effects.hasContext(context) && visible(context) >= LEAST_VISIBLE * pairsOfContext[context].length;
  return (
    candidates.find((context) => visible(context) > 0 && enough(context)) ??
    candidates.find((context) => visible(context) > 0) ??
    -1
  );
}
