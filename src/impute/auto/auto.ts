/**
 * The mixture of estimators that a screen asks for, with intervals: weights and errors are learned by hiding measured
 * pairs one by one, never the pair that is predicted.
 */
import { OutcomeTensor } from '../../data/outcome-tensor.js';
import { DataError, OptionError } from '../../errors.js';
import { Random } from '../../random/index.js';
import { plainPrediction } from '../averages.js';
import type {
  FittedImputer,
  Imputer,
  ImputerDescriptor,
  ImputerOptions,
  ImputerResources,
  Prediction,
} from '../imputer.js';
import { groupsOf, pairGroups } from '../pair-groups.js';
import { Training } from '../training.js';
import { Calibration, type Candidate, spreadOf } from './calibration.js';
import { conformalInterval } from './intervals.js';

/** Calibrations are kept for so many groups of hidden pairs: each holds residuals of all pairs. */
const CALIBRATIONS_KEPT = 16;

/** Makes an estimator by name; the registry's, handed over so that it can list this one. */
export type CandidateNamed = (name: string, option: string) => ImputerDescriptor;

class Auto implements Imputer {
  private readonly candidates: readonly Candidate[];
  private readonly notes: readonly string[];
  private readonly groupOf: Int32Array;
  private readonly calibrations = new Map<string, Promise<Calibration>>();

  constructor(
    private readonly tensor: OutcomeTensor,
    private readonly options: ImputerOptions,
    private readonly named: CandidateNamed,
    private readonly resources?: ImputerResources,
  ) {
    const notes: string[] = [];
    this.candidates = options.autoMethods.flatMap((name) => {
      const descriptor = named(name, '--auto-methods');
      if (descriptor.name === 'auto')
        throw new OptionError('--auto-methods', name, 'an estimator other than auto itself');
      try {
        if (descriptor.needsControl && tensor.control < 0) throw new DataError(`${name} needs a control`);
        if (tensor.nPairs > (descriptor.mostPairsRepeated ?? Number.POSITIVE_INFINITY)) {
          throw new DataError(
            `${name} takes too long to be fitted again and again to ${tensor.nPairs} pairs`,
          );
        }
        return [{ name, imputer: descriptor.create(tensor, options, resources) }];
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        notes.push(`left out: ${error.message}`);
        return [];
      }
    });
    if (this.candidates.length === 0)
      throw new DataError(`auto has no estimator to weigh: ${notes.join('; ')}`);
    this.notes = notes;
    this.groupOf = pairGroups(tensor, options.matrixNormalGroups, options.seed);
  }

  async fit(training: Training): Promise<FittedImputer> {
    const groups = groupsOf(training.hiddenPairs, this.groupOf);
    if (!groups || groups.length > 1) {
      // what is learned cannot be shared with other pairs: as on a screen that never had the hidden ones
      const visible = withoutHidden(training);
      return new Auto(visible, this.options, this.named, this.resources).fit(new Training(visible));
    }
    const calibration = await this.calibration(training);
    const fitted = await this.fitAll(training);
    const folds = calibration.residuals?.folds ?? [];
    const withoutFold: FittedImputer[][] = [];
    for (const fold of folds) {
      const members = Array.from(this.groupOf.keys()).filter((pair) => this.groupOf[pair] === fold);
      const hidden = [...new Set([...training.hiddenPairs, ...members])];
      const inner = new Training(this.tensor, hidden);
      withoutFold.push(await this.fitAll(inner.visiblePairs().length > 0 ? inner : training));
    }
    return new FittedAuto(
      training,
      this.candidates,
      this.notes,
      fitted,
      withoutFold,
      calibration,
      this.options,
    );
  }

  private async fitAll(training: Training): Promise<FittedImputer[]> {
    const fitted: FittedImputer[] = [];
    for (const { imputer } of this.candidates) fitted.push(await imputer.fit(training));
    return fitted;
  }

  /** Shared by all pairs of a group. */
  private calibration(training: Training): Promise<Calibration> {
    const { tensor, groupOf } = this;
    const [group] = training.hiddenPairs.map((pair) => groupOf[pair]);
    const hidden = Array.from(groupOf.keys()).filter((pair) => groupOf[pair] === group);
    const key = hidden.join();
    const known = this.calibrations.get(key);
    if (known) return known;
    const outer = new Training(tensor, hidden);
    const visible = Array.from(outer.visiblePairs()).filter(
      (pair) => tensor.pairAction[pair] !== tensor.control,
    );
    const { autoCalibration: most, autoShrinkage: shrinkage, seed } = this.options;
    const pairs =
      visible.length <= most
        ? visible
        : Array.from(Random.fromSeed(seed).split('auto calibration').sample(visible.length, most))
            .sort((a, b) => a - b)
            .map((at) => visible[at]);
    // the last pair there is cannot be hidden
    const enough = outer.tensor.nPairs - hidden.length > 1;
    const made = Calibration.of(outer, this.candidates, { pairs: enough ? pairs : [], shrinkage, groupOf });
    if (this.calibrations.size >= CALIBRATIONS_KEPT) {
      this.calibrations.delete(this.calibrations.keys().next().value as string);
    }
    this.calibrations.set(key, made);
    return made;
  }
}

/** With fewer residuals their quantile is beyond the largest of them. */
const enoughFor = (level: number) => Math.ceil(1 / (1 - level)) - 1;

const isNeverNegative = (training: Training) =>
  training.visiblePairs().every((pair) => training.tensor.profile(pair).every((value) => value >= 0));

