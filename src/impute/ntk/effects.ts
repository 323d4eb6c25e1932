/**
 * What the kernel regression is about: the effects profile − control of the context (the authors' data are such
 * differences), or the profiles as they are. Which visible pairs take part, and where a prediction starts from.
 *
 * A context without a visible control has no effects: none of its pairs takes part.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import type { Training } from '../training.js';

/** (context, action) of some pairs, `(n)` each. */
export interface PairList {
  readonly contexts: Int32Array;
  readonly actions: Int32Array;
}

export class Effects {
  /** Is the control subtracted? */
  readonly subtracts: boolean;
  private readonly tensor: OutcomeTensor;

  constructor(
    readonly training: Training,
    subtract: 'control' | 'none',
  ) {
    this.tensor = training.tensor;
    this.subtracts = subtract === 'control' && this.tensor.control >= 0;
  }

  /** The pair that is subtracted in the context; −1: nothing is, or nothing can be. */
  base(context: number): number {
    return this.subtracts ? this.training.pair(context, this.tensor.control) : -1;
  }

  /** Have profiles of the context an effect? */
  hasContext(context: number): boolean {
    return context >= 0 && (!this.subtracts || this.base(context) >= 0);
  }

  /** Visible pairs of the context that take part, sorted by action. */
  pairsOfContext(context: number): Int32Array {
    if (!this.hasContext(context)) return new Int32Array();
    const pairs = this.training.pairsOfContext(context);
    return this.subtracts
      ? pairs.filter((pair) => this.tensor.pairAction[pair] !== this.tensor.control)
      : pairs;
  }

  /** Adds `weight` times the effect of a pair to `out` `(nGenes)` at `offset`. */
  add(pair: number, weight: number, out: Float64Array, offset = 0): void {
    addScaled(this.tensor.profile(pair), weight, out, offset);
    const base = this.base(this.tensor.pairContext[pair]);
    if (base >= 0) addScaled(this.tensor.profile(base), -weight, out, offset);
  }

  /** Adds the mean effect of the context, which must have one, to `out` `(nGenes)` at `offset`. */
  addMean(context: number, out: Float64Array, offset: number): void {
    const pairs = this.pairsOfContext(context);
    for (const pair of pairs) addScaled(this.tensor.profile(pair), 1 / pairs.length, out, offset);
    const base = this.base(context);
    if (base >= 0) addScaled(this.tensor.profile(base), -1, out, offset);
  }
}

function addScaled(profile: Float64Array, weight: number, out: Float64Array, offset: number): void {
  for (let g = 0; g < profile.length; g++) out[offset + g] += weight * profile[g];
}
