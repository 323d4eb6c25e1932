/**
 * The pairs of a tensor that an imputer may learn from: all but the hidden ones. No copy of the profiles.
 */
import type { OutcomeTensor } from '../data/outcome-tensor.js';

export class Training {
  private readonly hidden: Uint8Array;

  constructor(
    readonly tensor: OutcomeTensor,
    /** Pair numbers that must not be seen. */
    readonly hiddenPairs: readonly number[] = [],
  ) {
    this.hidden = new Uint8Array(tensor.nPairs);
    for (const pair of hiddenPairs) this.hidden[pair] = 1;
  }

  sees(pair: number): boolean {
    return pair >= 0 && this.hidden[pair] === 0;
  }
  /** The pair number of (c, a) if it may be seen, −1 otherwise. */
  pair(context: number, action: number): number {
    const pair = this.tensor.pair(context, action);
    return this.sees(pair) ? pair : -1;
  }
  /** Visible pairs of a context, sorted by action; none for −1. */
  pairsOfContext(context: number): Int32Array {
    return context < 0 ? new Int32Array() : this.visible(this.tensor.pairsOfContext[context]);
  }
  /** Visible pairs of an action, sorted by context; none for −1. */
  pairsOfAction(action: number): Int32Array {
    return action < 0 ? new Int32Array() : this.visible(this.tensor.pairsOfAction[action]);
  }

  /** Every visible pair by context, then action: an order that does not depend on how the pairs are stored. */
  visiblePairs(): Int32Array {
    return Int32Array.from(
      this.tensor.contexts.flatMap((_, context) => Array.from(this.pairsOfContext(context))),
    );
  }
  /** How many other treated profiles of the context are visible: what a prediction of the pair can lean on. */
  otherTreated(context: number, action: number): number {
    const { control, pairAction } = this.tensor;
    return this.pairsOfContext(context).filter(
      (pair) => pairAction[pair] !== control && pairAction[pair] !== action,
    ).length;
  }

  private visible(pairs: Int32Array): Int32Array {
    return pairs.every((pair) => this.hidden[pair] === 0)
      ? pairs
      : pairs.filter((pair) => this.hidden[pair] === 0);
  }
}