/** The tensor of the visible pairs, names as they were. */
function withoutHidden(training: Training): OutcomeTensor {
  const { tensor } = training;
  const kept = Int32Array.from({ length: tensor.nPairs }, (_, pair) => pair).filter((pair) =>
    training.sees(pair),
  );
  const profiles = new Float64Array(kept.length * tensor.nGenes);
  kept.forEach((pair, at) => profiles.set(tensor.profile(pair), at * tensor.nGenes));
  return new OutcomeTensor({
    contexts: tensor.contexts,
    actions: tensor.actions,
    genes: tensor.genes,
    control: tensor.control,
    features: tensor.features,
    profiles,
    pairContext: kept.map((pair) => tensor.pairContext[pair]),
    pairAction: kept.map((pair) => tensor.pairAction[pair]),
    replicates: kept.map((pair) => tensor.replicates[pair]),
  });
}

class FittedAuto implements FittedImputer {
  constructor(
    private readonly training: Training,
    private readonly candidates: readonly Candidate[],
    private readonly notes: readonly string[],
    private readonly fitted: readonly FittedImputer[],
    private readonly withoutFold: readonly (readonly FittedImputer[])[],
    private readonly calibration: Calibration,
    private readonly options: ImputerOptions,
  ) {}

  predict(context: number, action: number): Prediction {
    const { training, calibration, candidates, options } = this;
    const predictions = this.fitted.map((one) => one.predict(context, action));
    const donors = training.otherTreated(context, action);
    const learned = calibration.weights(donors);
    const isKnown = context >= 0 && action >= 0;
    const weights = isKnown ? ofThoseThatAnswer(predictions, learned) : learned;
    const profile = mixture(predictions, weights);
    const leading = predictions[weights.indexOf(Math.max(...weights))];
    const tested = predictions.find(({ rejected }) => rejected !== null);
    const notes = () => [
      `weights with ${donors} donors: ${this.listed(weights, 2)}`,
      `mean normalised errors on ${calibration.nPairs} hidden pairs: ${this.listed(calibration.errors, 3)}`,
      ...(calibration.nPairs < enoughFor(options.intervalLevel)
        ? [`too few pairs to promise ${options.intervalLevel}: intervals end at the largest error seen`]
        : []),
      ...this.notes,
      ...candidates.flatMap(({ name }, m) =>
        weights[m] > 0 ? predictions[m].explain().notes.map((note) => `${name}: ${note}`) : [],
      ),
    ];
    const target = { context, action };
    const made = { method: 'auto', profile, fallback: leading.fallback, donors, notes: [] };
    const plain = plainPrediction(training, target, made);
    return {
      ...plain,
      trainingContexts: leading.trainingContexts,
      tau: tested?.tau ?? Number.NaN,
      rejected: tested?.rejected ?? null,
      // how far an average is off that answers for the unknown, no measured pair tells
      ...(leading.fallback === '' && this.interval(context, action, predictions, donors, profile)),
      // donors, weights and test of the estimator that has most to say
      explain: () => ({ ...leading.explain(), method: 'auto', fallback: leading.fallback, notes: notes() }),
    };
  }

  private interval(
    context: number,
    action: number,
    predictions: readonly Prediction[],
    donors: number,
    profile: Float64Array,
  ) {
    const { calibration, withoutFold, options } = this;
    const { residuals } = calibration;
    if (!residuals) return {};
    const own = predictions.map(spreadOf).find((spread) => spread !== undefined);
    const scale = own ?? calibration.typicalScale;
    const weights = calibration.weights(donors);
    const centres = withoutFold.map((fitted) => {
      const fold = fitted.map((one) => one.predict(context, action));
      return mixture(fold, ofThoseThatAnswer(fold, weights));
    });
    const { lower, upper } = conformalInterval(residuals, centres, scale, donors, options.intervalLevel);
    // predictions without a fold can lie off the one with all: what is predicted belongs to its interval; and where
    // nothing was ever negative, nothing will be
    return {
      lower: lower.map((value, g) => Math.min(Math.max(value, this.floor), profile[g])),
      upper: upper.map((value, g) => Math.max(value, profile[g])),
    };
  }

  private floorKept: number | undefined;
  private get floor(): number {
    this.floorKept ??= isNeverNegative(this.training) ? 0 : Number.NEGATIVE_INFINITY;
    return this.floorKept;
  }

  private listed(values: ArrayLike<number>, digits: number): string {
    return this.candidates.map(({ name }, m) => `${name} ${values[m].toFixed(digits)}`).join(', ');
  }
}

/** The weights of those that did not have to let something else answer, made to sum to 1; all, where all had to. */
function ofThoseThatAnswer(predictions: readonly Prediction[], weights: Float64Array): Float64Array {
  const own = weights.map((weight, m) => (predictions[m].fallback === '' ? weight : 0));
  const total = own.reduce((sum, weight) => sum + weight, 0);
  if (total > 0) return own.map((weight) => weight / total);
  return weights;
}

function mixture(predictions: readonly Prediction[], weights: Float64Array): Float64Array {
  const profile = new Float64Array(predictions[0].profile.length);
  predictions.forEach((prediction, m) => {
    const weight = weights[m];
    if (weight === 0) return;
    for (let g = 0; g < profile.length; g++) profile[g] += weight * prediction.profile[g];
  });
  return profile;
}

/** @param named the registry's look-up: it lists this imputer, so it cannot be imported here */
export const auto = (named: CandidateNamed): ImputerDescriptor => ({
  name: 'auto',
  summary:
    'the mixture of estimators that this screen asks for, learned by hiding pairs, with intervals that hold',
  dependsOn: { unit: 'as matrix-normal' },
  groups: (tensor, options) => pairGroups(tensor, options.matrixNormalGroups, options.seed),
  create: (tensor, options, resources) => new Auto(tensor, options, named, resources),
});
