/**
 * Groups of pairs that share what is slow to learn.
 *
 * Leave-one-out would learn covariances or networks once a pair. Instead the treated pairs fall into groups, by a hash
 * of their names and the seed; for a pair that is hidden, what was learned without its *whole* group is used. It has
 * seen less than it may, never more. What is quick may still use every visible pair.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import { Random } from '../random/index.js';

/** Group of each pair, `(nPairs)`; −1 of controls: those are never hidden with a group. */
export function pairGroups(tensor: OutcomeTensor, nGroups: number, seed: number): Int32Array {
  const stream = Random.fromSeed(seed).split('pair groups');
  return Int32Array.from({ length: tensor.nPairs }, (_, pair) => {
    const [context, action] = [tensor.pairContext[pair], tensor.pairAction[pair]];
    if (action === tensor.control) return -1;
    return stream.split(tensor.contexts[context], tensor.actions[action]).integer(nGroups);
  });
}

/** The groups that `hidden` pairs are of, ascending; `null` when a control is among them. */
export function groupsOf(hidden: readonly number[], groupOf: Int32Array): number[] | null {
  const groups = new Set(hidden.map((pair) => groupOf[pair]));
  return groups.has(-1) ? null : [...groups].sort((a, b) => a - b);
}
