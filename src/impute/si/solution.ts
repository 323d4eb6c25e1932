/**
 * Some targets in one unit solved together: weights, intercepts, subspace test, and the profiles they give.
 */
import { NumericalError } from '../../errors.js';
import { gemm } from '../../linalg/index.js';
import type { ImputerOptions } from '../imputer.js';
import type { DonorSet } from './donors.js';
import { combine } from './kernels.js';
import { donorSpectrum, shrinkage } from './matrix-estimation.js';
import type { ProfileProducts } from './products.js';
import { donorProducts, type Regression, regress, type TrainingBlock } from './regression.js';
import { type SubspaceTest, subspaceTest } from './subspace-test.js';

export class Solution {
  readonly block: TrainingBlock;
  /** Pairs of the donors in the unit itself, `(nDonors)`. */
  readonly testPairs: Int32Array;
  /** `(nTargets, nDonors)`, as applied: after matrix estimation of the test donors. */
  readonly weights: Float64Array;
  /** `(nTargets)` */
  readonly intercepts: Float64Array;
  readonly solver: Regression['solver'];
  private tested?: SubspaceTest;

  constructor(
    readonly products: ProfileProducts,
    readonly unit: number,
    readonly donorSet: DonorSet,
    /** Donor numbers of what is to be predicted. */
    readonly targets: Int32Array,
    readonly options: ImputerOptions,
  ) {
    this.block = trainingBlock(products, donorSet, targets);
    this.testPairs = pairsIn(products, unit, donorSet.donors);
    const { weights, intercepts, solver } = regress(products, this.block, options);
    this.solver = solver;
    this.weights = weights;
    this.intercepts = intercepts;
    if (options.denoise.kind !== 'none') this.weights = this.denoiseTest();
    if (!this.weights.every(Number.isFinite) || !this.intercepts.every(Number.isFinite)) {
      throw new NumericalError(
        'a regression under- or overflowed: the values are too small or too large for their products; ' +
          'bring them to a scale near 1, for example with --preprocess min-max',
      );
    }
  }

  /** Computed when first asked for. */
  get test(): SubspaceTest {
    this.tested ??= testDonors(this.products, this.unit, this.donorSet, this.options);
    return this.tested;
  }

  /** Calls `visit` with each target's profile `(nGenes)`: the weights applied to the donors of the unit. */
  visitProfiles(visit: (t: number, profile: Float64Array) => void): void {
    const { nGenes } = this.products;
    const k = this.testPairs.length;
    const donors = this.products.rows(this.testPairs);
    for (let t = 0; t < this.targets.length; t++) {
      const profile = new Float64Array(nGenes);
      combine(donors.values, donors.offsets, this.weights, t * k, this.intercepts[t], profile);
      visit(t, profile);
    }
  }

  /**
   * Matrix estimation of the test donors (step 2a of the paper) as a change of the weights:
   * X̂ β = 1 x̄ᵀβ + (X − 1 x̄ᵀ) V diag(σ̂/σ) Vᵀ β. The mean's part goes to the intercepts.
   */
  private denoiseTest(): Float64Array {
    const { products, options, weights, testPairs } = this;
    const k = testPairs.length;
    const m = this.targets.length;
    const alone = { units: Int32Array.of(this.unit), donorPairs: [testPairs], targetPairs: [] };
    const normal = donorProducts(products, alone, options.intercept);
    const spectrum = donorSpectrum(normal, k, products.nGenes);
    const kept = shrinkage(spectrum, options.denoise);
    const inBasis = gemm({ m, n: k, k, a: weights, b: spectrum.basis, transposeB: true });
    for (let t = 0; t < m; t++) {
      for (let j = 0; j < k; j++)
        inBasis[t * k + j] *= kept[j] > 0 ? kept[j] / spectrum.singularValues[j] : 0;
    }
    const applied = gemm({ m, n: k, k, a: inBasis, b: spectrum.basis });
    if (options.intercept) {
      for (let t = 0; t < m; t++) {
        for (let j = 0; j < k; j++) {
          this.intercepts[t] += products.means[testPairs[j]] * (weights[t * k + j] - applied[t * k + j]);
        }
      }
    }
    return applied;
  }
}

/** The subspace inclusion test of some donors, trained in the units of the set and applied in `unit`. */
export function testDonors(
  products: ProfileProducts,
  unit: number,
  donorSet: DonorSet,
  options: ImputerOptions,
): SubspaceTest {
  const { nGenes } = products;
  const k = donorSet.donors.length;
  const spectrumIn = (units: Int32Array) => {
    const block = trainingBlock(products, { donors: donorSet.donors, units }, new Int32Array());
    return donorSpectrum(donorProducts(products, block, false), k, units.length * nGenes);
  };
  return subspaceTest(spectrumIn(donorSet.units), spectrumIn(Int32Array.of(unit)), options);
}

/** Pair numbers of donors and targets in every training unit. */
export function trainingBlock(
  products: ProfileProducts,
  { donors, units }: DonorSet,
  targets: Int32Array,
): TrainingBlock {
  return {
    units,
    donorPairs: Array.from(units, (unit) => pairsIn(products, unit, donors)),
    targetPairs: Array.from(units, (unit) => pairsIn(products, unit, targets)),
  };
}

export function pairsIn({ axis }: ProfileProducts, unit: number, donors: Int32Array): Int32Array {
  return donors.map((donor) => axis.pair(unit, donor));
}
