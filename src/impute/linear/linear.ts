/**
 * `linear`: profiles as a mean, an effect of the context, an effect of the action and what covariates of the context
 * add, with ridges (Dixit et al. 2016, Perturb-seq: MIMOSCA; here on averaged profiles).
 *
 * With `linear-context=control` the model is of what an action adds to the control of its context; without ridge and
 * covariates that is the baseline `fixed-effect`. With free effects and no ridge it is the least squares fit of rows
 * and columns.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { averagePrediction } from '../averages.js';
import type { FittedImputer, Imputer, ImputerDescriptor, ImputerOptions, Prediction } from '../imputer.js';
import type { Training } from '../training.js';
import { chooseRidges, LeaveOneOut } from './choose-ridges.js';
import { ContextCovariates } from './covariates.js';
import { Design, type Ridges } from './design.js';
import { combinationPrediction } from './pair-combination.js';
import { PairProducts } from './pair-products.js';
import { profileResponses, type Responses, shiftResponses } from './responses.js';
import { Ridge } from './ridge.js';

/** More columns are refused: the inverse alone would need more than 0.2 GB. */
const MOST_COLUMNS = 5000;

export const linear: ImputerDescriptor = {
  name: 'linear',
  summary: 'effects of contexts and actions with ridges, and covariates of contexts where given',
  create: (tensor, options) => new Linear(tensor, options),
};

class Linear implements Imputer {
  readonly design: Design;
  readonly covariates: ContextCovariates | null;
  private shared?: PairProducts;

  constructor(
    readonly tensor: OutcomeTensor,
    readonly options: ImputerOptions,
  ) {
    if (options.linearContext === 'control' && tensor.control < 0) {
      throw new DataError(
        'linear-context=control was asked for, and the screen has no control; name it (--control)',
      );
    }
    this.covariates = options.linearCovariates ? ContextCovariates.from(tensor.features?.contexts) : null;
    this.design = new Design({
      nContexts: tensor.nContexts,
      nActions: tensor.nActions,
      intercept: options.linearContext !== 'control',
      contextEffects: options.linearContext === 'effect',
      actionEffects: true,
      covariates: this.covariates,
      interactions: options.linearInteractions && this.covariates !== null,
    });
    const { nColumns } = this.design;
    if (nColumns > MOST_COLUMNS) {
      throw new DataError(
        `linear would have ${nColumns} effects to estimate, more than ${MOST_COLUMNS}; use an average, ` +
          'leave linear-interactions off, or take a part of the screen',
        { nColumns },
      );
    }
  }

  /** Inner products, made when first needed: with ridges given they are not. */
  get products(): PairProducts {
    this.shared ??= new PairProducts(this.tensor, 'linear');
    return this.shared;
  }

  fit(training: Training): FittedLinear {
    return new FittedLinear(this, training);
  }
}

class FittedLinear implements FittedImputer {
  private readonly pairs: Int32Array;
  private readonly controls: Int32Array | null;
  private readonly seenContexts: ReadonlySet<number>;
  private readonly seenActions: ReadonlySet<number>;
  private fitted?: { readonly ridge: Ridge; readonly ridges: Ridges };

  constructor(
    private readonly model: Linear,
    private readonly training: Training,
  ) {
    const { tensor } = training;
    const pinned = model.options.linearContext === 'control';
    const controlOf = (pair: number) => training.pair(tensor.pairContext[pair], tensor.control);
    this.pairs = Int32Array.from({ length: tensor.nPairs }, (_, pair) => pair).filter(
      (pair) =>
        training.sees(pair) &&
        (!pinned || (tensor.pairAction[pair] !== tensor.control && controlOf(pair) >= 0)),
    );
    this.controls = pinned ? this.pairs.map(controlOf) : null;
    this.seenContexts = new Set(Array.from(this.pairs, (pair) => tensor.pairContext[pair]));
    this.seenActions = new Set(Array.from(this.pairs, (pair) => tensor.pairAction[pair]));
  }

  predict(context: number, action: number): Prediction {
    const { training, model } = this;
    const why = this.whyNot(context, action);
    if (why) {
      return averagePrediction(training, { context, action }, 'linear', why);
    }
    this.fitted ??= this.fit();
    const { ridge, ridges } = this.fitted;
    const weights = ridge.apply(ridge.solve(model.design.row(context, action)));
    const notes = model.design.blocks.map((block) => `ridge of the ${block} block: ${ridges[block]}`);
    const base = training.pair(context, training.tensor.control);
    return combinationPrediction(
      training,
      { context, action },
      { method: 'linear', ...this.inProfiles(weights, base), notes },
    );
  }

  /** Why the model cannot answer; `''` when it can. */
  private whyNot(context: number, action: number): string {
    const { training, model } = this;
    if (!this.seenActions.has(action)) return 'no visible profile of the action to learn from';
    if (this.controls) {
      return training.pair(context, training.tensor.control) >= 0 ? '' : 'the context has no visible control';
    }
    if (this.seenContexts.has(context) || model.covariates?.isKnown(context)) return '';
    return 'no visible profile of the context, and no covariates';
  }

  private fit(): { ridge: Ridge; ridges: Ridges } {
    const { training, model, pairs, controls } = this;
    const { tensor } = training;
    const { design, options } = model;
    const rows = Array.from(pairs, (pair) => design.row(tensor.pairContext[pair], tensor.pairAction[pair]));
    const given = {
      context: options.linearContextRidge,
      action: options.linearActionRidge,
      covariate: options.linearCovariateRidge,
    };
    const responses = (): Responses =>
      controls ? shiftResponses(model.products, pairs, controls) : profileResponses(model.products, pairs);
    const judge = () => new LeaveOneOut(design, rows, responses().table, answerable(training, pairs));
    const ridges = chooseRidges(judge, design.blocks, given);
    return { ridge: new Ridge(rows, design.penalties(ridges)), ridges };
  }

  /** Weights of responses as weights of profiles: a response may be a profile less its control. */
  private inProfiles(weights: Float64Array, base: number): { pairs: number[]; weights: number[] } {
    const total = new Map<number, number>();
    const add = (pair: number, weight: number) => total.set(pair, (total.get(pair) ?? 0) + weight);
    if (this.controls) add(base, 1);
    weights.forEach((weight, i) => {
      add(this.pairs[i], weight);
      if (this.controls) add(this.controls[i], -weight);
    });
    return { pairs: [...total.keys()], weights: [...total.values()] };
  }
}

/**
 * Positions of the pairs that a method is judged by: treated, and left out neither the only one of their context nor of
 * their action, because no such pair is ever answered by the model itself. All of them where there is no such pair.
 */
export function answerable(training: Training, pairs: Int32Array): number[] {
  const { tensor } = training;
  const count = (keys: Int32Array, n: number) => {
    const counts = new Int32Array(n);
    for (const pair of pairs) counts[keys[pair]]++;
    return counts;
  };
  const ofContext = count(tensor.pairContext, tensor.nContexts);
  const ofAction = count(tensor.pairAction, tensor.nActions);
  const positions = Array.from(pairs.keys());
  const found = positions.filter((i) => {
    const pair = pairs[i];
    const [c, a] = [tensor.pairContext[pair], tensor.pairAction[pair]];
    return a !== tensor.control && ofContext[c] > 1 && ofAction[a] > 1;
  });
  return found.length > 0 ? found : positions;
}
