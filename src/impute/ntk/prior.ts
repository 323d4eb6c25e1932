/**
 * Cosines between what is known of pairs beforehand: all that the kernel needs of a prior.
 *
 * The prior of the pair (c, a) is [context part of c, action part of a, w · own unit vector of the pair], brought to
 * length 1. The appended identity (w = 1.5 in the authors' program) keeps pairs of like priors apart.
 */
import { dot } from '../../linalg/index.js';
import type { PairList } from './effects.js';
import { type Part, STAND_IN, UNKNOWN } from './part.js';

export interface Prior {
  /** Why nothing can be said of the pair; '' when something can. */
  unknown(context: number, action: number): string;
  /** What stands in for something that is not known of the pair; '' when nothing has to. */
  standIn(context: number, action: number): string;
  /** Cosines `(rows, cols)`; of a pair with itself 1. With `lower` only those up to the diagonal. */
  cosines(rows: PairList, cols: PairList, out: Float64Array, lower?: boolean): void;
}

export interface PriorParts {
  readonly contexts: Part;
  readonly actions: Part;
  /** The context part is scaled to the length of the action part, so that their balance holds for every action. */
  readonly balanced: boolean;
  /** w. */
  readonly identity: number;
}

export class PartsPrior implements Prior {
  private readonly contextProducts: Float64Array;
  /** The context part of a pair is so much longer than the context's vector. */
  private readonly scale: Float64Array;

  constructor(private readonly parts: PriorParts) {
    const { contexts, actions, balanced } = parts;
    this.contextProducts = contexts.products(Int32Array.from(contexts.state, (_, context) => context));
    this.scale = balanced ? actions.norms : actions.norms.map(() => 1);
  }

  unknown(context: number, action: number): string {
    if (this.parts.contexts.state[context] === UNKNOWN) return 'nothing is known of the context';
    return this.parts.actions.state[action] === UNKNOWN ? 'nothing is known of the action' : '';
  }

  standIn(context: number, action: number): string {
    const { contexts, actions } = this.parts;
    const names = [
      ...(contexts.state[context] === STAND_IN ? ['context'] : []),
      ...(actions.state[action] === STAND_IN ? ['action'] : []),
    ];
    return names
      .map((name) => `the prior does not know the ${name}: the mean of the others stands in`)
      .join('; ');
  }

  cosines(rows: PairList, cols: PairList, out: Float64Array, lower = false): void {
    const { contextProducts, scale } = this;
    const nContexts = this.parts.contexts.state.length;
    const nActions = this.parts.actions.state.length;
    const nCols = cols.contexts.length;
    const distinct = [...new Set(rows.actions)];
    const actionProducts = this.parts.actions.products(Int32Array.from(distinct));
    const rowOfAction = new Map(distinct.map((action, k) => [action, k * nActions]));
    const inverse = this.inverseNorms(cols);
    const rowInverse = this.inverseNorms(rows);
    for (let i = 0; i < rows.contexts.length; i++) {
      const [context, action] = [rows.contexts[i], rows.actions[i]];
      const fromContext = context * nContexts;
      const fromAction = rowOfAction.get(action)!;
      const end = lower ? i + 1 : nCols;
      for (let j = 0; j < end; j++) {
        const [otherContext, otherAction] = [cols.contexts[j], cols.actions[j]];
        const product =
          contextProducts[fromContext + otherContext] * scale[action] * scale[otherAction] +
          actionProducts[fromAction + otherAction];
        out[i * nCols + j] =
          context === otherContext && action === otherAction ? 1 : product * rowInverse[i] * inverse[j];
      }
    }
  }

  /** 0 for a prior without length: it is at right angles to every other. */
  private inverseNorms({ contexts, actions }: PairList): Float64Array {
    const { identity } = this.parts;
    return Float64Array.from(contexts, (context, i) => {
      const length = Math.hypot(
        this.parts.contexts.norms[context] * this.scale[actions[i]],
        this.parts.actions.norms[actions[i]],
        identity,
      );
      return length > 0 ? 1 / length : 0;
    });
  }
}

/** Every pair a random vector of its own, the same in every fold: the prior that knows nothing but is not constant. */
export class RandomPrior implements Prior {
  private readonly made = new Map<string, Float64Array>();

  /** @param draw the vector of a pair; of the same numbers whenever it is asked for */
  constructor(
    private readonly seen: { readonly contexts: Uint8Array; readonly actions: Uint8Array },
    private readonly identity: number,
    private readonly draw: (context: number, action: number) => Float64Array,
  ) {}

  unknown(context: number, action: number): string {
    if (!this.seen.contexts[context]) return 'nothing is known of the context';
    return this.seen.actions[action] ? '' : 'nothing is known of the action';
  }

  standIn(): string {
    return '';
  }

  cosines(rows: PairList, cols: PairList, out: Float64Array, lower = false): void {
    const left = this.vectors(rows);
    const right = this.vectors(cols);
    left.forEach((vector, i) => {
      const end = lower ? i + 1 : right.length;
      for (let j = 0; j < end; j++) {
        out[i * right.length + j] = vector === right[j] ? 1 : dot(vector, 0, right[j], 0, vector.length);
      }
    });
  }

  /** Of length 1 together with the identity. */
  private vectors({ contexts, actions }: PairList): Float64Array[] {
    return Array.from(contexts, (context, i) => {
      const key = `${context} ${actions[i]}`;
      let vector = this.made.get(key);
      if (!vector) {
        const drawn = this.draw(context, actions[i]);
        const length = Math.hypot(Math.sqrt(dot(drawn, 0, drawn, 0, drawn.length)), this.identity);
        vector = drawn.map((value) => value / length);
        this.made.set(key, vector);
      }
      return vector;
    });
  }
}
