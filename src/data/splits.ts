/**
 * Folds for evaluation: by pair, by context, by action; and the check that none leaks.
 *
 * What is held out together decides what a score means: single pairs (the rest of the cell line and of the
 * compound is known), whole contexts, or whole actions. Replicates of a pair always share its fold.
 */
import { DataError, listNames, OptionError } from '../errors.js';
import type { Random } from '../random/index.js';

export interface Pair {
  readonly context: string;
  readonly action: string;
}

/** One row of a folds file: columns `context,action,fold`. */
export interface FoldRow extends Pair {
  readonly fold: string;
}

export type SplitBy = 'pair' | 'context' | 'action';

export interface SplitOptions {
  /** What shares a fold. Default 'pair'. */
  readonly by?: SplitBy;
  /** Default 5; at most one a pair (context, action). */
  readonly folds?: number;
  /** This action (the control) is never held out. */
  readonly control?: string | null;
}

/** The pairs without repeats and without the control, sorted by context, then action. */
export function heldOutPairs(pairs: Iterable<Pair>, control?: string | null): Pair[] {
  const seen = new Map<string, Pair>();
  for (const { context, action } of pairs) {
    if (action !== control) seen.set(pairKey({ context, action }), { context, action });
  }
  return [...seen.values()].sort(byName);
}

/**
 * Every pair with its fold, '1' … 'n'. Numbers of pairs a fold are as equal as they can be: by pair they
 * differ by one at most; contexts and actions go, largest first, to the fold that has the fewest. Depends on
 * the names and `random` only, not on the order of `pairs`. Throws OptionError.
 */
export function makeFolds(pairs: Iterable<Pair>, random: Random, options: SplitOptions = {}): FoldRow[] {
  const { by = 'pair', folds = 5, control } = options;
  const kinds: readonly string[] = ['pair', 'context', 'action'];
  if (!kinds.includes(by)) throw new OptionError('split by', by, kinds);
  const rows = heldOutPairs(pairs, control);
  const unitOf = (pair: Pair) => (by === 'pair' ? pairKey(pair) : pair[by]);
  const sizes = new Map<string, number>();
  for (const pair of rows) sizes.set(unitOf(pair), (sizes.get(unitOf(pair)) ?? 0) + 1);
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= sizes.size)) {
    throw new OptionError('folds', folds, `a whole number from 2 to ${sizes.size}, the number of ${by}s`);
  }
  // A shuffle, then a stable sort: equal sizes stay in random order.
  const units = random.split('folds', by).shuffle([...sizes.keys()].sort());
  units.sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
  const load = new Array<number>(folds).fill(0);
  const foldOf = new Map<string, string>();
  for (const unit of units) {
    const fold = load.indexOf(Math.min(...load));
    load[fold] += sizes.get(unit) ?? 0;
    foldOf.set(unit, String(fold + 1));
  }
  return rows.map((pair) => ({ ...pair, fold: foldOf.get(unitOf(pair)) as string }));
}

/**
 * Folds given by the user, checked: each pair in one fold only and known to the data. Returns the fold of each
 * pair, sorted. Throws DataError naming the leaks or the unknown pairs.
 */
export function checkFolds(rows: readonly FoldRow[], observed: Iterable<Pair>): FoldRow[] {
  const known = new Set(Array.from(observed, pairKey));
  const unknown = rows.filter((row) => !known.has(pairKey(row)));
  if (unknown.length > 0) {
    throw new DataError(
      `${unknown.length} pairs of the folds are not in the data: ${listNames(unknown.map(nameOf), 5)}`,
      { unknown: unknown.map(nameOf) },
    );
  }
  const foldOf = new Map<string, FoldRow>();
  const leaks = new Set<string>();
  for (const row of rows) {
    const before = foldOf.get(pairKey(row));
    if (before && before.fold !== row.fold) leaks.add(nameOf(row));
    foldOf.set(pairKey(row), row);
  }
  if (leaks.size > 0) {
    throw new DataError(
      `${leaks.size} pairs are in two folds, so one would be learned from itself: ${listNames([...leaks], 5)}`,
      { leaks: [...leaks] },
    );
  }
  return [...foldOf.values()].sort(byName);
}

export interface Leak extends Pair {
  /** What is on both sides. */
  readonly through: SplitBy;
}

/**
 * What is in training as well as in the test set: a pair (some of its replicates) always; with `by` 'context'
 * or 'action' also a held-out context or action of which anything but the control is still in training.
 */
export function findLeaks(
  train: Iterable<Pair>,
  test: Iterable<Pair>,
  options: { readonly by?: SplitBy; readonly control?: string | null } = {},
): Leak[] {
  const { by = 'pair', control } = options;
  const inTraining = heldOutPairs(train, control);
  const pairs = new Set(inTraining.map(pairKey));
  const units = new Set(by === 'pair' ? [] : inTraining.map((pair) => pair[by]));
  return heldOutPairs(test, control).flatMap((pair): Leak[] => {
    if (pairs.has(pairKey(pair))) return [{ ...pair, through: 'pair' }];
    return by !== 'pair' && units.has(pair[by]) ? [{ ...pair, through: by }] : [];
  });
}

/** A text of its own for every pair: names may hold any sign, JSON keeps them apart. */
export const pairKey = ({ context, action }: Pair): string => JSON.stringify([context, action]);
const nameOf = ({ context, action }: Pair) => `(${context}, ${action})`;

function byName(a: Pair, b: Pair): number {
  if (a.context !== b.context) return a.context < b.context ? -1 : 1;
  return a.action < b.action ? -1 : a.action > b.action ? 1 : 0;
}
