/**
 * How much of an action, or of a context, a method must have seen: all of it is held out but k pairs.
 *
 * Leave-one-out asks for one missing well. Here a whole action is hidden except in k contexts (or a whole context except
 * for k actions; its control always stays), for several k. The k are the first of one random order of the unit's pairs, so
 * that each k sees what smaller ones see and more; the pairs after the largest k are hidden at every k, and only they are
 * scored: every k, and every method, is judged by the same pairs.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';
import { DataError } from '../errors.js';
import type { Random } from '../random/index.js';
import type { Fold } from './folds.js';
import type { ScoreRow, SummaryRow } from './scores.js';
import { summarise } from './summary.js';

/** What is held out: single pairs, as leave-one-out does, or whole actions or contexts but for k pairs. */
export type Regime = 'pair' | 'action' | 'context';
export const regimes: readonly Regime[] = ['pair', 'action', 'context'];

export interface RegimeFold {
  readonly regime: Regime;
  /** How many pairs of the unit stay in training. */
  readonly k: number;
  /** Hidden, and predicted, together. */
  readonly hidden: Fold;
  /** Those of `hidden` that count: the same for every k. */
  readonly scored: ReadonlySet<number>;
}

export interface RegimePlan {
  readonly folds: readonly RegimeFold[];
  /** Units with too few pairs for the largest k: nothing of them is scored. */
  readonly leftOut: readonly string[];
}

/** Medians of one regime, k and method; `k` is `null` for single pairs. A row of `regimes.csv`. */
export interface RegimeRow extends Omit<SummaryRow, 'total_seconds'> {
  readonly regime: Regime;
  readonly k: number | null;
}

/**
 * A fold for every k and every unit with more treated pairs than the largest k.
 * @param ks whole numbers, at least one
 * @throws DataError where no unit has so many
 */
export function regimeFolds(
  tensor: OutcomeTensor,
  regime: 'action' | 'context',
  ks: readonly number[],
  random: Random,
): RegimePlan {
  const [names, pairsOf] =
    regime === 'action' ? [tensor.actions, tensor.pairsOfAction] : [tensor.contexts, tensor.pairsOfContext];
  const treated = new Set(tensor.treatedPairs());
  const mostKept = Math.max(...ks);
  const units = names
    .map((name, unit) => ({ name, pairs: Array.from(pairsOf[unit]).filter((pair) => treated.has(pair)) }))
    .filter(({ pairs }) => pairs.length > 0);
  const large = units.filter(({ pairs }) => pairs.length > mostKept);
  if (large.length === 0) {
    const most = Math.max(0, ...units.map(({ pairs }) => pairs.length));
    const other = regime === 'action' ? 'contexts' : 'treated actions';
    throw new DataError(
      `no ${regime} was measured with more than ${mostKept} ${other} (the most is ${most}), so that none can be held out ` +
        `except ${mostKept}; take smaller --regime-k`,
    );
  }
  const folds = large.flatMap(({ name, pairs }) => {
    const order = random.split('regime', regime, name).shuffle([...pairs]);
    const scored = new Set(order.slice(mostKept));
    return ks.map((k) => ({ regime, k, hidden: order.slice(k).sort((a, b) => a - b), scored }));
  });
  return { folds, leftOut: units.filter((unit) => !large.includes(unit)).map(({ name }) => name) };
}

/** Medians by k and method. `scores` are those of all hidden pairs, by fold and method in any order. */
export function summariseRegimes(
  scores: readonly { readonly fold: RegimeFold; readonly pair: number; readonly score: ScoreRow }[],
): RegimeRow[] {
  const groups = new Map<string, { regime: Regime; k: number; scores: ScoreRow[] }>();
  for (const { fold, pair, score } of scores) {
    if (!fold.scored.has(pair)) continue;
    const key = `${fold.regime} ${fold.k}`;
    const group = groups.get(key) ?? { regime: fold.regime, k: fold.k, scores: [] };
    groups.set(key, group);
    group.scores.push(score);
  }
  return [...groups.values()].flatMap(({ regime, k, scores }) => regimeRows(regime, k, summarise(scores)));
}

/** Rows of medians as rows of a regime. */
export const regimeRows = (regime: Regime, k: number | null, summary: readonly SummaryRow[]): RegimeRow[] =>
  summary.map(({ total_seconds: _, ...medians }) => ({ regime, k, ...medians }));
