/** Which pairs a fit learns from, in an order that lets folds share most of the work. */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import type { Effects, PairList } from './effects.js';

/** The pairs that take part in a fit, by pair number; those from `nStable` on differ from fold to fold. */
export interface Rows {
  readonly pairs: Int32Array;
  readonly nStable: number;
  readonly list: PairList;
}

/**
 * The pairs that take part. First those of contexts of which nothing is hidden: their priors are the same whatever of
 * the other contexts is hidden, unless it is the reference.
 */
export function rowsOf(effects: Effects, reference: number): Rows {
  const { tensor, hiddenPairs } = effects.training;
  const touched = new Set(hiddenPairs.map((pair) => tensor.pairContext[pair]));
  const isStable = (context: number) => !touched.has(context) && !touched.has(reference);
  const contexts = Array.from(tensor.contexts, (_, context) => context);
  const pairsOf = (some: readonly number[]) =>
    some.flatMap((context) => [...effects.pairsOfContext(context)]);
  const stable = pairsOf(contexts.filter(isStable));
  const border = pairsOf(contexts.filter((context) => !isStable(context)));
  const pairs = Int32Array.from([...stable, ...border]);
  const list = {
    contexts: pairs.map((pair) => tensor.pairContext[pair]),
    actions: pairs.map((pair) => tensor.pairAction[pair]),
  };
  return { pairs, nStable: stable.length, list };
}

export function seenBy({ contexts, actions }: PairList, { nContexts, nActions }: OutcomeTensor) {
  const seen = { contexts: new Uint8Array(nContexts), actions: new Uint8Array(nActions) };
  for (const context of contexts) seen.contexts[context] = 1;
  for (const action of actions) seen.actions[action] = 1;
  return seen;
}

export const slice = ({ contexts, actions }: PairList, from: number, to?: number): PairList => ({
  contexts: contexts.subarray(from, to),
  actions: actions.subarray(from, to),
});
