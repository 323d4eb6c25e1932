/** A fitted `ntk`: predicts targets in blocks, says what it cannot know, explains by the greatest weights. */
import { averagePrediction } from '../averages.js';
import type { Explanation, FittedImputer, ImputerOptions, PairTarget, Prediction } from '../imputer.js';
import type { Effects } from './effects.js';
import type { Prior } from './prior.js';
import type { Rows } from './rows.js';
import type { Solution } from './solution.js';

/** At most this many targets are predicted together: bounds the blocks `(nTargets, nPairs)` and `(…, nGenes)`. */
const BLOCK_TARGETS = 256;
/** Of the weights, which all pairs have, so many are named in an explanation. */
const SHOWN_WEIGHTS = 20;

export class FittedNtk implements FittedImputer {
  private readonly nContexts: number;

  constructor(
    private readonly effects: Effects,
    private readonly rows: Rows,
    private readonly prior: Prior,
    private readonly solution: Solution,
    private readonly reference: number,
    private readonly options: ImputerOptions,
  ) {
    this.nContexts = new Set(rows.list.contexts).size;
  }

  predict(context: number, action: number): Prediction {
    let made: Prediction | undefined;
    this.predictMany([{ context, action }], (_, prediction) => (made = prediction));
    return made!;
  }

  predictMany(targets: readonly PairTarget[], visit: (at: number, prediction: Prediction) => void): void {
    const known: number[] = [];
    targets.forEach((target, at) => {
      const why = this.unknown(target);
      if (why === '') known.push(at);
      else visit(at, this.average(target, why));
    });
    for (let from = 0; from < known.length; from += BLOCK_TARGETS) {
      this.predictBlock(targets, known.slice(from, from + BLOCK_TARGETS), visit);
    }
  }

  private predictBlock(
    targets: readonly PairTarget[],
    block: readonly number[],
    visit: (at: number, prediction: Prediction) => void,
  ): void {
    const list = {
      contexts: Int32Array.from(block, (at) => targets[at].context),
      actions: Int32Array.from(block, (at) => targets[at].action),
    };
    const { profiles, weights } = this.solution.predict(list);
    const [nGenes, n] = [profiles.length / block.length, this.rows.pairs.length];
    block.forEach((at, t) => {
      const profile = profiles.subarray(t * nGenes, (t + 1) * nGenes);
      const own = weights?.subarray(t * n, (t + 1) * n);
      visit(at, this.prediction(targets[at], profile, own));
    });
  }

  private prediction(target: PairTarget, profile: Float64Array, weights?: Float64Array): Prediction {
    return {
      profile,
      donors: this.rows.pairs.length,
      trainingContexts: this.nContexts,
      tau: Number.NaN,
      rejected: null,
      fallback: '',
      explain: () => this.explanation(target, weights),
    };
  }

  /** Why the method cannot answer; '' when it can. */
  private unknown({ context, action }: PairTarget): string {
    const { tensor } = this.effects.training;
    if (this.rows.pairs.length === 0) return 'no pair has an effect to learn from';
    if (context < 0 || action < 0) return 'context or action unseen';
    if (!this.effects.hasContext(context)) return 'the context has no control to start from';
    if (this.effects.subtracts && action === tensor.control) return 'the control has no effect to predict';
    return this.prior.unknown(context, action);
  }

  private average(target: PairTarget, why: string): Prediction {
    const { training } = this.effects;
    return averagePrediction(training, target, 'ntk', why);
  }

  private explanation({ context, action }: PairTarget, weights?: Float64Array): Explanation {
    const { effects, rows, options, reference, solution } = this;
    const { tensor } = effects.training;
    const { ntkDepth: depth, ntkPrior: prior } = options;
    const standIn = this.prior.standIn(context, action);
    const greatest = weights
      ? [...weights.keys()]
          .sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]) || a - b)
          .slice(0, SHOWN_WEIGHTS)
      : [];
    return {
      method: 'ntk',
      context: tensor.contexts[context],
      action: tensor.actions[action],
      fallback: '',
      donorKind: null,
      donors: greatest.map((i) => ({ name: tensor.nameOf(rows.pairs[i]), weight: weights![i] })),
      intercept: 0,
      trainedOn: [...new Set(rows.list.contexts)].map((c) => tensor.contexts[c]),
      tau: Number.NaN,
      rankTrain: 0,
      rankTest: 0,
      threshold: Number.NaN,
      rejected: null,
      trainingError: Number.NaN,
      conditionNumber: Number.NaN,
      solver: solution.solver === 'cholesky' ? 'cholesky' : 'none',
      notes: [
        `kernel of depth ${depth} on prior '${prior}', ${rows.pairs.length} pairs, solved by ${solution.solver}`,
        ...(greatest.length > 0 && greatest.length < rows.pairs.length
          ? [`the ${greatest.length} greatest weights are shown`]
          : []),
        ...(reference >= 0 ? [`reference context '${tensor.contexts[reference]}'`] : []),
        effects.subtracts
          ? 'profile − control of the context is combined'
          : 'profiles are combined as they are',
        ...(standIn ? [standIn] : []),
        ...solution.notes,
      ],
    };
  }
}
