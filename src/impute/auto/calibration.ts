/**
 * What leave-one-out within the visible pairs teaches: how far each estimator is to be trusted, and how far they miss.
 *
 * Every visible treated pair is hidden once and predicted by all estimators. For a pair that is itself hidden, its whole
 * group stays hidden throughout (`pair-groups.ts`): what is learned for it never saw it, and is shared by its group.
 */
import { interquartileRange, mean } from '../../stats/index.js';
import type { Imputer, Prediction } from '../imputer.js';
import { Training } from '../training.js';
import { type ScaledResiduals, scaleResiduals } from './intervals.js';
import { type Calibrated, regimeWeights } from './weights.js';

export interface Candidate {
  readonly name: string;
  readonly imputer: Imputer;
}

/** No donor, few, many: an estimator that needs donors is trusted by how many there are. */
const REGIME_STARTS = [1, 6];
export const regimeOf = (donors: number): number => REGIME_STARTS.filter((start) => donors >= start).length;

export interface CalibrationOptions {
  readonly shrinkage: number;
  /** The pairs to hide, one by one. */
  readonly pairs: readonly number[];
  readonly groupOf: Int32Array;
}

export class Calibration {
  private readonly weightsOf = new Map<number, Float64Array>();

  private constructor(
    private readonly calibrated: readonly Calibrated[],
    private readonly nMethods: number,
    private readonly shrinkage: number,
    private readonly predictions: CalibratedPredictions,
  ) {}

  static async of(training: Training, candidates: readonly Candidate[], options: CalibrationOptions) {
    const { tensor } = training;
    const { nGenes } = tensor;
    const m = candidates.length;
    const { pairs, groupOf } = options;
    const made: CalibratedPredictions = {
      nGenes,
      pairs,
      fold: Int32Array.from(pairs, (pair) => groupOf[pair]),
      donors: new Int32Array(pairs.length),
      residuals: candidates.map(() => new Float64Array(pairs.length * nGenes)),
      scales: new Float64Array(pairs.length * nGenes).fill(Number.NaN),
      typicalScale: new Float64Array(nGenes).fill(1),
    };
    const calibrated: Calibrated[] = [];
    for (const [at, pair] of pairs.entries()) {
      const [context, action] = [tensor.pairContext[pair], tensor.pairAction[pair]];
      const inner = new Training(tensor, [...training.hiddenPairs, pair]);
      const truth = tensor.profile(pair);
      made.donors[at] = inner.otherTreated(context, action);
      for (const [c, { imputer }] of candidates.entries()) {
        const prediction = (await imputer.fit(inner)).predict(context, action);
        const residual = made.residuals[c].subarray(at * nGenes, (at + 1) * nGenes);
        for (let g = 0; g < nGenes; g++) residual[g] = truth[g] - prediction.profile[g];
        const spread = spreadOf(prediction);
        if (spread) made.scales.set(spread, at * nGenes);
      }
      const range = interquartileRange(truth) || 1;
      calibrated.push({
        products: productsOf(made.residuals, at, nGenes, nGenes * range ** 2),
        fold: made.fold[at],
        regime: regimeOf(made.donors[at]),
      });
    }
    fillTypical(made);
    return new Calibration(calibrated, m, options.shrinkage, made);
  }

  /** Weights of the estimators for a pair with so many donors. */
  weights(donors: number): Float64Array {
    const regime = regimeOf(donors);
    let weights = this.weightsOf.get(regime);
    if (!weights) {
      weights = regimeWeights(this.calibrated, this.nMethods, regime, this.shrinkage);
      this.weightsOf.set(regime, weights);
    }
    return weights;
  }

  /** Mean normalised error of each estimator over the pairs. */
  get errors(): readonly number[] {
    return Array.from({ length: this.nMethods }, (_, m) =>
      this.calibrated.reduce(
        (sum, { products }) => sum + Math.sqrt(products[m * (this.nMethods + 1)]) / this.calibrated.length,
        0,
      ),
    );
  }

  private residualsKept: ScaledResiduals | null | undefined;
  /** Scaled residuals of the mixture; `null` without pairs. */
  get residuals(): ScaledResiduals | null {
    if (this.residualsKept !== undefined) return this.residualsKept;
    const { nGenes, pairs, fold, donors, residuals, scales } = this.predictions;
    const mixed = new Float64Array(pairs.length * nGenes);
    pairs.forEach((_, at) => {
      const weights = this.weights(donors[at]);
      residuals.forEach((values, m) => {
        for (let i = at * nGenes; i < (at + 1) * nGenes; i++) mixed[i] += weights[m] * values[i];
      });
    });
    this.residualsKept = pairs.length === 0 ? null : scaleResiduals(mixed, scales, nGenes, fold, donors);
    return this.residualsKept;
  }

  /** What is expected of a pair that no estimator gives a spread, `(nGenes)`. */
  get typicalScale(): Float64Array {
    return this.predictions.typicalScale;
  }

  get nPairs(): number {
    return this.calibrated.length;
  }
}

interface CalibratedPredictions {
  readonly nGenes: number;
  readonly pairs: readonly number[];
  readonly fold: Int32Array;
  readonly donors: Int32Array;
  /** Truth − prediction `(nPairs, nGenes)` of each estimator. */
  readonly residuals: readonly Float64Array[];
  /** What is expected of them, `(nPairs, nGenes)`: an estimator's spread, the typical one where none gives any. */
  readonly scales: Float64Array;
  /** Mean of the spreads that were given `(nGenes)`; 1 without any. */
  readonly typicalScale: Float64Array;
}

/** A spread is in the unit of the data: a pair without one must not be measured in another unit than the rest. */
function fillTypical({ nGenes, pairs, scales, typicalScale }: CalibratedPredictions): void {
  const given = pairs.map((_, at) => scales.subarray(at * nGenes, (at + 1) * nGenes));
  const known = given.filter((scale) => !Number.isNaN(scale[0]));
  if (known.length > 0)
    for (let g = 0; g < nGenes; g++) typicalScale[g] = mean(known.map((scale) => scale[g]));
  for (const scale of given) if (Number.isNaN(scale[0])) scale.set(typicalScale);
}

/** Half the width of the interval that an estimator gives itself; smallest where it is sure beyond reason. */
export function spreadOf({ lower, upper }: Prediction): Float64Array | undefined {
  if (!lower || !upper) return undefined;
  const spread = upper.map((value, g) => (value - lower[g]) / 2);
  const mean = spread.reduce((sum, value) => sum + value / spread.length, 0);
  return spread.map((value) => Math.max(value, SMALLEST_SPREAD * mean, Number.MIN_VALUE));
}
const SMALLEST_SPREAD = 1e-3;

function productsOf(
  residuals: readonly Float64Array[],
  at: number,
  nGenes: number,
  unit: number,
): Float64Array {
  const m = residuals.length;
  const products = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = 0;
      for (let g = at * nGenes; g < (at + 1) * nGenes; g++) sum += residuals[i][g] * residuals[k][g];
      products[i * m + k] = sum / unit;
      products[k * m + i] = products[i * m + k];
    }
  }
  return products;
}
