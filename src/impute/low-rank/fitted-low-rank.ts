/** What `soft-impute` and `parafac` share once they are fitted: an additive screen, and weights of its residuals. */
import { averagePrediction } from '../averages.js';
import type { FittedImputer, Prediction } from '../imputer.js';
import { combinationPrediction } from '../linear/pair-combination.js';
import type { Training } from '../training.js';
import type { CentredScreen, Residuals } from './residuals.js';

export interface LowRankFit {
  readonly screen: CentredScreen;
  readonly residuals: Residuals;
  readonly notes: readonly string[];
  /** Weights of the residuals `(nPairs)` that make a pair's. */
  combination(context: number, action: number): Float64Array;
}

export class FittedLowRank implements FittedImputer {
  private made?: LowRankFit;

  /** @param fit is called when a prediction first needs it */
  constructor(
    private readonly method: string,
    private readonly training: Training,
    private readonly fit: () => LowRankFit,
  ) {}

  predict(context: number, action: number): Prediction {
    const { training, method } = this;
    const target = { context, action };
    if (training.pairsOfContext(context).length === 0 || training.pairsOfAction(action).length === 0) {
      return averagePrediction(training, target, method, 'no visible profile of the context or the action');
    }
    this.made ??= this.fit();
    const { screen, residuals, notes } = this.made;
    const weights = screen.weights(residuals.ridge, context, action, this.made.combination(context, action));
    return combinationPrediction(training, target, { method, pairs: screen.pairs, weights, notes });
  }
}
