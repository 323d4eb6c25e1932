/**
 * What is hidden together: one pair at a time (leave-one-out), or the folds that the user gives.
 *
 * Controls always stay in training. A fold's pairs are all hidden while each of them is predicted.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import { checkFolds, type FoldRow } from '../data/splits.js';
import { DataError, nearest } from '../errors.js';

/** Pair numbers that are hidden and predicted together. */
export type Fold = readonly number[];

export interface NamedPair {
  readonly context: string;
  readonly action: string;
}

/** Every treated pair a fold of its own, in the order of contexts and actions. */
export function leaveOneOut(tensor: OutcomeTensor): Fold[] {
  return Array.from(tensor.treatedPairs(), (pair) => [pair]);
}

/** Leave-one-out of the named pairs only. Throws DataError for a pair that was not measured or is a control. */
export function leaveOneOutOf(tensor: OutcomeTensor, pairs: readonly NamedPair[]): Fold[] {
  return pairs.map((named) => [observedPair(tensor, named)]);
}

/** The folds that `fold` numbers or names; every row must be a measured treated pair, in one fold only. */
export function foldsOf(tensor: OutcomeTensor, rows: readonly FoldRow[]): Fold[] {
  const numbers = new Map(rows.map((row) => [row, observedPair(tensor, row)]));
  const byName = new Map<string, number[]>();
  for (const row of checkFolds(rows, rows)) {
    const fold = byName.get(row.fold);
    if (fold) fold.push(numbers.get(row)!);
    else byName.set(row.fold, [numbers.get(row)!]);
  }
  return [...byName.values()];
}

/** The number of a measured, treated pair. Throws DataError naming what is wrong and the nearest name. */
function observedPair(tensor: OutcomeTensor, { context, action }: NamedPair): number {
  const c = tensor.contexts.indexOf(context);
  const a = tensor.actions.indexOf(action);
  const pair = tensor.pair(c, a);
  if (pair >= 0 && a !== tensor.control) return pair;
  if (pair >= 0)
    throw new DataError(`(${context}, ${action}) is a control; controls always stay in training`);
  const unknown = c < 0 ? context : a < 0 ? action : undefined;
  const near = unknown && nearest(unknown, c < 0 ? tensor.contexts : tensor.actions);
  throw new DataError(
    `(${context}, ${action}) was not measured and cannot be held out` +
      (unknown ? `: the data has no '${unknown}'` : '') +
      (near ? `; did you mean '${near}'?` : ''),
    { context, action },
  );
}
