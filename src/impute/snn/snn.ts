/**
 * `snn`: synthetic nearest neighbours (Agarwal, Dahleh, Shah & Shen 2021, arXiv:2109.15154), with genes as additional
 * samples.
 *
 * Anchors are donors and units that were all measured with each other, with the donors measured in the unit to be
 * predicted and the target measured in the units. A principal component regression over anchors gives the weights; two
 * tests say whether it is to be trusted. Several groups of donors give several neighbours, which are averaged.
 */
import { Random } from '../../random/index.js';
import { averagePrediction, plainPrediction } from '../averages.js';
import type { FittedImputer, ImputerDescriptor, ImputerOptions, Prediction } from '../imputer.js';
import { type Axis, actionAxis, contextAxis } from '../si/axis.js';
import { addTo, emptyBitset } from '../si/bitset.js';
import { Products } from '../si/products.js';
import type { Training } from '../training.js';
import { largestBiclique } from './biclique.js';
import { type ComponentFit, componentRegression } from './component-regression.js';

export const snn: ImputerDescriptor = {
  name: 'snn',
  summary: 'synthetic nearest neighbours: component regression on a complete block of anchors',
  create: (tensor, options) => {
    const axis = options.snnCombine === 'actions' ? actionAxis(tensor) : contextAxis(tensor);
    const products = new Products(tensor, axis);
    return { fit: (training) => new NearestNeighbours(products, options, training) };
  },
};

interface Anchors {
  readonly donors: readonly number[];
  readonly units: readonly number[];
  readonly cut: boolean;
}

class NearestNeighbours implements FittedImputer {
  private readonly axis: Axis;

  constructor(
    private readonly products: Products,
    private readonly options: ImputerOptions,
    private readonly training: Training,
  ) {
    this.axis = products.axis;
  }

  predict(context: number, action: number): Prediction {
    const { options, training, products, axis } = this;
    const [unit, target] = axis.donorKind === 'action' ? [context, action] : [action, context];
    const anchors = this.anchors(unit, target);
    if (anchors.donors.length === 0) {
      return this.average(context, action, 'no donor was measured together with the target in another unit');
    }
    const groups = this.split(anchors.donors, unit, target);
    const fits = groups.map((donors) => {
      const set = { unit, target, donors, units: anchors.units };
      return componentRegression(products, set, options.snnRank, options.intercept);
    });
    const feasible = ({ trainingError, subspaceError }: ComponentFit) =>
      trainingError <= options.snnSpanEps && subspaceError <= options.snnSubspaceEps;
    const rejected = !fits.every(feasible);
    if (rejected && options.fallback !== 'none') {
      const answer = this.average(context, action, 'infeasible: the tests of the anchors fail');
      return { ...answer, rejected };
    }
    const shares = sharesOf(fits, options.snnWeights);
    const weights = new Map<number, number>();
    let intercept = 0;
    groups.forEach((donors, g) => {
      intercept += shares[g] * fits[g].intercept;
      donors.forEach((donor, j) => weights.set(donor, shares[g] * fits[g].weights[j]));
    });
    const profile = new Float64Array(training.tensor.nGenes).fill(intercept);
    for (const [donor, weight] of weights) {
      const values = products.profile(axis.pair(unit, donor));
      for (let g = 0; g < profile.length; g++) profile[g] += weight * values[g];
    }
    const mean = (of: (fit: ComponentFit) => number) =>
      fits.reduce((sum, fit, g) => sum + shares[g] * of(fit), 0);
    const plain = plainPrediction(
      training,
      { context, action },
      { method: 'snn', profile, fallback: '', donors: weights.size, notes: [] },
    );
    const tau = mean(({ subspaceError }) => subspaceError);
    return {
      ...plain,
      trainingContexts: anchors.units.length,
      tau,
      rejected,
      explain: () => ({
        ...plain.explain(),
        donorKind: axis.donorKind,
        donors: [...weights].map(([donor, weight]) => ({ name: axis.donorNames[donor], weight })),
        intercept,
        trainedOn: anchors.units.map((trained) => axis.unitNames[trained]),
        tau,
        rankTrain: Math.max(...fits.map(({ rank }) => rank)),
        threshold: options.snnSubspaceEps,
        rejected,
        trainingError: mean(({ rootMeanSquaredResidual }) => rootMeanSquaredResidual),
        conditionNumber: Math.max(...fits.map(({ conditionNumber }) => conditionNumber)),
        notes: [
          `anchors: ${anchors.donors.length} donors × ${anchors.units.length} units${anchors.cut ? ', the search was cut short' : ''}`,
          ...fits.map(
            (fit, g) =>
              `neighbour ${g + 1}: share ${shares[g].toFixed(3)}, rank ${fit.rank}, relative training error ` +
              `${fit.trainingError.toPrecision(3)}, outside the space trained on ${fit.subspaceError.toPrecision(3)}`,
          ),
        ],
      }),
    };
  }

  private average(context: number, action: number, why: string): Prediction {
    return averagePrediction(this.training, { context, action }, 'snn', why);
  }

  /** The largest block of donors of the unit × other units of the target. */
  private anchors(unit: number, target: number): Anchors {
    const { axis, training } = this;
    const donors = Array.from(
      axis.visiblePairsOfUnit(training, unit),
      (pair) => axis.donorOfPair[pair],
    ).filter((donor) => donor !== target);
    const units = Array.from({ length: axis.nUnits }, (_, other) => other).filter(
      (other) => other !== unit && training.sees(axis.pair(other, target)),
    );
    const unitsOf = donors.map((donor) => {
      const set = emptyBitset(units.length);
      units.forEach((other, at) => {
        if (training.sees(axis.pair(other, donor))) addTo(set, at);
      });
      return set;
    });
    const found = largestBiclique(unitsOf, units.length, this.options.snnAnchors);
    return {
      donors: found.donors.map((at) => donors[at]),
      units: found.units.map((at) => units[at]),
      cut: found.cut,
    };
  }

  /** Donors in groups of nearly the same size, drawn; all in one where one was asked for. */
  private split(donors: readonly number[], unit: number, target: number): number[][] {
    const n = Math.min(this.options.snnNeighbours, donors.length);
    if (n === 1) return [[...donors]];
    const order = Random.fromSeed(this.options.seed).split('snn', unit, target).permutation(donors.length);
    return Array.from({ length: n }, (_, g) =>
      Array.from(order)
        .filter((_at, i) => i % n === g)
        .sort((a, b) => a - b)
        .map((at) => donors[at]),
    );
  }
}

/** Adds up to 1; a neighbour without any error takes all, with its equals. */
function sharesOf(fits: readonly ComponentFit[], how: ImputerOptions['snnWeights']): number[] {
  const distances = fits.map(({ trainingError, subspaceError }) => trainingError + subspaceError);
  const exact = distances.some((distance) => distance === 0);
  const weights = distances.map((distance) => {
    if (how === 'uniform') return 1;
    return exact ? Number(distance === 0) : 1 / distance;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
