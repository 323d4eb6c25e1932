/**
 * A Gaussian model of the whole screen: profiles of pairs covary as their contexts do times as their actions do, in
 * every direction of gene space with a signal and a noise of its own.
 *
 * Fitted by expectation maximisation to the measured pairs only (the matrix-variate normal of Dutilleul 1999, with gene
 * directions in the place of replicates, on observed entries). It answers with a posterior: means and variances. In
 * leave-one-out the covariances are those learned without the hidden pair's group (`pair-groups.ts`); everything else
 * uses all that is visible.
 */
import type { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError } from '../../errors.js';
import { gram } from '../../linalg/index.js';
import { Random } from '../../random/index.js';
import { normalQuantile } from '../../stats/index.js';
import { averagePrediction, plainPrediction } from '../averages.js';
import type { FittedImputer, Imputer, ImputerDescriptor, ImputerOptions, Prediction } from '../imputer.js';
import { groupsOf, pairGroups } from '../pair-groups.js';
import { Training } from '../training.js';
import { LearnedModel } from './learned-model.js';
import { nearestNames } from './nearest-names.js';
import { Posterior } from './posterior.js';
import { chooseScale, type PowerScale } from './power-scale.js';
import { priorKernel } from './prior-kernel.js';

/** Spectra and products are as large as the square of the number of pairs, their cost as its cube. */
export const MOST_PAIRS = 3000;
/** Covariances of two groups left out together are kept for so many pairs of groups. */
const MODELS_KEPT = 64;

export class MatrixNormal implements Imputer {
  private readonly groupOf: Int32Array;
  private readonly models = new Map<string, LearnedModel>();
  private readonly products = new Map<string, Float64Array>();
  private readonly priors: { readonly contexts: Float64Array; readonly actions: Float64Array };

  constructor(
    private readonly tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
  ) {
    if (tensor.nPairs > MOST_PAIRS) {
      throw new DataError(
        `matrix-normal holds matrices as large as the square of the number of pairs: ${tensor.nPairs} pairs, ` +
          `${MOST_PAIRS} at most; choose another method, such as si-a`,
        { pairs: tensor.nPairs, most: MOST_PAIRS },
      );
    }
    this.groupOf = pairGroups(tensor, options.matrixNormalGroups, options.seed);
    this.priors = {
      contexts: priorKernel(tensor.nContexts, tensor.features?.contexts),
      actions: priorKernel(tensor.nActions, tensor.features?.actions),
    };
  }

  fit(training: Training): FittedImputer {
    const { tensor } = this;
    const groups = groupsOf(training.hiddenPairs, this.groupOf);
    const pairs = new Training(tensor).visiblePairs();
    const visible = pairs.filter((pair) => training.sees(pair));
    if (visible.length === 0) throw new DataError('there is no profile left to learn from');
    const outside = pairs.filter((pair) => !groups?.includes(this.groupOf[pair]));
    if (groups && groups.length <= 2 && outside.length >= 2) {
      const model = this.model(`groups ${groups}`, outside);
      const isHiddenWhole = groups.map((group) =>
        pairs.every((pair) => this.groupOf[pair] !== group || !training.sees(pair)),
      );
      const left = pairs.filter((pair) => {
        const at = groups.indexOf(this.groupOf[pair]);
        return at < 0 || !isHiddenWhole[at];
      });
      return new FittedMatrixNormal(training, model, left, this.options);
    }
    return new FittedMatrixNormal(training, this.learn(training), visible, this.options);
  }

  /** The model as learned from exactly what is visible. */
  learn(training: Training): LearnedModel {
    const visible = training.visiblePairs();
    return this.model(`pairs ${visible}`, visible);
  }

  private model(key: string, pairs: Int32Array): LearnedModel {
    const known = this.models.get(key);
    if (known) return known;
    const { tensor, options, priors } = this;
    const scale = chooseScale(
      options.matrixNormalPower,
      Array.from(pairs, (pair) => tensor.profile(pair)),
    );
    const made = new LearnedModel(tensor, scale, this.productsOn(scale), pairs, priors, {
      rounds: options.matrixNormalRounds,
      prior: options.matrixNormalPrior,
      balance: options.matrixNormalBalance,
      random: Random.fromSeed(options.seed).split('matrix-normal'),
    });
    if (this.models.size >= MODELS_KEPT) this.models.delete(this.models.keys().next().value as string);
    this.models.set(key, made);
    return made;
  }

  /** Inner products of all profiles on a scale, per gene; those of hidden pairs are not looked at. */
  private productsOn(scale: PowerScale): Float64Array {
    const known = this.products.get(scale.name);
    if (known) return known;
    const { profiles, nPairs, nGenes } = this.tensor;
    const made = gram(profiles.map(scale.to), nPairs, nGenes).map((value) => value / nGenes);
    this.products.set(scale.name, made);
    return made;
  }
}

class FittedMatrixNormal implements FittedImputer {
  private readonly posterior: Posterior;

  constructor(
    private readonly training: Training,
    private readonly model: LearnedModel,
    pairs: Int32Array,
    private readonly options: ImputerOptions,
  ) {
    this.posterior = new Posterior(model, pairs, (pair) => training.sees(pair));
  }

  predict(context: number, action: number): Prediction {
    const { training, model } = this;
    const target = { context, action };
    const method = 'matrix-normal';
    const ofContext = training.pairsOfContext(context).length;
    const ofAction = training.pairsOfAction(action).length;
    const { features } = training.tensor;
    const knowsContext = ofContext > 0 || (context >= 0 && features?.contexts?.known[context]);
    const knowsAction = ofAction > 0 || (action >= 0 && features?.actions?.known[action]);
    if (!knowsContext || !knowsAction) {
      const what = knowsContext ? 'action' : 'context';
      return averagePrediction(training, target, method, `nothing is known of the ${what}`);
    }
    const { mean, variance, uncertainty } = this.posterior.of(context, action);
    const { scale } = model;
    const profile = mean.map(scale.back);
    const z = normalQuantile((1 + this.options.intervalLevel) / 2);
    const deviation = variance().map(Math.sqrt);
    const notes = () => [
      `values are modelled ${scale.name === 'as they are' ? scale.name : `as ${scale.name}`}`,
      `covariances learned from ${model.pairs.length} pairs, the answer from ${training.tensor.nPairs - training.hiddenPairs.length}`,
      `variance of the pair that is not known: ${uncertainty.toPrecision(3)}`,
      `contexts most like it: ${nearestNames(model.covariance.contexts, context, training.tensor.contexts)}`,
      `actions most like it: ${nearestNames(model.covariance.actions, action, training.tensor.actions)}`,
    ];
    const plain = plainPrediction(training, target, {
      method,
      profile,
      fallback: '',
      donors: training.otherTreated(context, action),
      notes: [],
    });
    return {
      ...plain,
      trainingContexts: ofAction,
      lower: mean.map((value, g) => scale.back(value - z * deviation[g])),
      upper: mean.map((value, g) => scale.back(value + z * deviation[g])),
      explain: () => ({ ...plain.explain(), notes: notes() }),
    };
  }
}

export const matrixNormal: ImputerDescriptor = {
  name: 'matrix-normal',
  summary:
    'Gaussian model of the screen: contexts ⊗ actions in every gene direction; posterior with variances',
  mostPairsRepeated: 1000,
  dependsOn: { unit: 'intensities are modelled by a power of the value, which depends on where zero is' },
  groups: (tensor, options) => pairGroups(tensor, options.matrixNormalGroups, options.seed),
  create: (tensor, options) => new MatrixNormal(tensor, options),
};
